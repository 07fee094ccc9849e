package import Core
package import Foundation

/// `curfew scan`: reads targets, records what is there, and groups it into environments.
package struct Scan: Sendable {
    let provider: any ProviderReading
    let store: any ScanStore & EnvironmentStore
    let rules: ScanRules
    let locks: any Locks

    package init(
        provider: any ProviderReading,
        store: any ScanStore & EnvironmentStore,
        rules: ScanRules,
        locks: any Locks
    ) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.locks = locks
    }

    /// `targets`: nil is all configured ones; only such a scan can be complete for everything.
    ///
    /// `progress`: called with each target as it has been read.
    package func run(
        only targets: [Target]?,
        full: Bool,
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (TargetReading) -> Void
    ) async throws(Problem) -> ScanOutcome {
        let outcome = try await reporting {
            try await locks.holding("curfew scan") {
                try await record(only: targets, full: full, clock: clock, progress: progress)
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
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (TargetReading) -> Void
    ) async throws -> ScanOutcome {
        let states = Dictionary(uniqueKeysWithValues: try await store.targetStates().map { ($0.target, $0) })
        let wanted = (targets ?? rules.targets).filter { states[$0]?.state != .retired }
        guard !wanted.isEmpty else {
            throw Problem(
                .configuration,
                "there is no target to scan",
                advice: "list accounts and regions under `accounts:` in the settings file"
            )
        }
        let namingChanged = try await store.noteNaming(hash: try namingHash(), at: clock())
        let scan = try await store.beginScan(of: wanted, whole: targets == nil, at: clock())
        let reader = TargetScan(provider: provider, store: store, names: rules.names, full: full)
        let results = await fanOut(wanted, width: rules.width) { target in
            await gathering { () async throws(StoreFailure) in
                let accepted = states[target]?.accepted == true
                let reading = try await reader.read(target, accepted: accepted, clock: clock)
                try await store.record(reading, in: scan)
                progress(reading)
                return reading
            }
        }
        let readings = try results.map { try $0.get() }
        try await group(at: clock())
        let complete = readings.allSatisfy(\.isComplete)
        try await store.finishScan(scan, complete: complete, calls: await provider.calls(), at: clock())
        guard let summary = try await store.newestScan() else {
            throw Problem(.bug, "the scan that just ended is not recorded")
        }
        let environments = try await store.environments()
        return ScanOutcome(summary: summary, environments: environments.count, namingChanged: namingChanged)
    }

    /// Regroups everything present, then writes the owners the rules resolve.
    private func group(at now: Date) async throws {
        try await store.regroup(regrouped(try await store.groupingInput(), spaces: rules.spaces), at: now)
        var owners: [EnvironmentKey: OwnerRecord] = [:]
        for environment in try await store.environments() {
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
    package var isComplete: Bool { if case .complete = outcome { true } else { false } }
}
