package import Core

/// `curfew database prune`: forgets tombstones that nobody will restore from any more.
package struct Forgetting: Sendable {
    let wiring: Wiring
    let retention: any TombstoneRetention
    /// How long they are kept, by the settings.
    let keep: Duration

    /// The database refuses less.
    package static let least = Duration.seconds(30 * 86_400)

    package init(_ wiring: Wiring, retention: any TombstoneRetention, keep: Duration) {
        self.wiring = wiring
        self.retention = retention
        self.keep = keep
    }

    /// What would be forgotten.
    package func look() async throws(Problem) -> [OldTombstone] {
        try await allow()
        return try await reporting { try await retention.oldTombstones(keptFor: keep) }
    }

    /// Forgets it; there is no way back.
    package func run() async throws(Problem) -> [OldTombstone] {
        try await allow()
        return try await reporting {
            let gone = try await retention.forgetTombstones(keptFor: keep)
            try await wiring.store.seal()
            return gone
        }
    }

    private func allow() async throws(Problem) {
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.restore, standing, login: login, what: "forget tombstones")
        guard keep >= Self.least else {
            throw Problem(
                .configuration,
                "tombstones are kept for at least \(DurationText.format(Self.least))",
                advice: "set `tombstones: { keep: 400d }` in the settings file"
            )
        }
    }
}
