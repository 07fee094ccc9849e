package import Foundation

/// How far one kind of call was read in one target.
///
/// Everything up to `until` was, but for what lies between `gapFrom` and `gapUntil`: a reading goes from the newest call
/// backwards, and one that is cut off leaves the older ones for the next.
package struct TrailState: Sendable, Hashable {
    package var until: Date?
    package var gapFrom: Date?
    package var gapUntil: Date?
    /// When it was last asked for, with or without an answer.
    package var triedAt: Date

    package init(until: Date? = nil, gapFrom: Date? = nil, gapUntil: Date? = nil, triedAt: Date) {
        self.until = until
        self.gapFrom = gapFrom
        self.gapUntil = gapUntil
        self.triedAt = triedAt
    }

    /// How far back the provider remembers.
    package static let memory = Duration.seconds(90 * 86_400)
    /// Calls show in the history minutes after they were made; what is younger than this is asked for again.
    package static let lag = Duration.seconds(30 * 60)
    /// Nothing is asked for again sooner: calls would not show yet, and other programs ask, too.
    package static let pause = Duration.seconds(15 * 60)

    /// What is to be asked for now, newest first.
    package static func spans(_ state: TrailState?, now: Date) -> [(from: Date, until: Date)] {
        let horizon = now.later(by: .zero - memory)
        var spans = [(from: max(horizon, state?.until?.later(by: .zero - lag) ?? horizon), until: now)]
        if let from = state?.gapFrom, let until = state?.gapUntil, until > horizon {
            spans.append((from: max(horizon, from), until: until))
        }
        return spans
    }

    /// How much of a span was read, from its newest call on.
    package enum Reached: Sendable, Hashable {
        case all
        case backTo(Date)
        case nothing
    }

    /// Takes note of one walk: `isNew` for the first span, else it was through the gap.
    ///
    /// `listedAt`: when the target's stacks were listed; what was called later is asked for once more.
    package mutating func note(
        _ reached: Reached,
        of span: (from: Date, until: Date),
        isNew: Bool,
        listedAt: Date
    ) {
        switch reached {
        case .nothing: return
        case .all:
            if !isNew { (gapFrom, gapUntil) = (nil, nil) }
        case .backTo(let moment):
            // What lies before an older gap was read already; read again it tells the same.
            gapFrom = min(gapFrom ?? span.from, span.from)
            gapUntil = max(moment, span.from)
        }
        if isNew { until = max(until ?? .distantPast, min(span.until, listedAt)) }
    }
}

/// A component of a feature environment whose owner nothing better than a trail could tell.
package struct TrailCandidate: Sendable {
    package var component: ComponentID
    package var target: Target
    package var environment: EnvironmentKey
    /// When it was made, or first seen, or last changed.
    package var activity: Date
    package var tags: [String: String]
    package var trail: [TrailEvidence]
    /// When the newest complete reading of its target began; nil where the newest was not complete.
    package var listedAt: Date?

    package init(
        component: ComponentID,
        target: Target,
        environment: EnvironmentKey,
        activity: Date,
        tags: [String: String],
        trail: [TrailEvidence],
        listedAt: Date?
    ) {
        self.component = component
        self.target = target
        self.environment = environment
        self.activity = activity
        self.tags = tags
        self.trail = trail
        self.listedAt = listedAt
    }
}

/// Targets whose history may tell an owner that nothing else tells, each with when it was last listed completely.
///
/// A target costs calls only where a component of an environment without a better owner was made or changed since its
/// history was last read, within what the provider remembers.
package func trailTargets(
    _ candidates: [TrailCandidate],
    states: [Target: [TrailCall: TrailState]],
    rules: OwnerRules,
    full: Bool,
    now: Date
) -> [(target: Target, listedAt: Date)] {
    let horizon = now.later(by: .zero - TrailState.memory)
    let told = Set(
        candidates.filter { !ownerEvidence(in: $0.tags, of: $0.component, keys: rules.tagKeys).isEmpty }
            .map(\.environment)
    )
    var targets: [Target: Date] = [:]
    for candidate in candidates where !told.contains(candidate.environment) && candidate.activity > horizon {
        guard let listedAt = candidate.listedAt, targets[candidate.target] == nil,
            !candidate.trail.contains(where: { $0.identity.caller(machines: rules.machines).isPerson })
        else { continue }
        let known = states[candidate.target] ?? [:]
        let isNews = TrailCall.allCases.contains { call in
            guard let state = known[call], let until = state.until else { return true }
            if candidate.activity.later(by: TrailState.lag) > until { return true }
            // A gap that nobody remembers any more is none.
            guard let from = state.gapFrom, let until = state.gapUntil else { return false }
            return candidate.activity >= from && until > horizon
        }
        let isSoon = known.values.contains { $0.triedAt.later(by: TrailState.pause) > now }
        if isNews, full || !isSoon { targets[candidate.target] = listedAt }
    }
    return targets.map { (target: $0.key, listedAt: $0.value) }.sorted { $0.target < $1.target }
}
