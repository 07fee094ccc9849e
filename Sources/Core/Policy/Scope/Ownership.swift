/// Whose an environment is, as rules see it.
package enum Ownership: Sendable, Hashable, Codable {
    case owned(by: String)
    /// Everything that could name an owner was looked at, and names nobody.
    case nobody
    /// What names owners contradicts itself.
    case several(String)
    case unread(reason: String)

    package var isNobody: Bool { self == .nobody }

    /// No owner is known, or all that could name one was not read: who owns it may still have to be found out.
    package var isOpen: Bool {
        switch self {
        case .nobody, .unread: true
        case .owned, .several: false
        }
    }

    /// For people.
    var sight: String {
        switch self {
        case .owned(let owner): "its owner is \(owner)"
        case .nobody: "no owner is known"
        case .several(let who): "several owners: \(who)"
        case .unread(let reason): "owner unread: \(reason)"
        }
    }

    /// Whether it is true that nobody is known to own it.
    var isUnknown: Truth {
        switch self {
        case .owned: .no
        case .nobody: .yes
        case .several, .unread: .unknown
        }
    }
}

extension Condition {
    /// True only where everything was looked at: owners that contradict each other are no absence of owners.
    func ownerTrace(_ facts: EnvironmentFacts) -> Trace {
        let change =
            switch facts.ownership {
            case .owned: "the owner gone from everything that names one"
            case .nobody, .several: "a claim: curfew claim"
            case .unread: "a complete reading of its stacks"
            }
        return Trace(description, facts.ownership.isUnknown, saw: facts.ownership.sight, change: change)
    }
}
