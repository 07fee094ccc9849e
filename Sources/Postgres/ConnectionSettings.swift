import CPostgres

/// Where to connect, and as whom.
///
/// `connection` is a libpq connection string (`host=… dbname=…`), a URI (`postgresql://…`), the name of a database, or
/// empty. What it leaves out libpq takes from where it always does: `PG*` variables, service files, `.pgpass`.
package struct ConnectionSettings: Sendable {
    package var connection: String
    /// Shown in `pg_stat_activity`; nil leaves it to `connection` and PGAPPNAME.
    package var applicationName: String?
    /// How long to wait for each address, at least two seconds; nil leaves it to `connection` and PGCONNECT_TIMEOUT.
    package var connectTimeout: Duration?
    /// Options for the server, such as `-c statement_timeout=30s`.
    package var options: String?
    /// Further libpq keywords (`dbname`, `user`, …); these win over `connection`.
    package var overrides: [String: String]
    /// Gets every notice and warning of the server, on the connection's thread; nil drops them.
    ///
    /// Never standard error.
    package var onNotice: (@Sendable (Notice) -> Void)?

    package init(
        _ connection: String = "",
        applicationName: String? = nil,
        connectTimeout: Duration? = nil,
        options: String? = nil,
        overrides: [String: String] = [:],
        onNotice: (@Sendable (Notice) -> Void)? = nil
    ) {
        self.connection = connection
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.options = options
        self.overrides = overrides
        self.onNotice = onNotice
    }

    /// The keywords and values for libpq, in the order in which later ones win.
    var parameters: [(keyword: String, value: String)] {
        var parameters = [(keyword: "dbname", value: connection)]
        if let applicationName { parameters.append(("application_name", applicationName)) }
        if let connectTimeout {
            parameters.append(("connect_timeout", String(max(2, connectTimeout.components.seconds))))
        }
        if let options { parameters.append(("options", options)) }
        parameters += overrides.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        parameters.append(("client_encoding", "UTF8"))
        return parameters
    }
}

extension ConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible {
    /// Nothing of the connection string: it may hold a password.
    package var description: String { "connection settings" }
    package var debugDescription: String { description }
}

/// A message of the server that is no error.
package struct Notice: Sendable {
    /// Such as `WARNING` or `NOTICE`.
    package let severity: String
    package let sqlState: SQLState?
    package let message: String
}

extension ConnectionSettings {
    /// Refuses a connection string that libpq cannot read.
    ///
    /// libpq's own messages quote parts of it, which may be parts of a password: what stands in quotes is left out.
    func validate() throws(PostgresError) {
        for (keyword, value) in parameters where (keyword + value).utf8.contains(0) {
            throw PostgresError(.cannotConnect, "\(keyword) holds a NUL character")
        }
        guard connection.contains("=") || connection.hasPrefix("postgres") && connection.contains("://") else { return }
        var message: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(connection, &message)
        defer {
            unsafe PQconninfoFree(options)
            unsafe PQfreemem(message)
        }
        guard var option = unsafe options else {
            let text = unsafe string(message) ?? "out of memory"
            throw PostgresError(.cannotConnect, "the connection string is not valid: \(text.withoutQuotedParts)")
        }
        while let keyword = unsafe string(option.pointee.keyword) {
            if keyword == "host", unsafe string(option.pointee.val)?.contains("@") == true {
                throw PostgresError(
                    .cannotConnect,
                    "the connection string has a host with '@' in it: write an '@' of the password as %40"
                )
            }
            unsafe option += 1
        }
    }
}

extension String {
    fileprivate var withoutQuotedParts: String {
        guard let first = firstIndex(of: "\""), let last = lastIndex(of: "\""), first < last else { return self }
        return self[...first] + "…" + self[last...]
    }
}
