/// What a person allows by name in the plans of one command, beyond deleting stacks.
///
/// Each is printed with the plan, digested with it, and approved with it.
package struct NamedExceptions: Sendable, Hashable {
    package static let none = NamedExceptions()

    /// Physical names of buckets and repositories.
    package var empty: Set<String>
    /// Every bucket and repository of the plans.
    package var emptiesAll: Bool
    /// Names or ids of stacks.
    package var unprotect: Set<String>
    package var retain: Set<Retained>

    package struct Retained: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// Name or id of the stack.
        package let stack: String
        package let logicalID: String

        /// Reads `STACK/LOGICALID`; nil where either is missing.
        ///
        /// The id of a stack holds slashes itself, a logical id never does.
        package init?(_ text: String) {
            guard let slash = text.lastIndex(of: "/") else { return nil }
            stack = String(text[..<slash])
            logicalID = String(text[text.index(after: slash)...])
            if stack.isEmpty || logicalID.isEmpty { return nil }
        }

        package var description: String { "\(stack)/\(logicalID)" }
        package static func < (left: Retained, right: Retained) -> Bool { left.description < right.description }
    }

    package init(
        empty: Set<String> = [],
        emptiesAll: Bool = false,
        unprotect: Set<String> = [],
        retain: Set<Retained> = []
    ) {
        self.empty = empty
        self.emptiesAll = emptiesAll
        self.unprotect = unprotect
        self.retain = retain
    }

    package var isNone: Bool { self == .none }
}

/// What the settings allow in every plan, beyond deleting stacks.
package struct TeardownRules: Sendable, Hashable {
    /// Physical names of buckets and repositories that may be emptied.
    package var empty: [NameGlob]
    /// Log groups that functions of a stack made for themselves go with it.
    package var deletesLogGroups: Bool

    package init(empty: [NameGlob] = [], deletesLogGroups: Bool = false) {
        self.empty = empty
        self.deletesLogGroups = deletesLogGroups
    }
}
