package import Foundation

extension EnvironmentFacts {
    /// What an `idle` that names no signals goes by.
    ///
    /// A deployment is always among it; others only where they are read at all.
    fileprivate var kindsThatApply: [SignalKind] {
        SignalKind.nameable.filter { kind in
            kind == .changed
                || signals.contains { signal in
                    // Where no repository is named there is nothing to say of commits.
                    if kind == .committed, case .notApplicable = signal.value { return false }
                    return signal.kind == kind
                }
        }
    }
}

extension Condition {
    /// Every length of time that an `idle` in it asks for.
    var idleDurations: Set<Duration> {
        switch self {
        case .any(let parts), .all(let parts): Set(parts.flatMap(\.idleDurations))
        case .not(let part): part.idleDurations
        case .idle(let duration, _): [duration]
        case .age, .ttlExpired, .runtimeDeprecated, .branch, .pullRequest, .tag, .ownerUnknown, .costAbove: []
        }
    }

    /// What this clause is on these facts at this moment.
    ///
    /// Unknown readings stay unknown, whatever stands around them.
    package func trace(on facts: EnvironmentFacts, now: Date) -> Trace {
        switch self {
        case .any(let parts):
            let traces = parts.map { $0.trace(on: facts, now: now) }
            let truth = Truth.any(traces.map(\.truth))
            return Trace("any", truth, saw: counted(traces), parts: traces)
        case .all(let parts):
            let traces = parts.map { $0.trace(on: facts, now: now) }
            let truth = Truth.all(traces.map(\.truth))
            return Trace("all", truth, saw: counted(traces), parts: traces)
        case .not(let part):
            let trace = part.trace(on: facts, now: now)
            return Trace("not", trace.truth.negated, saw: "its clause is \(trace.truth.rawValue)", parts: [trace])
        case .age(let duration):
            return ageTrace(duration, facts, now)
        case .idle(let duration, let kinds):
            return idleTrace(duration, kinds ?? facts.kindsThatApply, facts, now)
        case .ttlExpired:
            return ttlTrace(facts, now)
        case .runtimeDeprecated:
            return runtimeTrace(facts, now)
        case .branch(let state):
            return branchTrace(state, facts)
        case .pullRequest(let state):
            return requestTrace(state, facts)
        case .costAbove(let limit):
            return costTrace(limit, facts)
        case .tag(let match):
            return tagTrace(match, facts)
        case .ownerUnknown:
            return ownerTrace(facts)
        }
    }

    private func counted(_ traces: [Trace]) -> String {
        let counts = Truth.allCases.compactMap { truth in
            let number = traces.count { $0.truth == truth }
            return number == 0 ? nil : "\(number) \(truth.rawValue)"
        }
        return counts.isEmpty ? "no clauses" : counts.joined(separator: ", ")
    }

    /// An unknown creation is true once it was *seen* that long ago, and unknown before (R4): "no" would be a claim
    /// that `not` could turn into staleness.
    private func ageTrace(_ duration: Duration, _ facts: EnvironmentFacts, _ now: Date) -> Trace {
        let clause = description
        switch facts.oldestCreated {
        case .known(let created):
            let at = created.later(by: duration)
            return Trace(
                clause,
                now >= at ? .yes : .no,
                saw: "oldest component created \(created.minuteText)",
                since: created,
                changesAt: at > now ? at : nil
            )
        case .unknown(let reason):
            let at = facts.firstSeen.later(by: duration)
            return Trace(
                clause,
                now >= at ? .yes : .unknown,
                saw: "creation unknown (\(reason)); counted from first seen \(facts.firstSeen.minuteText)",
                since: facts.firstSeen,
                changesAt: at > now ? at : nil,
                change: "a reading that says when it was created",
                meansKeep: now < at
            )
        }
    }

    private func idleTrace(_ duration: Duration, _ kinds: [SignalKind], _ facts: EnvironmentFacts, _ now: Date) -> Trace
    {
        let clause = description
        let named = facts.signals.filter { kinds.contains($0.kind) }
        let missing = kinds.filter { kind in !named.contains { $0.kind == kind } }
        // Asking for more time is activity too, but being asked for nothing is no sign of idleness.
        let asked = facts.signals.filter { $0.kind == .asked && !kinds.contains(.asked) }
        let seen = named + asked

        let dates = seen.compactMap(\.date)
        let ends = dates.map { $0.later(by: duration) }
        let younger = ends.filter { $0 > now }
        // "Nothing since then" proves no more idleness than has passed since.
        let proofs = seen.compactMap { $0.noneSince?.later(by: duration) }
        let isUnread = seen.contains(where: \.isUnknown) || !missing.isEmpty
        let unknown = isUnread || proofs.contains { $0 > now }
        let applies = !missing.isEmpty || named.contains { if case .notApplicable = $0.value { false } else { true } }

        let truth: Truth =
            if !applies { .notApplicable } else if !younger.isEmpty { .no } else if unknown { .unknown } else { .yes }
        let sights = seen.map(sight) + missing.map { "\($0.rawValue): never read" }
        return Trace(
            clause,
            truth,
            saw: sights.joined(separator: "; "),
            since: dates.max(),
            changesAt: applies ? younger.max() ?? (isUnread ? nil : proofs.filter { $0 > now }.max()) : nil,
            change: isUnread && truth != .notApplicable
                ? "a reading of what is unknown" : "a deployment, claim or extension"
        )
    }

    private func sight(_ signal: Signal) -> String {
        switch signal.value {
        case .known(let date): "\(signal.kind.rawValue) \(date.minuteText) (\(signal.source))"
        case .noneSince(let date): "not \(signal.kind.rawValue) since \(date.minuteText) (\(signal.source))"
        case .unknown(let reason): "\(signal.kind.rawValue) unknown: \(reason) (\(signal.source))"
        case .notApplicable(let reason): "\(signal.kind.rawValue) not applicable: \(reason) (\(signal.source))"
        }
    }

    private func ttlTrace(_ facts: EnvironmentFacts, _ now: Date) -> Trace {
        let clause = description
        switch facts.timeToLive {
        case .absent:
            return Trace(clause, .notApplicable, saw: "no TTL tag", change: "a TTL tag")
        case .expires(let end, let source):
            return Trace(
                clause,
                now >= end ? .yes : .no,
                saw: "\(source): \(now >= end ? "expired" : "expires") \(end.minuteText)",
                changesAt: end > now && end < .distantFuture ? end : nil,
                change: "another TTL tag"
            )
        case .never(let source):
            return Trace(clause, .no, saw: "\(source): never", change: "another TTL tag")
        case .unknown(let reason, let source):
            return Trace(
                clause,
                .unknown,
                saw: "\(source): \(reason)",
                change: "a reading that says when it was created",
                meansKeep: true
            )
        case .unreadable(let text, let source):
            return Trace(
                clause,
                .unknown,
                saw: "\(source): `\(text)` cannot be read as a time",
                change: "a TTL tag such as 2026-12-24 or 14d",
                meansKeep: true
            )
        }
    }
}
