import Foundation

/// What another policy means beside the one before it: by policies and what they say, not by lines.
package struct PolicyChange: Sendable, Hashable {
    /// Names, in the new order.
    package private(set) var added: [String] = []
    /// Names, in the old order.
    package private(set) var removed: [String] = []
    package private(set) var changed: [Changed] = []
    /// The policies that are in both decide in another order; nil where they do not.
    package private(set) var order: Order?
    /// What holds for all policies: `budgets.per_run`, `window`.
    package private(set) var common: [Part] = []

    /// A policy that says something else.
    package struct Changed: Sendable, Hashable {
        package let name: String
        package let parts: [Part]
    }

    /// One key, as it would be written before and after.
    package struct Part: Sendable, Hashable {
        package let key: String
        package let before: String
        package let after: String
    }

    package struct Order: Sendable, Hashable {
        package let before: [String]
        package let after: [String]
    }

    /// `old`: nil where none was ever applied.
    package init(from old: PolicySet?, to new: PolicySet) {
        let before = old?.policies ?? []
        let names = (before: before.map(\.name), after: new.policies.map(\.name))
        added = names.after.filter { !names.before.contains($0) }
        removed = names.before.filter { !names.after.contains($0) }
        changed = new.policies.compactMap { policy in
            guard let earlier = before.first(where: { $0.name == policy.name }), earlier != policy else { return nil }
            return Changed(name: policy.name, parts: Self.parts(earlier, policy))
        }
        let both = (
            before: names.before.filter(names.after.contains), after: names.after.filter(names.before.contains)
        )
        if both.before != both.after { order = Order(before: both.before, after: both.after) }
        if let old { common = Self.common(old, new) }
    }

    /// Nothing is decided otherwise.
    package var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && order == nil && common.isEmpty
    }

    private static func parts(_ old: Policy, _ new: Policy) -> [Part] {
        var rest = old
        var parts: [Part] = []
        func compare<Value: Equatable>(
            _ key: String,
            _ path: WritableKeyPath<Policy, Value>,
            _ words: (Value) -> String
        ) {
            let (before, after) = (old[keyPath: path], new[keyPath: path])
            rest[keyPath: path] = after
            if before != after { parts.append(Part(key: key, before: words(before), after: words(after))) }
        }
        compare("applies_to", \.scope, \.words)
        compare("stale_when", \.staleWhen, \.description)
        compare("not_before", \.notBefore, DurationText.format)
        compare("max_age", \.maxAge) { $0.map(DurationText.format) ?? "none" }
        compare("sightings", \.sightings) { "{ count: \($0.count), apart: \(DurationText.format($0.apart)) }" }
        compare("warn", \.warning, \.words)
        compare("extension", \.extending) { "{ each: \(DurationText.format($0.each)), at_most: \($0.atMost) }" }
        compare("approval", \.approval, \.words)
        compare("reject_hold", \.rejectHold, DurationText.format)
        // Whatever else a policy may say one day: never a change that is kept quiet.
        if rest != new { parts.append(Part(key: "other keys", before: "", after: "")) }
        return parts
    }

    private static func common(_ old: PolicySet, _ new: PolicySet) -> [Part] {
        var parts: [Part] = []
        func compare(_ key: String, _ before: String, _ after: String) {
            if before != after { parts.append(Part(key: key, before: before, after: after)) }
        }
        for name in BudgetName.allCases {
            compare("budgets.\(name.rawValue)", old.budgets.text(of: name), new.budgets.text(of: name))
        }
        if old.window != new.window {
            parts.append(
                Part(
                    key: "window",
                    before: old.window?.words ?? "none: always open",
                    after: new.window?.words ?? "none: always open"
                )
            )
        }
        var rest = old
        (rest.policies, rest.budgets, rest.window, rest.files) = (new.policies, new.budgets, new.window, new.files)
        if rest != new { parts.append(Part(key: "other keys", before: "", after: "")) }
        return parts
    }
}

extension Scope {
    fileprivate var words: String {
        let parts: [(String, [String]?)] = [
            ("name", names?.map(\.text)), ("spaces", spaces?.map(\.text)), ("accounts", accounts),
        ]
        let said = parts.compactMap { key, words in words.map { "\(key): [\($0.joined(separator: ", "))]" } }
        return "{ \(said.joined(separator: ", ")) }"
    }
}

extension Warning {
    fileprivate var words: String {
        switch self {
        case .none: "none"
        case .before(let before, let remind):
            "{ before: \(DurationText.format(before)), remind: [\(remind.map(DurationText.format).joined(separator: ", "))] }"
        }
    }
}

extension Approval {
    fileprivate var words: String {
        switch self {
        case .automatic: "automatic"
        case .people(let rule):
            "{ required: \(rule.required), by: [\(rule.by.map(\.description).joined(separator: ", "))], "
                + "expires: \(DurationText.format(rule.expires)), requester: \(rule.requester.rawValue) }"
        }
    }
}

extension Window {
    fileprivate var words: String {
        let days = Weekday.allCases.filter(self.days.contains).map(\.rawValue).joined(separator: ", ")
        let except = self.except.sorted().map(\.description).joined(separator: ", ")
        return "{ days: [\(days)], hours: \"\(hours)\", zone: \(zone.identifier)"
            + (except.isEmpty ? " }" : ", except: [\(except)] }")
    }
}

extension Budgets {
    fileprivate func text(of name: BudgetName) -> String {
        switch name {
        case .perRun: "\(perRun)"
        case .perDay: "\(perDay)"
        case .perAccount: "\(perAccount)"
        case .perOwner: "\(perOwner)"
        case .share: "\(share)"
        }
    }
}
