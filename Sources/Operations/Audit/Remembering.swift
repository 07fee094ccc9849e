package import Core

/// `curfew history ENV`: everything that is kept of one name.
package struct Remembering: Sendable {
    let wiring: Wiring
    let history: any HistoryStore

    /// More than any life has; who has more sees the newest.
    private static let mostEntries = 100_000

    package init(_ wiring: Wiring, history: any HistoryStore) {
        self.wiring = wiring
        self.history = history
    }

    /// All lives of the environment that a person means, newest first.
    package func lives(named text: String) async throws(Problem) -> [EnvironmentLife] {
        let key = try await wiring.environment(named: text).key
        return try await reporting {
            let left = Dictionary(grouping: try await wiring.store.leftovers(open: false), by: \.leftover.environment)
            var lives: [EnvironmentLife] = []
            for record in try await history.lives(of: key.name, in: key.space) {
                lives.append(
                    EnvironmentLife(
                        environment: record,
                        components: try await wiring.store.components(of: record.key),
                        plans: try await history.plans(of: record.key),
                        leftovers: left[record.key] ?? [],
                        entries: try await wiring.store.history(of: record.key, limit: Self.mostEntries).reversed()
                    )
                )
            }
            return lives
        }
    }
}
