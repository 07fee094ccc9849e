package import Core

/// `curfew database prune`: forgets tombstones that nobody will restore from any more, and records that nothing rests on
/// any more.
package struct Forgetting: Sendable {
    let wiring: Wiring
    let retention: any TombstoneRetention & RecordRetention
    /// How long tombstones are kept, by the settings.
    let keep: Duration
    let records: RecordsKept

    /// The database refuses less.
    package static let least = Duration.seconds(30 * 86_400)

    package init(
        _ wiring: Wiring,
        retention: any TombstoneRetention & RecordRetention,
        keep: Duration,
        records: RecordsKept
    ) {
        self.wiring = wiring
        self.retention = retention
        self.keep = keep
        self.records = records
    }

    package struct Outcome: Sendable {
        package var tombstones: [OldTombstone]
        package var records: RecordCounts
    }

    /// What would be forgotten.
    package func look() async throws(Problem) -> Outcome {
        try await allow()
        return try await reporting {
            Outcome(
                tombstones: try await retention.oldTombstones(keptFor: keep),
                records: try await retention.oldRecords(records)
            )
        }
    }

    /// Forgets it; there is no way back.
    package func run() async throws(Problem) -> Outcome {
        try await allow()
        return try await reporting {
            let outcome = Outcome(
                tombstones: try await retention.forgetTombstones(keptFor: keep),
                records: try await retention.forgetRecords(records)
            )
            try await wiring.store.seal()
            return outcome
        }
    }

    private func allow() async throws(Problem) {
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.restore, standing, login: login, what: "forget what was recorded")
        guard keep >= Self.least else {
            throw Problem(
                .configuration,
                "tombstones are kept for at least \(DurationText.format(Self.least))",
                advice: "set `tombstones: { keep: 400d }` in the settings file"
            )
        }
        guard records.shortest >= Self.least else {
            throw Problem(
                .configuration,
                "records are kept for at least \(DurationText.format(Self.least))",
                advice: "set `retention: { scans: 90d, evaluations: 400d, messages: 180d }` in the settings file"
            )
        }
    }
}
