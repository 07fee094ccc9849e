import Foundation

extension EnvironmentFacts {
    /// What one step of the precedence is on these facts.
    ///
    /// For `owners`, `reading`, `rollout` and `notBefore` true is what lets the judgement go on; for the others true is what
    /// decides.
    func trace(of step: PrecedenceSteps.Step, _ policy: Policy?, now: Date) -> Trace {
        let name = step.rawValue
        switch step {
        case .permanent:
            guard case .permanent(let evidence) = nature else { return Trace(name, .no, saw: "not a permanent name") }
            return Trace(name, .yes, saw: evidence)
        case .ambiguous:
            guard case .ambiguous(let evidence) = nature else { return Trace(name, .no, saw: "its names agree") }
            return Trace(name, .yes, saw: evidence)
        case .protected: return protectedTrace(name, now)
        case .policy:
            guard let policy else {
                return Trace(name, .no, saw: "no policy applies", change: "a policy whose applies_to takes it in")
            }
            return Trace(name, .yes, saw: "policy `\(policy.name)`", parts: policy.scope.traces(on: self))
        case .owners:
            guard let ownerConflict else { return Trace(name, .yes, saw: "its owners do not contradict each other") }
            return Trace(name, .no, saw: "several owners: \(ownerConflict)", change: "a claim")
        case .reading: return readingTrace(name)
        case .rollout: return rolloutTrace(name)
        case .released: return releasedTrace(name)
        case .leased: return leasedTrace(name, now)
        case .partlyReaped: return partlyReapedTrace(name)
        case .keptByTag: return keptByTagTrace(name)
        case .maxAge: return maxAgeTrace(policy, now)
        case .notBefore: return notBeforeTrace(policy, now)
        case .staleWhen:
            guard let policy else { return Trace(name, .notApplicable, saw: "no policy applies") }
            let rules = policy.staleWhen.trace(on: self, now: now)
            return Trace(name, rules.truth, saw: "policy `\(policy.name)`", parts: [rules])
        }
    }

    private func protectedTrace(_ name: String, _ now: Date) -> Trace {
        guard let protection else { return Trace(name, .no, saw: "no protection", change: "`curfew protect`") }
        let inForce = now < protection.until
        return Trace(
            name,
            inForce ? .yes : .no,
            saw: "protected \(inForce ? "until" : "until (ended)") \(protection.until.minuteText) by "
                + "\(protection.by): \(protection.reason)",
            changesAt: inForce ? protection.until : nil
        )
    }

    private func leasedTrace(_ name: String, _ now: Date) -> Trace {
        guard let lease else { return Trace(name, .no, saw: "no lease", change: "`curfew extend`") }
        let inForce = now < lease.until
        return Trace(
            name,
            inForce ? .yes : .no,
            saw: "leased until \(inForce ? "" : "(ended) ")\(lease.until.minuteText) by \(lease.by) "
                + "(extension \(lease.count)): \(lease.reason)",
            changesAt: inForce ? lease.until : nil
        )
    }

    private func readingTrace(_ name: String) -> Trace {
        switch reading {
        case .complete: Trace(name, .yes, saw: "every target it stands or stood in was read completely")
        case .partial(let text): Trace(name, .no, saw: "read in part: \(text)", change: "a complete reading")
        case .suspect(let text):
            Trace(name, .no, saw: "suspect: \(text)", change: "readings by id, or `curfew accounts accept`")
        }
    }

    private func rolloutTrace(_ name: String) -> Trace {
        switch rollout {
        case .none(let source): Trace(name, .yes, saw: source)
        case .inProgress(let text, let read):
            Trace(name, .no, saw: "\(text) (read \(read.minuteText))", change: "the rollout's end, and a reading of it")
        case .unknown(let reason):
            Trace(name, .unknown, saw: "whether a rollout is in progress is unknown: \(reason)", change: "a reading")
        }
    }

