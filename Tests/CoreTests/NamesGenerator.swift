import Core

/// The same numbers on every run for one seed (SplitMix64), so that a failing property fails again.
struct SeededNames: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func one<Element>(of choices: [Element]) -> Element { choices[number(below: choices.count)] }

    static let words =
        PermanentWords.builtIn + [
            "feat", "feature", "fix", "hotfix", "bugfix", "pr", "mr", "preview", "shop", "checkout", "api", "orders",
            "7",
            "12", "x", "product", "mainline", "alive", "companionstack", "deadbeef",
        ]

    /// A name such as teams and tools write: words, mixed case, separators.
    mutating func name(separators: [String] = ["-", "-", "-", "/", "_", " ", "--"]) -> String {
        var text = ""
        for index in 0...number(below: 6) {
            if index > 0 { text += one(of: separators) }
            text += one(of: Self.words)
        }
        return mixedCase(text)
    }

    mutating func stackName() -> String { "s" + name(separators: ["-"]).dropFirst(number(below: 2)) }

    mutating func featureName() -> String {
        one(of: ["feat-x", "feature-cart", "fix-login-2", "bugfix-a", "hotfix-12", "pr-12", "mr-7", "preview-pr-3"])
    }

    mutating func tags() -> [String: String] {
        let keys = [
            "environment", "Env", "FEATURE", "branch", "STAGE", "sst:stage", "Copilot-Environment", "Name", "team",
        ]
        var tags: [String: String] = [:]
        for _ in 0..<number(below: 5) { tags[one(of: keys)] = name() }
        return tags
    }

    mutating func mixedCase(_ text: String) -> String {
        String(text.map { number(below: 4) == 0 ? Character($0.uppercased()) : $0 })
    }

    /// Made once: preparing rules costs more than using them.
    static let evaluators = [[], ["sandbox", "customer-a"]].flatMap { words in
        [[], ["api", "orders-api"]].flatMap { services in
            [[], ["spike-…", "ticket-N"]].map { beginnings in
                NameEvaluator(NameRules(permanentWords: words, services: services, beginnings: beginnings))
            }
        }
    }

    mutating func evaluator() -> NameEvaluator { one(of: Self.evaluators) }
}
