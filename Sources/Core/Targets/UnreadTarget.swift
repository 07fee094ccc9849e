/// Why an account of the organization is not read.
package enum PassedOver: Sendable, Hashable, CustomStringConvertible {
    /// The settings want it so.
    case excluded(String)
    /// It is there, but not to be used: `SUSPENDED`, `PENDING_CLOSURE` and so on.
    case inactive(String)
    case left

    package var description: String {
        switch self {
        case .excluded(let rule): rule
        case .inactive(let state): "it is \(state) in the organization"
        case .left: "it left the organization"
        }
    }
}

/// Something that scans do not read, although it is known or configured.
package struct UnreadTarget: Sendable, Hashable {
    /// An account, or an account and region.
    package let what: String
    package let why: String
    package let advice: String

    /// Of targets that are known or configured, those that scans pass over.
    ///
    /// `passedOver`: accounts of the organization that are not read. Of those that a rule excludes, or that left, nothing
    /// is said but what was once read of them.
    package static func all(
        _ states: [TargetState],
        configured: Set<Target>,
        passedOver: [AccountID: PassedOver]
    ) -> [UnreadTarget] {
        var unread = states.sorted { $0.target < $1.target }.compactMap { state -> UnreadTarget? in
            let target = state.target
            switch (state.state, configured.contains(target)) {
            case (.retired, true):
                return UnreadTarget(
                    what: "\(target)",
                    why: "retired, but configured: not read",
                    advice: "take it out of the settings, or up again: curfew accounts reopen \(target) --because TEXT"
                )
            case (.active, false), (.suspect, false):
                let because = passedOver[target.account].map { " (\($0))" } ?? ""
                return UnreadTarget(
                    what: "\(target)",
                    why: "known, but not configured\(because): nothing in it ends or becomes due by itself",
                    advice: "put it back, or, if it is closed or lost: curfew accounts retire \(target) --because TEXT"
                )
            case (.retired, false), (.active, true), (.suspect, true): return nil
            }
        }
        let said = Set(states.map(\.target.account))
        for (account, why) in passedOver.sorted(by: { $0.key < $1.key }) where !said.contains(account) {
            guard case .inactive = why else { continue }
            unread.append(UnreadTarget(what: "account \(account)", why: "not read: \(why)", advice: ""))
        }
        return unread
    }
}
