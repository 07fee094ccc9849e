/// What a login's groups in the database allow, as far as the program asks for it.
package enum DatabaseRole: String, Sendable, CaseIterable {
    case `operator` = "curfew_operator"
    case scanner = "curfew_scanner"
    case reaper = "curfew_reaper"
    case registrar = "curfew_registrar"
}

/// Who is connected, as the database proves it.
package struct Login: Sendable, Hashable {
    package var name: String
    /// By membership; the owner of the database has all of them.
    package var roles: Set<DatabaseRole>
    /// The database is our own private cluster.
    package var embedded: Bool

    package init(name: String, roles: Set<DatabaseRole>, embedded: Bool) {
        self.name = name
        self.roles = roles
        self.embedded = embedded
    }

    package init(name: String, isOperator: Bool, embedded: Bool) {
        self.init(name: name, roles: isOperator ? [.operator] : [], embedded: embedded)
    }

    package var isOperator: Bool { roles.contains(.operator) }
    package var isScanner: Bool { roles.contains(.scanner) }
    package var isReaper: Bool { roles.contains(.reaper) }
    package var isRegistrar: Bool { roles.contains(.registrar) }
}