    private func releasedTrace(_ name: String) -> Trace {
        guard let release else { return Trace(name, .no, saw: "not released", change: "`curfew release`") }
        let text = "released by \(release.by) at \(release.at.minuteText)"
        let asked = signals.contains { $0.kind == .asked && $0.date.map { $0 > release.at } ?? false }
        if asked || lease.map({ $0.granted > release.at }) ?? false {
            return Trace(name, .no, saw: "\(text), claimed or extended since")
        }
        if signals.contains(where: { $0.kind == .asked && $0.isUnknown }) {
            return Trace(name, .unknown, saw: "\(text); whether it was claimed or extended since is unknown")
        }
        return ended(name, text, by: deployed(after: release.at))
    }

    private func partlyReapedTrace(_ name: String) -> Trace {
        guard let partlyReaped else { return Trace(name, .no, saw: "no teardown of it was left half done") }
        let text = "partly reaped at \(partlyReaped.at.minuteText): \(partlyReaped.detail)"
        return ended(name, text, by: deployed(after: partlyReaped.at))
    }

    private func ended(_ name: String, _ text: String, by deployed: Truth) -> Trace {
        switch deployed {
        case .yes: Trace(name, .no, saw: "\(text), deployed since")
        case .no, .notApplicable: Trace(name, .yes, saw: text, change: "a deployment, claim or extension")
        case .unknown: Trace(name, .unknown, saw: "\(text); whether it was deployed since is unknown")
        }
    }

    /// Whether a component was created or updated after a moment, other than by Curfew.
    ///
    /// No reading is not "no" (D3).
    private func deployed(after moment: Date) -> Truth {
        let changes = signals.filter { $0.kind == .changed }
        let youngest = youngestCreated.value
        if changes.contains(where: { $0.date.map { $0 > moment } ?? false }) { return .yes }
        if let youngest, youngest > moment { return .yes }
        return changes.isEmpty || changes.contains(where: \.isUnknown) || youngest == nil ? .unknown : .no
    }

    /// R4: whoever wrote a tag against deletion, or one that nobody can read, meant something; no rule overrules it.
    private func keptByTagTrace(_ name: String) -> Trace {
        switch timeToLive {
        case .never(let source): Trace(name, .yes, saw: "\(source) says that it stays", change: "another tag")
        case .unreadable(let text, let source):
            Trace(
                name,
                .yes,
                saw: "\(source): `\(text)` cannot be read as a time, so it means keep",
                change: "a tag that can be read",
                meansKeep: true
            )
        case .absent, .expires, .unknown: Trace(name, .no, saw: "no tag says that it stays")
        }
    }

    private func maxAgeTrace(_ policy: Policy?, _ now: Date) -> Trace {
        guard let limit = policy?.maxAge else { return Trace("max_age", .notApplicable, saw: "the policy sets none") }
        let clause = "max_age: \(DurationText.format(limit))"
        let start = oldestCreated.value ?? firstSeen
        let since = oldestCreated.value == nil ? "creation unknown; first seen" : "oldest component created"
        let end = start.later(by: limit)
        return Trace(
            clause,
            now >= end ? .yes : .no,
            saw: "\(since) \(start.minuteText)\(now >= end ? ": older than max_age" : "")",
            since: start,
            changesAt: end > now ? end : nil
        )
    }

    private func notBeforeTrace(_ policy: Policy?, _ now: Date) -> Trace {
        guard let policy else { return Trace("not_before", .notApplicable, saw: "no policy applies") }
        let clause = "not_before: \(DurationText.format(policy.notBefore))"
        // Seen first is never before created, so this can only keep it longer (R4).
        let start = youngestCreated.value ?? newestFirstSeen
        let since = youngestCreated.value == nil ? "creation unknown; first seen" : "youngest component created"
        let end = start.later(by: policy.notBefore)
        return Trace(
            clause,
            now >= end ? .yes : .no,
            saw: "\(since) \(start.minuteText)",
            since: start,
            changesAt: end > now ? end : nil
        )
    }
}
