package import Core
package import Foundation
import Postgres

extension PostgresLedger: OutboxStore {
    package func recoverMessages(at: Date) async throws(StoreFailure) -> RecoveredMessages {
        try await transact { (session) async throws(LedgerError) in
            RecoveredMessages(
                uncertain: try await session.ids(MessageStatements.abandon(at: at)).count,
                again: try await session.ids(MessageStatements.repeatUncertain(at: at)).count
            )
        }
    }

    package func noticeHistory(endedAfter: Date) async throws(StoreFailure) -> [NoticeRecord] {
        try await read(MessageStatements.history(endedAfter: endedAfter)) { (row) throws(PostgresError) in
            NoticeRecord(
                notice: try row.notice(),
                recipient: try row.recipient(),
                message: MessageID(try row["message_id"]),
                state: try row.word("state"),
                at: try row["at"],
                bounced: try row["bounced"],
                isRepeated: try row["repeated"]
            )
        }
    }

    package func queuedNotices() async throws(StoreFailure) -> [QueuedNotices] {
        let rows = try await read(MessageStatements.queuedNotices()) { (row) throws(PostgresError) in
            QueuedNotices(
                id: MessageID(try row["message_id"]),
                recipient: try row.recipient(),
                isRepeated: try row["repeated"],
                notices: [try row.notice()]
            )
        }
        return Dictionary(grouping: rows, by: \.id).sorted { $0.key < $1.key }.compactMap { _, same in
            same.first.map { first in
                var whole = first
                whole.notices = same.reduce(into: []) { $0.formUnion($1.notices) }
                return whole
            }
        }
    }

    package func queue(_ drafts: [MessageDraft], at: Date) async throws(StoreFailure) -> Int {
        guard !drafts.isEmpty else { return 0 }
        return try await transact { (session) async throws(LedgerError) in
            try await session.require(drafts.flatMap { $0.notices.map(\.environment) })
            var letters: [JSONB] = []
            for draft in drafts { letters.append(try jsonb(draft.letter)) }
            let statement = MessageStatements.queue(drafts, letters: letters, at: at)
            let written = try await session.rows(statement) { (row) throws(PostgresError) in
                (letter: try row["letter_id", as: String.self], id: try row["message_id", as: Int64.self])
            }
            let ids = Dictionary(written.map { ($0.letter, $0.id) }, uniquingKeysWith: { first, _ in first })
            _ = try await session.run(MessageStatements.clearNotices(of: Array(ids.values)))
            var notices: [Core.Notice] = []
            var owners: [Int64] = []
            for draft in drafts {
                guard let id = ids[draft.letter.id.text] else { continue }
                notices += draft.notices
                owners += draft.notices.map { _ in id }
            }
            if !notices.isEmpty { _ = try await session.run(MessageStatements.addNotices(notices, to: owners)) }
            return ids.count
        }
    }

    package func drop(_ ids: [MessageID], because: String, at: Date) async throws(StoreFailure) {
        guard !ids.isEmpty else { return }
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(MessageStatements.drop(ids.map(\.number), because: because, at: at))
        }
    }

    package func beginSending(
        without: Set<String>,
        kind: MessageKind?,
        at: Date
    ) async throws(StoreFailure) -> OutgoingMessage? {
        try await transact { (session) async throws(LedgerError) in
            let statement = MessageStatements.beginSending(without: without.sorted(), kind: kind, at: at)
            return try await session.first(statement) { (row) throws(PostgresError) in
                OutgoingMessage(
                    id: MessageID(try row["message_id"]),
                    kind: try row.word("kind"),
                    recipient: try row.recipient(),
                    letter: try row.json("letter"),
                    tries: try row["tries"],
                    queuedAt: try row["queued_at"]
                )
            }
        }
    }

    package func conclude(
        _ id: MessageID,
        try number: Int,
        as state: MessageState,
        reason: String,
        nextTry: Date?,
        at: Date
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let moved = try await session.ids(
                MessageStatements.conclude(id, try: number, as: state, reason: reason, nextTry: nextTry, at: at)
            )
            guard moved.isEmpty else { return }
            let before = try await session.ids(
                MessageStatements.concluded(id, try: number, as: state, reason: reason)
            )
            guard before.isEmpty else { return }
            throw .store(
                StoreFailure(
                    .conflict,
                    "try \(number) of message \(id) is over, so the message did not become \(state.rawValue)",
                    advice: "another sender took this one for dead; see: curfew messages show \(id)"
                )
            )
        }
    }

    package func noteBounce(_ id: MessageID, because: String, at: Date) async throws(StoreFailure) -> Bool {
        let moved = try await transact { (session) async throws(LedgerError) in
            try await session.ids(MessageStatements.bounce(id, because: because, at: at))
        }
        if !moved.isEmpty { return true }
        let known = try await message(id)
        guard known.state == .accepted else {
            throw StoreFailure(
                .conflict,
                "message \(id) is \(known.state.rawValue): only what was accepted can come back",
                advice: "see: curfew messages show \(id)"
            )
        }
        return false
    }

    package func messages(open: Bool, limit: Int) async throws(StoreFailure) -> [MessageRecord] {
        try await read(MessageStatements.messages(open: open, limit: limit), MessageRecord.init(row:))
    }

    package func message(_ id: MessageID) async throws(StoreFailure) -> MessageRecord {
        guard let found = try await read(MessageStatements.message(id), MessageRecord.init(row:)).first else {
            throw StoreFailure(.notFound, "there is no message \(id)", advice: "see: curfew messages")
        }
        return found
    }

    package func message(letter: LetterID) async throws(StoreFailure) -> MessageRecord? {
        try await read(MessageStatements.message(letter: letter), MessageRecord.init(row:)).first
    }

    package func deliveredWarnings() async throws(StoreFailure) -> [DeliveredWarning] {
        try await read(MessageStatements.deliveredWarnings()) { (row) throws(PostgresError) in
            DeliveredWarning(environment: try row.key(), subject: try row["subject"], at: try row["at"])
        }
    }

    package func environments(endedAfter: Date) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await environments(EnvironmentStatements.lives(endedAfter: endedAfter))
    }
}

extension Session {
    fileprivate func ids(_ statement: SQL) async throws(LedgerError) -> [Int64] {
        try await rows(statement) { (row) throws(PostgresError) in try row["message_id", as: Int64.self] }
    }
}

extension Row {
    fileprivate func recipient() throws(PostgresError) -> Recipient {
        let text: String = try self["recipient"]
        guard let recipient = Recipient(text: text) else {
            throw PostgresError(.decoding, "column \"recipient\" names no recipient")
        }
        return recipient
    }

    fileprivate func notice() throws(PostgresError) -> Core.Notice {
        Core.Notice(try word("notice"), of: try key(), subject: try self["subject"])
    }
}

extension MessageRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            id: MessageID(try row["message_id"]),
            kind: try row.word("kind"),
            recipient: try row.recipient(),
            letterID: try row.id("letter_id"),
            subject: try row["subject"],
            letter: try row.isNull("letter") ? nil : try row.json("letter"),
            state: try row.word("state"),
            isRepeated: try row["repeated"],
            tries: try row["tries"],
            nextTryAt: try row["next_try_at"],
            reason: try row["reason"],
            queuedAt: try row["queued_at"],
            endedAt: try row["ended_at"],
            bouncedAt: try row["bounced_at"],
            bouncedBecause: try row["bounced_because"]
        )
    }
}
