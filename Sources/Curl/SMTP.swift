/// A mail server, and how it is spoken to.
package struct SMTPServer: Sendable, Hashable {
    package enum Security: Sendable, Hashable {
        /// A server that does not offer STARTTLS gets nothing.
        case starttls
        /// TLS from the first byte.
        case tls
        /// Refused unless the host is literally this machine.
        case none
    }

    package struct Login: Sendable, Hashable, CustomStringConvertible {
        package var user: String
        package var password: String

        package init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        /// Without the password.
        package var description: String { "login of \(user)" }
    }

    package var host: String
    package var port: Int
    package var security: Security
    package var login: Login?
    /// A file of certificates to believe instead of the system's.
    package var authorities: String?

    package init(
        host: String,
        port: Int,
        security: Security,
        login: Login? = nil,
        authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.login = login
        self.authorities = authorities
    }

    /// `host:port`, as errors name it.
    package var name: String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Bounds of one mail's way to the server.
package struct SMTPLimits: Sendable, Hashable {
    /// For the name, TCP, TLS, greeting and login together.
    package var connect: Duration
    /// For everything.
    ///
    /// Servers look into a message before they answer its last byte: RFC 5321 (4.5.3.2.6) gives them ten minutes.
    package var total: Duration

    package init(connect: Duration = .seconds(30), total: Duration = .seconds(300)) {
        self.connect = connect
        self.total = total
    }
}

/// One message for one recipient.
package struct SMTPTransfer: Sendable {
    /// Addresses alone, in ASCII, without names or angle brackets.
    package var sender: String
    package var recipient: String
    /// With CRLF at the end of every line; what SMTP needs beyond that is done here.
    package var message: [UInt8]
    package var limits: SMTPLimits

    package init(sender: String, recipient: String, message: [UInt8], limits: SMTPLimits = SMTPLimits()) {
        self.sender = sender
        self.recipient = recipient
        self.message = message
        self.limits = limits
    }
}

/// What a mail server said last.
package struct SMTPReply: Sendable, Hashable, CustomStringConvertible {
    /// Three digits.
    package let code: Int
    /// The server's own words on one line, without anything that a terminal would obey.
    package let words: String

    package init(code: Int, words: String) {
        self.code = code
        self.words = words
    }

    package var description: String { words.isEmpty ? "\(code)" : "\(code) \(words)" }
}

/// Why a message was not taken, or is not known to be.
///
/// Safe to show: it names the server and what it said, never user, password or message.
package struct SMTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable {
        /// The server said no to this sender, recipient or message.
        case refused = "refused it"
        /// The server said no to the sender's address, whoever the recipient is.
        case sender = "does not take mail from our sender's address"
        /// The server said no to us, before it heard of the message.
        case unwelcome = "does not let us in"
        case login = "did not accept the user and password"
        case tls = "could not be trusted (TLS)"
        case unencrypted = "was not called: without TLS mail goes to this machine only"
        case unresolved = "could not be found by name"
        case unconnected = "could not be connected to"
        case timedOut = "took too long"
        case brokeOff = "broke off"
        case cancelled = "was not waited for: cancelled"
        case other = "could not be called"
    }

    /// What it means for the message.
    package enum Fate: Sendable, Hashable {
        /// It was not taken; the same may be taken later.
        case notTaken
        /// It was not taken and will not be.
        case rejected
        /// All of it was handed over and no answer came: nobody knows.
        case unknown
    }

    package let kind: Kind
    package let fate: Fate
    /// Host and port.
    package let server: String
    package let reply: SMTPReply?
    /// libcurl's words on connecting, names and certificates; empty otherwise.
    package let detail: String

    package init(_ kind: Kind, _ fate: Fate, server: String, reply: SMTPReply? = nil, detail: String = "") {
        self.kind = kind
        self.fate = fate
        self.server = server
        self.reply = reply
        self.detail = detail
    }

    package var description: String {
        var text = "\(server) \(kind.rawValue)"
        if let reply { text += ": \(reply)" } else if !detail.isEmpty { text += ": \(detail)" }
        if fate == .unknown { text += " after the whole message was sent" }
        return text
    }
}
