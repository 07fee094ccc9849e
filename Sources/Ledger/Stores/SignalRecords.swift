package import Core
import Foundation
import Postgres

extension PostgresLedger: SignalStore {
    /// Three statements that see one moment.
    package func signalSubjects(_ due: SignalsDue) async throws(StoreFailure) -> [SignalSubject] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            let rows = try await session.rows(SignalStatements.subjects(due)) { (row) throws(PostgresError) in
                (
                    number: try row["environment_id", as: Int64.self],
                    subject: SignalSubject(
                        key: try row.key(),
                        oldest: try row["oldest_at"],
                        isUnread: try row["unread"],
                        changed: try row["changed_at"]
                    )
                )
            }
            var subjects = rows.map(\.subject)
            guard !subjects.isEmpty else { return [] }
            let numbers = rows.map(\.number)
            let found = try await session.rows(SignalStatements.resources(of: numbers)) { (row) throws(PostgresError) in
                (try row.key(), try SignalResource(row: row))
            }
            let resources = Dictionary(grouping: found, by: \.0).mapValues { $0.map(\.1) }
            let records = try await signals(of: "SELECT unnest(\(numbers))", in: session)
            for index in subjects.indices {
                let key = subjects[index].key
                subjects[index].resources = resources[key] ?? []
                for record in records[key] ?? [] { subjects[index].records[record.kind] = record }
            }
            return subjects
        }
    }

    func signals(
        of chosen: SQL,
        in session: Session
    ) async throws(LedgerError) -> [EnvironmentKey: [SignalRecord]] {
        let rows = try await session.rows(SignalStatements.records(of: chosen)) { (row) throws(PostgresError) in
            (try row.key(), try SignalRecord(row: row))
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    package func schedules(
        of components: [ComponentID]
    ) async throws(StoreFailure) -> [ComponentID: ComponentSchedules] {
        let rows = try await read(SignalStatements.schedules(of: components)) { (row) throws(PostgresError) in
            (
                try row.id("provider_id", as: ComponentID.self),
                ComponentSchedules(
                    content: try row.digest("content"),
                    schedules: try row.isNull("schedules") ? nil : try row.json("schedules")
                )
            )
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    package func record(_ schedules: [ComponentID: ComponentSchedules]) async throws(StoreFailure) {
        let sorted = schedules.sorted { $0.key < $1.key }
        try await transact(counts: false) { (session) async throws(LedgerError) in
            var texts: [JSONB?] = []
            for (_, schedules) in sorted {
                texts.append(try schedules.schedules.map { (value) throws(LedgerError) in try jsonb(value) })
            }
            try await session.run(
                SignalStatements.setSchedules(
                    of: sorted.map(\.key),
                    contents: sorted.map(\.value.content.bytes),
                    texts
                )
            )
        }
    }

    package func record(
        _ signals: [(key: EnvironmentKey, record: SignalRecord)]
    ) async throws(StoreFailure) {
        try await transact(counts: false) { (session) async throws(LedgerError) in
            try await session.run(SignalStatements.forgetEnded())
            guard !signals.isEmpty else { return }
            try await session.run(SignalStatements.set(KeyColumns(signals.map(\.key)), signals.map(\.record)))
        }
    }
}

extension SignalResource {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            target: try row.target(),
            component: try row.id("provider_id"),
            content: try row.digest("content"),
            logicalID: try row["logical_id"],
            type: try row.word("type"),
            physicalID: try row["physical_id"]
        )
    }
}

extension SignalRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        let seenAt: Date? = try row["seen_at"]
        let seen: String? = try row["seen"]
        self.init(
            kind: try row.word("kind"),
            seen: seenAt.flatMap { at in seen.map { Usage.Seen(at: at, what: $0) } },
            noneSince: try row["none_since"],
            detail: try row["detail"],
            missing: try row["missing"],
            inapplicable: try row["inapplicable"],
            subjects: try row.isNull("subjects") ? nil : try row.digest("subjects"),
            readAt: try row["read_at"]
        )
    }
}
