package import Core
package import Foundation

/// `curfew scan`: reads targets, records what is there, and groups it into environments.
package struct Scan: Sendable {
    let provider: any ProviderReading
    let store: any ScanStore & EnvironmentStore
    let rules: ScanRules
    let locks: any Locks
    /// In the order in which they are read.
    let evidence: [any EvidenceReading]
    let limits: ReadingLimits
    /// What could not be found out about where to read: with any of it nothing is complete.
    let troubles: [TargetTrouble]

    package init(
        provider: any ProviderReading,
        store: any ScanStore & EnvironmentStore,
        rules: ScanRules,
        locks: any Locks,
        evidence: [any EvidenceReading] = [],
        limits: ReadingLimits = .none,
        troubles: [TargetTrouble] = []
    ) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.locks = locks
        self.evidence = evidence
        self.limits = limits
        self.troubles = troubles
    }

    /// `targets`: nil is all configured ones; only such a scan can be complete for everything.
    ///
    /// `until`: no target's reading is begun after it, and those under way are cut off; those not read are failed
    /// readings, and the next scan begins with them. `progress`: called with each target as it has been read.
    package func run(
        only targets: [Target]?,
        full: Bool,
        until end: Date? = nil,
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (TargetReading) -> Void
    ) async throws(Problem) -> ScanOutcome {
        let outcome = try await reporting {
            try await locks.holding("curfew scan") {
                try await record(only: targets, full: full, until: end, clock: clock, progress: progress)
            }
        }
        guard let outcome else {
            throw Problem(.locked, "another scan is at work", advice: "wait for it; at most one records at a time")
        }
        return outcome
    }

    private func record(
        only targets: [Target]?,
        full: Bool,
        until end: Date?,
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (TargetReading) -> Void
    ) async throws -> ScanOutcome {
        let states = Dictionary(uniqueKeysWithValues: try await store.targetStates().map { ($0.target, $0) })
        // Whatever was not read for longest comes first, so that a night that is too short takes turns.
        let wanted = (targets ?? rules.targets).filter { states[$0]?.state != .retired }
            .sorted { lastRead(states[$0], $0) < lastRead(states[$1], $1) }
        guard !wanted.isEmpty else {
            if let trouble = troubles.first {
                throw Problem(.unavailable, "there is no target to scan: \(trouble.why)", advice: trouble.advice)
            }
            throw Problem(
                .configuration,
                "there is no target to scan",
                advice: "list accounts and regions under `accounts:` in the settings file"
            )
        }
        let naming = try namingHash()
        let namingChanged = try await store.noteNaming(hash: naming, at: clock())
        let reading = ReadingRules(naming: naming)
        let scan = try await store.beginScan(of: wanted, whole: targets == nil, at: clock())
        let reader = TargetScan(provider: provider, store: store, names: rules.names, rules: reading, full: full)
        let results = await fanOut(wanted, width: rules.width) { target in
            await gathering { () async throws(StoreFailure) in
                let accepted = states[target]?.accepted == true
                let reading =
                    if let end, clock() >= end { TargetReading.late(target, at: clock()) } else {
                        try await reader.read(target, accepted: accepted, limits: limits, until: end, clock: clock)
                    }
                try await store.record(reading, in: scan)
                progress(reading)
                return reading
            }
        }
        let readings = try results.map { try $0.get() }
        let regrouping = try await store.regroup(under: reading, at: clock()) { [spaces = rules.spaces] in
            regrouped($0, spaces: spaces)
        }
        let moved = regrouping.map { movedSpaces($0.before, to: $0.after) } ?? []
        var notes: [EvidenceNote] = []
        for kind in evidence { notes += try await kind.read(full: full, until: end, clock: clock) }
        let environments = try await nameOwners()
        let complete = readings.allSatisfy(\.isComplete) && troubles.isEmpty
        try await store.finishScan(scan, complete: complete, calls: await provider.calls(), at: clock())
        guard let summary = try await store.newestScan() else {
            throw Problem(.bug, "the scan that just ended is not recorded")
        }
        return ScanOutcome(
            summary: summary,
            environments: environments,
            namingChanged: namingChanged,
            moved: moved,
            notes: notes,
            troubles: troubles
        )
    }

    private func lastRead(_ state: TargetState?, _ target: Target) -> (Date, Target) {
        (state?.lastTriedAt ?? .distantPast, target)
    }

    /// Writes the owners that the rules make of all evidence; how many environments there are.
    private func nameOwners() async throws -> Int {
        try await store.environments(atMost: Self.atOnce) { (some) async throws(StoreFailure) in
            try await nameOwners(of: some)
        }
    }

    /// How many environments are looked at together: more take memory and no less time.
    private static let atOnce = 250

    private func nameOwners(of environments: [EnvironmentRecord]) async throws(StoreFailure) {
        var owners: [EnvironmentKey: OwnerRecord] = [:]
        for environment in environments {
            let owner = OwnerRecord(of: environment, rules: rules.owners)
            let current = OwnerRecord(
                owner: environment.owner,
                source: environment.ownerSource,
                detail: environment.ownerDetail,
                conflict: environment.ownerConflict
            )
            if owner != current { owners[environment.key] = owner }
        }
        if !owners.isEmpty { try await store.setOwners(owners) }
    }

    private func namingHash() throws -> Digest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let spaces = rules.spaces.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
        let names = try encoder.encode(rules.names)
        return Digest(of: Array(names) + Array(spaces.utf8))
    }
}

extension TargetReading {
    fileprivate static func late(_ target: Target, at now: Date) -> TargetReading {
        let failure = ProviderFailure(
            .unreachable,
            "\(target) \(TargetState.notTried)",
            advice: "the next scan begins with it; give it more time with `scan: { within: … }`, or a night with "
                + "`night: { within: … }`"
        )
        return TargetReading(target: target, startedAt: now, finishedAt: now, outcome: .failed(failure))
    }

    package var isComplete: Bool { if case .complete = outcome { true } else { false } }
}
