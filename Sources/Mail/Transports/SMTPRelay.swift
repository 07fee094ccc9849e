package import Curl

/// Mail by SMTP; the connection stays open from message to message.
package actor SMTPRelay {
    private let server: @Sendable () async throws -> SMTPServer
    private let limits: SMTPLimits
    private var session: SMTPSession?

    /// `server` is asked when the first message goes out, and again after a login that was not accepted: the password
    /// may have been changed.
    package init(limits: SMTPLimits = SMTPLimits(), server: @escaping @Sendable () async throws -> SMTPServer) {
        self.server = server
        self.limits = limits
    }

    package func send(_ message: MailMessage) async -> SendOutcome {
        let transfer: SMTPTransfer
        do throws(MailProblem) {
            transfer = SMTPTransfer(
                sender: message.from.address,
                recipient: message.to.address,
                message: try message.composed(),
                limits: limits
            )
        } catch {
            return SendOutcome(error)
        }
        return await spoken { (session) throws(SMTPFailure) in try await session.send(transfer) }
    }

    /// Connects, encrypts and logs in; sends nothing.
    package func check() async -> SendOutcome {
        let limits = limits
        return await spoken { (session) throws(SMTPFailure) in try await session.check(limits) }
    }

    private func spoken(
        _ speak: (SMTPSession) async throws(SMTPFailure) -> SMTPReply
    ) async -> SendOutcome {
        let session: SMTPSession
        if let open = self.session {
            session = open
        } else {
            do { session = SMTPSession(try await server()) } catch {
                return .deferred("the mail server's password could not be had: \(visible("\(error)"))")
            }
            self.session = session
        }
        do throws(SMTPFailure) {
            let reply = try await speak(session)
            return .accepted("\(session.server.name): \(reply)")
        } catch {
            if error.kind == .login { self.session = nil }
            return SendOutcome(error)
        }
    }
}
