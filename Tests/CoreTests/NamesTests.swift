import Core
import Testing

@Suite struct NamesTests {
    static func verdict(
        _ stack: String,
        _ tags: [String: String] = [:],
        _ rules: NameRules = NameRules()
    ) -> NameVerdict {
        evaluate(stackName: stack, tags: tags, rules: rules).verdict
    }

    /// `feature`, `permanent:word`, `ambiguous:a,b`, `unmatched` or `excluded:rule`: short enough for tables.
    static func short(_ verdict: NameVerdict) -> String {
        switch verdict {
        case .feature(let name): name.text
        case .permanent(let word, _): "permanent:\(word)"
        case .ambiguous(let names): "ambiguous:" + names.map(\.text).joined(separator: ",")
        case .unmatched: "unmatched"
        case .excluded(let rule): "excluded:\(rule)"
        }
    }

    @Test(arguments: [
        ("feat-checkout", "feat-checkout"), ("shop-feat-checkout", "feat-checkout"),
        ("Shop-Feat-Checkout", "feat-checkout"),
        ("feature-checkout", "feat-checkout"), ("shop-feature-checkout", "feat-checkout"), ("shop-fix-12", "fix-12"),
        ("shop-bugfix-cart", "bugfix-cart"), ("shop-hotfix-12", "hotfix-12"), ("shop-pr-12", "pr-12"),
        ("shop-mr-7", "mr-7"), ("shop-preview-pr-12", "preview-pr-12"), ("pr-12", "pr-12"),
        ("product-feat-x", "feat-x"), ("mainline-feat-x", "feat-x"), ("alive-hotfix-2", "hotfix-2"),
        ("livecheck-pr-3", "pr-3"), ("shop--feat--x-", "feat-x"), ("feat-jira-1-x", "feat-jira-1-x"),
        ("feat-fix-login", "feat-fix-login"), ("shop-feat-x-pr-12", "feat-x-pr-12"),
        ("feature-feature", "feat-feature"),
    ])
    func `a stack name with a feature beginning is that feature`(stack: String, name: String) {
        #expect(Self.verdict(stack) == .feature(EnvironmentName(name)))
    }

    @Test(arguments: [
        "shop", "feat", "shop-feat", "feature", "pr-x", "shop-pr", "pr12", "shop-pr-12-api", "mr-7-x", "feats-x",
        "prefix-y", "suffix-feat", "preview-12", "", "-", "shop-pr-12-13",
    ])
    func `a stack name with no feature or with an unexplained remainder is unmatched`(stack: String) {
        #expect(Self.short(Self.verdict(stack)) == "unmatched")
    }

