package import Core
package import Foundation

/// `curfew scan`: reads targets, records what is there, and groups it into environments.
package struct Scan: Sendable {
    let provider: any ProviderReading
    let store: any ScanStore & ScanSharing & EnvironmentStore
    let rules: ScanRules
    let locks: any Locks
    /// In the order in which they are read.
    let evidence: [any EvidenceReading]
    let limits: ReadingLimits
    /// What could not be found out about where to read: with any of it nothing is complete.
    let troubles: [TargetTrouble]
    let sharing: Sharing

    /// How a process works on a scan beside others.
    package struct Sharing: Sendable {
        /// Who it is, for people on other machines.
        package var worker: String
        /// Longer than this without a word, on the database's clock, and others take over what it reads.
        package var lease: Duration
        /// How long it waits for others before it gives up.
        package var patience: Duration
        /// False: what a scan that is under way has read may be older than what this one is for, so it reads itself.
        package var joins: Bool
        package var sleep: @Sendable (Duration) async throws -> Void

        package init(
            worker: String = "a worker",
            lease: Duration = .seconds(30),
            patience: Duration = .seconds(7_200),
            joins: Bool = true,
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        ) {
            self.worker = worker
            self.lease = lease
            self.patience = patience
            self.joins = joins
            self.sleep = sleep
        }
    }

    package init(
        provider: any ProviderReading,
        store: any ScanStore & ScanSharing & EnvironmentStore,
        rules: ScanRules,
        locks: any Locks,
        evidence: [any EvidenceReading] = [],
        limits: ReadingLimits = .none,
        troubles: [TargetTrouble] = [],
        sharing: Sharing = Sharing()
    ) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.locks = locks
        self.evidence = evidence
        self.limits = limits
        self.troubles = troubles
        self.sharing = sharing
    }

    /// What somebody who watches is told.
    package enum Progress: Sendable {
        case joined(ScanID, others: [String])
        /// A target that this process has read.
        case read(TargetReading)
        /// It was taken over meanwhile: what this process read of it is not recorded.
        case lost(Target)
        /// Others hold what is left to read, or bring the scan to its end.
        case waiting(unread: Int, holders: [String])
    }

    /// `targets`: nil is all configured ones; only such a scan can be complete for everything.
    ///
    /// Where a scan of the very same is under way, whichever process of whichever machine began it, this one reads what
    /// is left of it, and ends with the same summary. `until`: no target's reading is begun after it, and those under way
    /// are cut off; those that nobody reads are failed readings, and the next scan begins with them.
    package func run(
        only targets: [Target]?,
        full: Bool,
        until end: Date? = nil,
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (Progress) -> Void
    ) async throws(Problem) -> ScanOutcome {
        try await reporting {
            try await share(only: targets, full: full, until: end, clock: clock, progress: progress)
        }
    }

    private func share(
        only targets: [Target]?,
        full: Bool,
        until end: Date?,
        clock: @escaping @Sendable () -> Date,
        progress: @escaping @Sendable (Progress) -> Void
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
        let extent = ScanExtent(
            targets: wanted,
            whole: targets == nil,
            full: full,
            naming: naming,
            isShared: sharing.joins
        )
        let share = try await store.joinScan(extent, worker: sharing.worker, lease: sharing.lease, at: clock())
        let work = ScanWork(scan: self, share: share, extent: extent, until: end, clock: clock, tell: progress)
        let conclusion = try await work.beingHeard { try await work.run() }
        guard let summary = try await store.scan(share.scan) else {
            throw Problem(
                .undone,
                "scan \(share.scan) was given up: none of its workers was heard of for an hour",
                advice: "run: curfew scan"
            )
        }
        let environments =
            if let conclusion { conclusion.environments } else {
                try await store.environments(atMost: Self.atOnce) { _ in }
            }
        return ScanOutcome(
            summary: summary,
            environments: environments,
            namingChanged: namingChanged,
            moved: conclusion?.moved ?? [],
            // Whoever ended it knows them, and wrote them down.
            notes: summary.notes,
            troubles: troubles,
            worker: share.worker
        )
    }

    private func lastRead(_ state: TargetState?, _ target: Target) -> (Date, Target) {
        (state?.lastTriedAt ?? .distantPast, target)
    }

    /// Writes the owners that the rules make of all evidence; how many environments there are.
    func nameOwners() async throws -> Int {
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
    static func late(_ target: Target, at now: Date) -> TargetReading {
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
