/// What a clause is.
///
/// Kleene's three values, and "not applicable" for a clause that has nothing to look at. Only `yes` makes anything
/// stale (D3).
package enum Truth: String, Sendable, Codable, CaseIterable {
    case yes = "true"
    case no = "false"
    case unknown
    case notApplicable = "not applicable"

    /// True as soon as one is true; a list of none proves nothing and is unknown.
    package static func any(_ parts: [Truth]) -> Truth {
        guard !parts.isEmpty else { return .unknown }
        if parts.contains(.yes) { return .yes }
        return parts.contains(.unknown) ? .unknown : .no
    }

    /// True when every one is; not applicable counts as false.
    ///
    /// A list of none proves nothing and is unknown.
    package static func all(_ parts: [Truth]) -> Truth {
        guard !parts.isEmpty else { return .unknown }
        if parts.contains(where: { $0 == .no || $0 == .notApplicable }) { return .no }
        return parts.contains(.unknown) ? .unknown : .yes
    }

    /// The opposite; what is unknown or not applicable stays so.
    package var negated: Truth {
        switch self {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        case .notApplicable: .notApplicable
        }
    }
}
