package import Core
import Foundation

extension Nightly {
    /// What a night would do now, on the newest scan.
    package struct Preview: Sendable {
        /// What would move, for people.
        package var changes: [(key: EnvironmentKey, event: String)]
        package var isPartial: Bool
        /// What would be put into plans, longest overdue first, before budgets.
        package var due: [EnvironmentKey]
        package var contents: [NoticeContent]
        package var unreachable: [(key: EnvironmentKey, because: String)]
    }

    /// The same code, with nothing to write or send with.
    package func preview() async throws(Problem) -> Preview {
        let (judged, findings) = try await Evaluate(wiring).preview()
        let owed = try await notify.preview(changed: findings)
        let records = try await reporting { try await wiring.store.environments() }
        let accounts = try await reporting { try await wiring.accounts() }
        let open = Set(accounts.filter { $0.mode == .reap && $0.hold == nil }.map(\.account))
        let due = try await reporting {
            try records.compactMap { record -> (EnvironmentKey, Date)? in
                guard let finding = try findings[record.key] ?? record.finding.map(FindingCoding.decode),
                    finding.state == .due || finding.state == .planned,
                    // Nothing is planned in the others, whatever is due there.
                    record.targets.allSatisfy({ open.contains($0.target.account) })
                else { return nil }
                return (record.key, finding.dueSince ?? .distantFuture)
            }
        }
        return Preview(
            changes: judged.changes,
            isPartial: judged.isPartial,
            due: due.sorted { $0.1 < $1.1 }.map(\.0),
            contents: owed.contents,
            unreachable: owed.unreachable
        )
    }
}
