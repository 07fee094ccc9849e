import Core
import Foundation

extension SeededNumbers {
    private mutating func one<Value>(of values: [Value], or other: Value) -> Value {
        values.randomElement(using: &self) ?? other
    }

    mutating func tagMatch() -> TagMatch {
        let key = one(of: ["team", "Keep", "purpose"], or: "team")
        switch Int.random(in: 0..<3, using: &self) {
        case 0: return TagMatch(key: key)
        case 1: return TagMatch(key: key, value: NameGlob(one(of: ["a*", "b", "*"], or: "*")))
        default: return TagMatch(key: key, isAbsent: true)
        }
    }

    /// About some of what `place` makes.
    mutating func scope() -> Scope {
        var scope = Scope(names: chance(50) ? [NameGlob(one(of: ["feat-*", "feat-x", "pr-*"], or: "*"))] : nil)
        if chance(25) { scope.accounts = [chance(70) ? "111111111111" : "222222222222"] }
        if chance(25) {
            scope.regions = chance(50) ? [Region("eu-central-1")] : [Region("eu-central-1"), Region("us-east-1")]
        }
        if chance(30) {
            scope.owners =
                chance(30) ? [.unknown] : chance(50) ? [.named(NameGlob("a*"))] : [.named(NameGlob("b*")), .unknown]
        }
        if chance(30) { scope.tags = (0..<Int.random(in: 1...2, using: &self)).map { _ in tagMatch() } }
        if chance(25) { scope.tools = chance(50) ? [.sam] : [.cdk, .plain] }
        return scope
    }

    /// Where it stands, what deployed it, whose it is, what it carries; each now and then not known.
    mutating func place(_ facts: inout EnvironmentFacts) {
        if chance(85) {
            facts.regions = chance(70) ? [Region("eu-central-1")] : [Region("eu-central-1"), Region("us-east-1")]
        }
        if chance(85) { facts.tools = chance(50) ? [.sam] : chance(50) ? [.plain] : [.sam, .cdk] }
        facts.ownership =
            switch Int.random(in: 0..<8, using: &self) {
            case 0, 1: .nobody
            case 2: .unread(reason: "denied")
            case 3: .several("ada, bob")
            case 4, 5: .owned(by: "ada")
            default: .owned(by: "bob")
            }
        let components = (0..<Int.random(in: 1...3, using: &self)).map { number in
            var tags: [String: String] = [:]
            if chance(30) { tags[chance(50) ? "team" : "Team"] = one(of: ["a1", "b"], or: "c") }
            if chance(20) { tags["keep"] = "yes" }
            return TagFacts.Component(name: "stack\(number)", tags: tags)
        }
        facts.tags = TagFacts(components, whyUnread: chance(12) ? "denied" : nil)
    }
}

extension EnvironmentFacts {
    /// The same with one thing after the other not read that says which policy applies.
    var unreadInPlaces: [EnvironmentFacts] {
        func changed(_ change: (inout EnvironmentFacts) -> Void) -> EnvironmentFacts {
            var facts = self
            change(&facts)
            return facts
        }
        return [
            changed { $0.regions = [] },
            changed { $0.tools = [] },
            changed { $0.ownership = .unread(reason: "denied") },
            changed { $0.ownership = .several("ada, bob") },
            changed { $0.tags = .unread("denied") },
            changed { $0.tags.whyUnread = "denied" },
            changed {
                $0.regions = []
                $0.tools = []
                $0.ownership = .unread(reason: "denied")
                $0.tags = .unread("denied")
            },
        ]
    }
}