    @Test(arguments: PermanentWords.builtIn)
    func `D1 every permanent word counts in every place outside a feature's own name`(word: String) {
        for stack in [word, "shop-\(word)", "\(word)-shop", "a-\(word)-b", "\(word)-hotfix-12", "a-\(word)-feat-x"] {
            #expect(Self.short(Self.verdict(stack)) == "permanent:\(word)", "\(stack)")
            #expect(Self.short(Self.verdict(stack.uppercased())) == "permanent:\(word)", "\(stack)")
        }
        #expect(Self.short(Self.verdict("shop-pr-12-\(word)")) == "permanent:\(word)")
        // The accident that this rail prevents.
        #expect(Self.short(Self.verdict("payments-\(word)", ["branch": "hotfix-12"])) == "permanent:\(word)")
        for key in ["branch", "feature", "sst:stage", "copilot-environment"] {
            #expect(Self.short(Self.verdict("shop-feat-x", [key: word])) == "permanent:\(word)", "\(key)")
        }
        for key in ["environment", "env", "stage", "branch", "feature", "sst:stage", "copilot-environment"] {
            #expect(Self.short(Self.verdict("shop", [key: word])) == "permanent:\(word)", "\(key)")
            #expect(
                Self.short(Self.verdict("x", ["feature": "feat-x", key.uppercased(): word])).hasPrefix("permanent")
            )
        }
    }

    @Test(arguments: PermanentWords.builtIn)
    func `D1 only development words are spared, and only under environment, env and stage`(word: String) {
        let isDevelopment = PermanentWords.development.contains(word)
        for key in ["environment", "Environment", "env", "ENV", "stage", "STAGE", "Stage"] {
            for value in [word, word.uppercased(), "\(word)-eu", "\(word)2"] where word != "sam-app" || value == word {
                let expected = isDevelopment ? "feat-x" : "permanent:\(word)"
                #expect(Self.short(Self.verdict("shop-feat-x", [key: value])) == expected, "\(key)=\(value)")
            }
        }
        // A name that is no feature, or none that a pattern allows, spares nothing.
        #expect(Self.short(Self.verdict("shop-pr-12-x", ["env": word])) == "permanent:\(word)")
    }

    @Test(arguments: PermanentWords.builtIn)
    func `D1 inside a feature's own name only development words are its own`(word: String) {
        let isDevelopment = PermanentWords.development.contains(word)
        for slug in ["\(word)-menu", "new-\(word)", "a-\(word)-b"] {
            for stack in ["feat-\(slug)", "shop-feature-\(slug)", "fix-\(slug)"] {
                guard case .feature = Self.verdict(stack) else {
                    #expect(!isDevelopment, "\(stack)")
                    continue
                }
                #expect(isDevelopment, "\(stack)")
            }
            #expect(
                (Self.short(Self.verdict("shop", ["branch": "feature/\(slug)"])) == "feat-\(slug)") == isDevelopment
            )
        }
    }

    @Test(arguments: [
        ("prod2-feat-x", "permanent:prod"), ("shop-uat1", "permanent:uat"),
        ("feat-base64-upload", "feat-base64-upload"),
        ("shop-feat-prod2", "feat-prod2"), ("nonprod-feat-x", "feat-x"), ("non-prod-feat-x", "permanent:prod"),
        ("sam-app", "permanent:sam-app"), ("my-sam-app-2", "permanent:sam-app"), ("sam-feat-app", "feat-app"),
        ("app-sam", "unmatched"), ("feature-flags-prod", "permanent:prod"), ("hotfix-12-prod", "permanent:prod"),
        ("feature-store-production-eu-west-1", "permanent:production"), ("feature-flags-live-api", "permanent:live"),
    ])
    func `D1 permanent words are whole tokens, with or without a number`(stack: String, expected: String) {
        #expect(Self.short(Self.verdict(stack)) == expected)
    }

    @Test(arguments: [
        ("feature", "checkout", "feat-checkout"), ("Feature", "JIRA-1_x", "feat-jira-1-x"),
        ("feature", "feat-x", "feat-x"),
        ("feature", "feature/x", "feat-x"), ("feature", "fix-12", "fix-12"), ("feature", "pr-12", "pr-12"),
        ("feature", "test-login", "feat-test-login"), ("feature", "12", "feat-12"), ("feature", "pr-x", "feat-pr-x"),
        ("branch", "feature/checkout", "feat-checkout"), ("BRANCH", "refs/heads/feature/Checkout", "feat-checkout"),
        ("branch", "origin/fix/cart", "fix-cart"), ("branch", "refs/remotes/origin/feat/a", "feat-a"),
        ("branch", "refs/pull/12/merge", "pr-12"), ("branch", "pull/12/head", "pr-12"),
        ("branch", "refs/merge-requests/7/head", "mr-7"), ("stage", "pr-12", "pr-12"), ("env", "Feat_X", "feat-x"),
        ("environment", "  feat-x ", "feat-x"), ("sst:stage", "feat-x", "feat-x"),
        ("copilot-environment", "mr-1", "mr-1"),
    ])
    func `a tag names its feature`(key: String, value: String, name: String) {
        #expect(Self.verdict("shop", [key: value]) == .feature(EnvironmentName(name)))
    }

    @Test(arguments: [
        ("env", "blue"), ("environment", "sandbox"), ("stage", "nonprod"), ("branch", "anna/spike"), ("feature", ""),
        ("feature", "none"), ("feature", "N/A"), ("feature", "true"), ("branch", "dependabot/npm/x"),
        ("sst:stage", "anna"),
        ("Name", "feat-y"), ("features", "y"), ("git-branch", "feat-y"), ("branch", "refs/tags/v1"), ("env", " - "),
    ])
    func `a value that no rule explains says nothing, for or against`(key: String, value: String) {
        #expect(Self.verdict("shop-feat-x", [key: value]) == .feature(EnvironmentName("feat-x")))
        #expect(Self.short(Self.verdict("shop", [key: value])) == "unmatched")
    }

    @Test func `D1 evidence that disagrees is ambiguous and names all`() {
        let evaluation = evaluate(
            stackName: "shop-feat-a",
            tags: ["feature": "b", "branch": "feature/a"],
            rules: NameRules()
        )
        #expect(evaluation.verdict == .ambiguous([EnvironmentName("feat-a"), EnvironmentName("feat-b")]))
        #expect(evaluation.named == [EnvironmentName("feat-a"), EnvironmentName("feat-b")])
        #expect(evaluation.trace.map(\.source) == [.stackName, .tag(key: "branch"), .tag(key: "feature")])
    }

    @Test(arguments: [
        ("shop-feat-a", "branch", "anna/feat-b", "ambiguous:feat-a,feat-b"),
        ("shop-feat-a", "branch", "anna/feat-a", "feat-a"),
        ("shop-pr-12-x", "feature", "feat-b", "ambiguous:feat-b,pr-12"), ("shop-pr-12-x", "feature", "pr-12", "pr-12"),
        ("shop", "branch", "anna/feat-b", "unmatched"), ("shop", "env", "pr-12-x", "unmatched"),
        ("shop-feat-a", "env", "dev-feat-b", "ambiguous:feat-a,feat-b"),
    ])
    func `D1 a name within an unexplained text is no match but can disagree`(
        stack: String,
        key: String,
        value: String,
        expected: String
    ) {
        #expect(Self.short(Self.verdict(stack, [key: value])) == expected)
    }

    @Test func `the same key in two spellings is two pieces of evidence`() {
        #expect(Self.short(Self.verdict("s", ["Feature": "a", "feature": "b"])) == "ambiguous:feat-a,feat-b")
    }

    @Test func `the trace tells in words what was seen and decided`() {
        let evaluation = evaluate(
            stackName: "shop-feat-x",
            tags: ["Env": "dev", "stage": "blue", "branch": "main"],
            rules: NameRules()
        )
        #expect(
            evaluation.trace.map(\.sentence) == [
                "stack name “shop-feat-x”: {service}-{feature} reads “feat-x”",
                "tag branch “main”: “main” is a permanent name",
                "tag Env “dev”: “dev” is no evidence, because the stack name matches a feature pattern",
                "tag stage “blue”: names neither a feature nor a permanent environment",
            ]
        )
        #expect(evaluation.verdict == .permanent(word: "main", source: .tag(key: "branch")))
        #expect(evaluation.named == [EnvironmentName("feat-x")])
    }

    @Test func `a name of 128 characters is read to its end`() {
        let long = "shop-feat-" + String(repeating: "a", count: 118)
        #expect(Self.verdict(long) == .feature(EnvironmentName(String(long.dropFirst(5)))))
        #expect(
            Self.short(Self.verdict("shop-feat-" + String(repeating: "a", count: 113) + "-prod")) == "permanent:prod"
        )
    }
}
