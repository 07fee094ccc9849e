import Core

extension Dispatch.Outcome {
    /// Something that did not arrive.
    package struct Trouble: Sendable, Hashable {
        /// One line: what, why, and what to do.
        package let text: String
        /// The same without what a server or a program of somebody else said.
        package let discreet: String

        init(_ what: String, _ words: String, _ remedy: String) {
            text = "\(what): \(words); \(remedy)"
            discreet = "\(what); \(remedy)"
        }
    }

    /// What did not arrive, one line for each way out and what it says, with what to do.
    ///
    /// A mail server that is away is one thing to mend, however many messages wait for it.
    package var troubles: [Trouble] {
        Self.byWay(deferred).map { way, all in
            let (wait, rest) =
                all.count == 1 ? ("waits", "it stays queued and goes") : ("wait", "they stay queued and go")
            return Trouble(
                "\(Self.messages(all, way)) \(wait)",
                Self.reasons(all),
                "\(rest) out with the next night or curfew messages send"
            )
        }
            + Self.byReason(refused).map { way, all in
                Trouble(
                    "\(Self.messages(all, way)) \(all.count == 1 ? "was" : "were") refused",
                    Self.reasons(all),
                    "correct the settings or the owner, see curfew messages"
                )
            }
            + Self.byReason(uncertain).map { way, all in
                Trouble(
                    "nobody knows whether \(Self.messages(all, way)) arrived",
                    Self.reasons(all),
                    "only warnings are sent once more, see curfew messages"
                )
            }
    }

    /// What was not tried, in one line; nil where everything was.
    package var untriedText: String? {
        guard untried > 0 else { return nil }
        let (more, them) = untried == 1 ? ("1 more message was", "it") : ("\(untried) more messages were", "them")
        let why = stopped.map { ": \($0)" } ?? ""
        return "\(more) not tried\(why); the next night or curfew messages send tries \(them)"
    }

    private typealias Kept = (recipient: Recipient, reason: String)

    private static func byWay(_ all: [Kept]) -> [(way: String, all: [Kept])] {
        Dictionary(grouping: all) { way($0.recipient) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func byReason(_ all: [Kept]) -> [(way: String, all: [Kept])] {
        byWay(all).flatMap { way, all in
            Dictionary(grouping: all, by: plain).sorted { $0.key < $1.key }.map { (way, $0.value) }
        }
    }

    private static func messages(_ all: [Kept], _ way: String) -> String {
        guard all.count > 1, let first = all.first else { return "a message to \(all.first?.recipient.plain ?? way)" }
        let recipients = Set(all.map(\.recipient.plain)).sorted()
        guard recipients.count > 1 else { return "\(all.count) messages to \(first.recipient.plain)" }
        let more = recipients.count > 3 ? " and \(recipients.count - 3) more" : ""
        return "\(all.count) messages \(way) (to \(recipients.prefix(3).joined(separator: ", "))\(more))"
    }

    /// The one that most of them have, and how many others there are.
    private static func reasons(_ all: [Kept]) -> String {
        let counts = Dictionary(grouping: all, by: plain).sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        guard let most = counts.first?.value else { return "" }
        let text = most.count == 1 ? most[0].reason : plain(most[0])
        switch counts.count - 1 {
        case 0: return text
        case 1: return "\(text) (and another reason: curfew messages)"
        case let others: return "\(text) (and \(others) other reasons: curfew messages)"
        }
    }

    /// Without whose message it was, so that the same answer to many is one.
    private static func plain(_ kept: Kept) -> String {
        guard case .address(let address) = kept.recipient else { return kept.reason }
        return kept.reason.replacing("<\(address)>", with: "its recipient").replacing(address, with: "its recipient")
    }

    private static func way(_ recipient: Recipient) -> String {
        switch recipient {
        case .address: "by mail"
        case .channel: "to \(recipient.plain)"
        }
    }
}
