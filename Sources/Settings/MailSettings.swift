package import Core

/// How mail leaves.
package struct MailSettings: Sendable, Hashable {
    /// `Curfew <curfew@example.com>` or a bare address.
    package var from: String
    package var replyTo: String?
    package var transport: Transport
    /// Addresses that stand in tags count only within these domains; those in `people:` always do.
    package var domains: [String]
    /// For List-Unsubscribe: an https or mailto address.
    package var unsubscribe: String?

    package init(
        from: String,
        replyTo: String? = nil,
        transport: Transport,
        domains: [String] = [],
        unsubscribe: String? = nil
    ) {
        self.from = from
        self.replyTo = replyTo
        self.transport = transport
        self.domains = domains
        self.unsubscribe = unsubscribe
    }

    package enum Transport: Sendable, Hashable {
        case smtp(SMTP)
        /// The program that is given the message on standard input, called with `-t -oi -f` and the address of `from`.
        case sendmail(path: String)
        /// SES version 2 in this region, with the ambient credentials or a profile.
        case ses(region: Region, profile: String?)
        /// A folder into which each message is written as a file.
        case drop(folder: String)
    }

    package struct SMTP: Sendable, Hashable {
        package var host: String
        package var port: Int
        package var security: Security
        package var user: String?
        package var password: SecretReference?
        /// A file of certificates to believe instead of the system's.
        package var authorities: String?

        package init(
            host: String,
            port: Int,
            security: Security,
            user: String? = nil,
            password: SecretReference? = nil,
            authorities: String? = nil
        ) {
            self.host = host
            self.port = port
            self.security = security
            self.user = user
            self.password = password
            self.authorities = authorities
        }
    }

    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// Required: a server that does not offer it gets nothing.
        case starttls
        /// TLS from the first byte.
        case tls
        /// Only towards this machine.
        case none
    }
}
