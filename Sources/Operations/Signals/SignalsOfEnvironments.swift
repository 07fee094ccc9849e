package import Core
package import Foundation

/// Reads what of each environment was invoked, and whether a new version of it is being rolled out.
///
/// What was read less than `SignalRecord.holds` ago of the same things is not read again: such a scan costs no call.
package struct SignalsOfEnvironments: EvidenceReading {
    let provider: any SignalReading
    let store: any SignalStore
    let rules: SignalRules
    /// A processed template as what it says of its schedules; nil where it cannot be understood.
    let readSchedules: @Sendable (String) -> [TemplateSchedule]?

    package init(
        provider: any SignalReading,
        store: any SignalStore,
        rules: SignalRules,
        readSchedules: @escaping @Sendable (String) -> [TemplateSchedule]?
    ) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.readSchedules = readSchedules
    }

    /// Targets asked at the same time.
    static let width = 8

    package func read(
        full: Bool,
        until: Date?,
        clock: @Sendable () -> Date
    ) async throws(StoreFailure) -> [EvidenceNote] {
        guard rules != .none else { return [] }
        let now = clock()
        // Nothing of what holds is even looked at: a scan in which nothing changed takes no more memory for more of it.
        let due = SignalsDue(
            kinds: (rules.invocations ? [.invoked] : []) + (rules.rollouts ? [.rollout] : []),
            readBefore: now.later(by: .zero - SignalRecord.holds),
            isEverything: full
        )
        let subjects = try await store.signalSubjects(due)
        let left = until.map { $0.timeIntervalSince(now) }
        let round = Round(full: full, now: now, end: left.map { ContinuousClock.now + .seconds($0) })
        var records: [(key: EnvironmentKey, record: SignalRecord)] = []
        var notes: [EvidenceNote] = []
        if rules.invocations {
            let found = try await invocations(subjects, round)
            records += found.records
            notes += found.notes
        }
        if rules.rollouts {
            let found = try await rollouts(subjects, round)
            records += found.records
            notes += found.notes
        }
        try await store.record(records)
        return notes
    }

    /// One reading of all that is due.
    struct Round: Sendable {
        let full: Bool
        let now: Date
        /// No call is begun after it.
        let end: ContinuousClock.Instant?

        var isLate: Bool { end.map { $0 <= .now } ?? false }

        static let late = ProviderFailure(
            .unreachable,
            "not read: there was no time left",
            advice: "the next scan reads it; give the night more time with `night: { within: … }`"
        )

        /// What is known does not say enough about these things any more.
        func isDue(_ known: SignalRecord?, _ subjects: Digest) -> Bool {
            guard let known, known.subjects == subjects, known.missing == nil, !full else { return true }
            return known.readAt.later(by: SignalRecord.holds) <= now
        }
    }
}

extension SignalSubject {
    /// It says what is known already, of how things are now, and not so long ago that nothing of that is seen any more.
    func says(_ record: SignalRecord) -> Bool {
        guard let known = records[record.kind], known.says(record),
            known.readAt.later(by: SignalRecord.holds) > record.readAt
        else { return false }
        return changed.map { $0 <= known.readAt } ?? true
    }
}

extension [SignalResource] {
    /// Of which things a signal speaks: another set of them is another signal.
    var digest: Digest {
        var encoder = CanonicalEncoder()
        let parts = map { "\($0.target) \($0.component) \($0.logicalID) \($0.type.rawValue) \($0.physicalID ?? "")" }
        encoder.append(list: parts.sorted()) { $0.append($1) }
        return encoder.digest
    }
}
