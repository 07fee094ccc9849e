package import Core
package import Foundation

/// Reads who made which stack from CloudTrail's history: one sweep of each region that may tell an owner.
///
/// CloudTrail remembers 90 days, answers two questions a second in an account and region, fifty calls a page, newest
/// first. So each sweep begins where the one before ended, and reads at most `pages`; what is older and not read yet is
/// the next sweep's. Nothing is asked where every environment has an owner by a claim, a tag or a registration.
package struct TrailSweep: EvidenceReading {
    let trails: any TrailReading
    let store: any TrailStore
    let targets: Set<Target>
    let rules: OwnerRules
    /// In one target and scan; a hundred take 50 seconds.
    let pages: Int
    let clock: @Sendable () -> Date
    let sleep: @Sendable (Duration) async throws -> Void

    /// Between two questions to one account and region: AWS answers two a second.
    static let pace = Duration.milliseconds(500)

    /// Of the configured `targets`; `sleep` waits between two questions.
    package init(
        trails: any TrailReading,
        store: any TrailStore,
        targets: Set<Target>,
        rules: OwnerRules,
        pages: Int = 100,
        clock: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.trails = trails
        self.store = store
        self.targets = targets
        self.rules = rules
        self.pages = pages
        self.clock = clock
        self.sleep = sleep
    }

    package func read(
        full: Bool,
        until end: Date?,
        clock: @Sendable () -> Date
    ) async throws(StoreFailure) -> [EvidenceNote] {
        guard rules.asksCloudTrail else { return [] }
        let candidates = try await store.trailCandidates().filter { targets.contains($0.target) }
        guard !candidates.isEmpty else { return [] }
        let states = try await store.trailStates()
        let now = clock()
        let wanted = trailTargets(candidates, states: states, rules: rules, full: full, now: now)
        let results = await fanOut(wanted, width: 8) { item in
            await gathering { () async throws(StoreFailure) in
                var sweep = TargetSweep(self, item.target, listedAt: item.listedAt, until: end)
                return try await sweep.run(states[item.target] ?? [:])
            }
        }
        var notes: [EvidenceNote] = []
        for result in results { notes += try result.get() }
        return notes
    }
}
