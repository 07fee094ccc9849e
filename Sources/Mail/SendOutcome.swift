package import Curl

/// What is known of a message after one try.
///
/// The reasons are for people: they name the other side and what it said, and hold no secret.
package enum SendOutcome: Sendable, Hashable {
    /// The other side took the responsibility for it.
    case accepted(String)
    /// It was not taken, and may be later.
    case deferred(String)
    /// Nothing is taken before somebody corrects the settings, whoever the recipient is.
    case misconfigured(String)
    /// It was not taken, and will not be.
    case refused(String)
    /// It was sent, and nothing says whether it was taken.
    case uncertain(String)

    package init(_ problem: MailProblem) { self = .refused(problem.description) }

    package init(_ failure: SMTPFailure) {
        self =
            switch failure.fate {
            case .notTaken where failure.kind == .sender:
                .misconfigured("\(failure); correct `from` of `mail:` in the settings, or let the server take it")
            case .notTaken: .deferred(failure.description)
            case .rejected: .refused(failure.description)
            case .unknown: .uncertain(failure.description)
            }
    }
}
