import Core

extension Condition {
    /// Whether it looks at this signal of environments that have it.
    func reads(_ kind: SignalKind) -> Bool {
        switch self {
        case .any(let parts), .all(let parts): parts.contains { $0.reads(kind) }
        case .not(let part): part.reads(kind)
        case .idle(_, let kinds): kinds?.contains(kind) ?? true
        case .age, .ttlExpired, .runtimeDeprecated, .branch, .pullRequest, .costAbove, .tag, .ownerUnknown: false
        }
    }
}
