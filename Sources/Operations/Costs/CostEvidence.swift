package import Core
package import Foundation

/// Reads what environments cost, at most once a UTC day in each account: every request costs money.
package struct CostEvidence: EvidenceReading {
    private let provider: any CostReading
    private let store: any CostStore
    private let rules: CostRules
    private let targets: [Target]

    /// `targets`: those that scans read; one of an account's is enough.
    package init(provider: any CostReading, store: any CostStore, rules: CostRules, targets: [Target]) {
        self.provider = provider
        self.store = store
        self.rules = rules
        self.targets = targets
    }

    /// Accounts asked at the same time.
    private static let width = 4

    package func read(
        full: Bool,
        until: Date?,
        clock: @Sendable () -> Date
    ) async throws(StoreFailure) -> [EvidenceNote] {
        guard rules.isRead else { return [] }
        let now = clock()
        let known = try await store.costReadings()
        let current = CostMonth(containing: now)
        let found = try await store.costSubjects(since: current.previous.start)
        let subjects = Dictionary(grouping: found, by: \.target.account)
        let ways = Dictionary(targets.sorted().map { ($0.account, $0) }, uniquingKeysWith: { first, _ in first })
        let due = subjects.keys.sorted().compactMap { account in
            isDue(known[account], full: full, now: now) ? ways[account] : nil
        }
        let end = until.map { ContinuousClock.now + .seconds($0.timeIntervalSince(now)) }
        let answers = await fanOut(due, width: Self.width) { target in
            await answer(of: target, now: now, until: end)
        }
        var notes: [EvidenceNote] = []
        for (target, answer) in zip(due, answers) {
            // There was no time left: the next scan asks.
            guard let answer else { continue }
            let account = target.account
            let costs = answer.map { months in
                months.filter { $0.month >= current.previous }.flatMap { month in
                    month.conclusions(
                        on: subjects[account] ?? [],
                        tag: rules.tag,
                        after: months.first { $0.month == month.month.previous },
                        readAt: now
                    )
                }
            }
            let outcome = CostReadingOutcome(
                account: account,
                tag: rules.tag,
                metric: rules.metric,
                at: now,
                costs: costs
            )
            try await store.record(outcome)
            if case .failure(let failure) = answer { notes.append(note(account, failure)) }
        }
        return notes
    }

    /// Once a day, whatever became of it; a failure is tried again when everything is to be read again.
    private func isDue(_ known: CostReadingRecord?, full: Bool, now: Date) -> Bool {
        guard let known, known.tag == rules.tag, known.metric == rules.metric.rawValue else { return true }
        if full, known.missing != nil { return true }
        return known.triedAt.utcDay < now.utcDay
    }

    private func answer(
        of target: Target,
        now: Date,
        until end: ContinuousClock.Instant?
    ) async -> Result<[CostsOfMonth], ProviderFailure>? {
        if let end, end <= .now { return nil }
        let current = CostMonth(containing: now)
        let question = CostQuestion(
            account: target.account,
            tag: rules.tag,
            metric: rules.metric,
            // Of the oldest nothing is concluded: it shows whether the tag worked before the others.
            from: current.previous.previous,
            to: current
        )
        return await gathering { () async throws(ProviderFailure) in
            let months = try await provider.costs(question, by: target)
            // Whatever else it names was not asked for.
            let wanted = months.filter { question.from...question.to ~= $0.month }
            guard Set(wanted.map(\.month)).count == wanted.count, wanted.contains(where: { $0.month > question.from })
            else {
                throw ProviderFailure(
                    .malformed,
                    "ce GetCostAndUsage: the months that were asked for are not in the answer",
                    advice: "the next day's first scan asks again"
                )
            }
            return wanted
        }
    }

    private func note(_ account: AccountID, _ failure: ProviderFailure) -> EvidenceNote {
        EvidenceNote(
            "what the environments in \(account) cost is unknown",
            why: failure.summary,
            advice: failure.kind == .denied
                ? "allow its reading role ce:GetCostAndUsage, and its account Cost Explorer; then: curfew scan --full"
                : failure.advice
        )
    }
}

extension Date {
    fileprivate var utcDay: Int { Int((timeIntervalSince1970 / 86_400).rounded(.down)) }
}
