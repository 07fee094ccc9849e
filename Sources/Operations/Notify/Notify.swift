package import Core
package import Foundation

/// Tells owners and approvers what is going to happen, what has happened, and what they can do.
///
/// What is owed follows from the findings and from what was said before: a night that failed loses nothing, and a night
/// that is run twice says nothing twice.
package struct Notify: Sendable {
    let wiring: Wiring
    let book: AddressBook
    let dispatch: Dispatch
    /// There is some way to reach anybody.
    let isSetUp: Bool
    /// The letter, and what of the content it says: no more than a reader's channel can carry.
    let compose: @Sendable (NoticeContent) -> (letter: Letter, said: [NoticeItem])

    package init(
        _ wiring: Wiring,
        book: AddressBook,
        dispatch: Dispatch,
        isSetUp: Bool,
        compose: @escaping @Sendable (NoticeContent) -> (letter: Letter, said: [NoticeItem])
    ) {
        self.wiring = wiring
        self.book = book
        self.dispatch = dispatch
        self.isSetUp = isSetUp
        self.compose = compose
    }

    package struct Outcome: Sendable {
        package var queued = 0
        package var sent = Dispatch.Outcome()
        /// Of whom nobody can be told, and why.
        package var unreachable: [(key: EnvironmentKey, because: String)] = []
        /// Notices that their recipients' channels could not carry tonight.
        package var later = 0
        /// Environments that can never be due, because nothing that could warn of them is set up.
        package var unwarned = 0
    }

    /// Tries again what is queued, as far as it still holds; says nothing new to anybody.
    package func again(until end: Date?) async throws(Problem) -> Outcome {
        try await run(until: end, isAgain: true)
    }

    /// `until`: no further message is begun after it; what is left goes with the next run.
    package func run(until end: Date?) async throws(Problem) -> Outcome {
        try await run(until: end, isAgain: false)
    }

    private func run(until end: Date?, isAgain: Bool) async throws(Problem) -> Outcome {
        let outcome = try await reporting {
            try await dispatch.locks.holding(Dispatch.lock) {
                let now = wiring.clock()
                guard isSetUp else { return Outcome(unwarned: try await unwarned(now: now)) }
                _ = try await wiring.store.recoverMessages(at: now)
                var owed = try await owed(now: now)
                if isAgain { owed.contents.removeAll { !owed.waiting.contains($0.recipient) } }
                var outcome = Outcome(unreachable: owed.unreachable)
                (outcome.queued, outcome.later) = try await queue(owed, at: now)
                outcome.sent = try await dispatch.send(until: end)
                return outcome
            }
        }
        guard let outcome else { throw Dispatch.busy }
        return outcome
    }

    private func unwarned(now: Date) async throws -> Int {
        let anybody = AddressBook(platform: [.channel(ChannelName("nobody"))])
        let owed = try await NoticeGathering(wiring: wiring, book: anybody, now: now, changed: [:]).owed()
        return owed.contents.flatMap(\.items).count { $0.notice.kind == .warned }
    }

    /// What would be said now, to whom; nothing is kept or sent.
    ///
    /// `changed`: findings as they would be, for what a dry run has only judged.
    package func preview(changed: [EnvironmentKey: Finding] = [:]) async throws(Problem) -> Owed {
        try await reporting { try await owed(now: wiring.clock(), changed: changed) }
    }

    package struct Owed: Sendable {
        package var contents: [NoticeContent] = []
        package var unreachable: [(key: EnvironmentKey, because: String)] = []
        /// Recipients of messages that are queued and were never sent.
        var waiting: Set<Recipient> = []
        /// Queued messages that may have been sent and are not true any more.
        var untrue: [MessageID] = []
        /// Queued messages of recipients to whom nothing is owed any more.
        var empty: [MessageID] = []
    }

    private func queue(_ owed: Owed, at now: Date) async throws -> (queued: Int, later: Int) {
        try await wiring.store.drop(owed.untrue, because: "what it says is not true any more", at: now)
        try await wiring.store.drop(owed.empty, because: "nothing of it is to be said any more", at: now)
        var later = 0
        let drafts = owed.contents.map { content in
            // What a letter does not name is not told by it (D4): it stays owed.
            let (letter, said) = compose(content)
            later += content.items.count - said.count
            return MessageDraft(
                kind: .notices,
                recipient: content.recipient,
                letter: letter,
                notices: Set(said.map(\.notice))
            )
        }
        return (try await wiring.store.queue(drafts, at: now), later)
    }

    private func owed(now: Date, changed: [EnvironmentKey: Finding] = [:]) async throws -> Owed {
        let gathered = try await NoticeGathering(wiring: wiring, book: book, now: now, changed: changed)
        return try await gathered.owed()
    }
}
