/// When an environment is stale: a tree of clauses.
package indirect enum Condition: Sendable, Hashable {
    case any([Condition])
    case all([Condition])
    case not(Condition)
    /// At least this old: since the oldest component the incarnation ever had was created.
    case age(Duration)
    /// No activity for at least this long; of the named signals, or of all that apply when nil.
    case idle(for: Duration, of: [SignalKind]?)
    /// Its own TTL tag has run out.
    case ttlExpired
    /// A function of it has a runtime that AWS has deprecated.
    case runtimeDeprecated
    /// The branch that it was deployed from.
    case branch(BranchState)
    /// The pull request that it was deployed for.
    case pullRequest(RequestState)
    /// It costs more than this in a month.
    case costAbove(CostLimit)
    /// Tags on its stacks.
    case tag(TagMatch)
    /// No owner is known.
    case ownerUnknown
}

extension Condition: CustomStringConvertible {
    /// As it would be written, on one line.
    package var description: String {
        switch self {
        case .any(let parts): "any: [\(listed(parts))]"
        case .all(let parts): "all: [\(listed(parts))]"
        case .not(let part): "not: { \(part) }"
        case .age(let duration): "age: \(DurationText.format(duration))"
        case .idle(let duration, nil): "idle: \(DurationText.format(duration))"
        case .idle(let duration, let kinds?):
            "idle: { for: \(DurationText.format(duration)), of: [\(kinds.map(\.rawValue).joined(separator: ", "))] }"
        case .ttlExpired: "ttl_tag: expired"
        case .runtimeDeprecated: "runtime: deprecated"
        case .branch(let state): "branch: \(state.rawValue)"
        case .pullRequest(let state): "pull_request: \(state.rawValue)"
        case .costAbove(let limit): "cost_above: \(limit)"
        case .tag(let match): match.description
        case .ownerUnknown: "owner: unknown"
        }
    }

    private func listed(_ parts: [Condition]) -> String {
        parts.map { "{ \($0) }" }.joined(separator: ", ")
    }
}
