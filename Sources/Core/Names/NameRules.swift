/// Where service and feature may stand in a stack name.
package enum StackNamePattern: String, Sendable, Hashable, Codable, CaseIterable {
    /// The feature's name alone: a plain SAM stack.
    case feature = "{feature}"
    /// `shop-feat-x`: Serverless' `<service>-<stage>`.
    case serviceFeature = "{service}-{feature}"
    /// `feat-x-shop`, with `shop` among the listed services: CDK's `<Stage>-<StackId>`.
    ///
    /// Together with `serviceFeature` a name may have both, like Copilot's `<app>-<env>-<svc>`.
    case featureService = "{feature}-{service}"
}

/// What configuration says about names.
///
/// It adds to the built-in rules and never takes from them.
///
/// Two values that compare equal read every name alike: a change here is a changed naming rule.
package struct NameRules: Sendable, Hashable, Codable {
    /// Permanent words beside `PermanentWords.builtIn`.
    package var permanentWords: [String]
    /// Services that may stand after a feature, or that begin like one (`feature-flags`).
    package var services: [String]
    /// What begins a feature, beside `FeatureBeginning.builtIn`: `spike-…`, `ticket-N`.
    package var beginnings: [String]
    /// The shapes of stack names that are read; the order does not matter.
    package var patterns: [StackNamePattern]
    /// Globs of stack names to leave out, beside the built-in deny-list.
    package var excluded: [String]
    /// Tag keys that carry an environment's name, beside the built-in ones.
    package var tagKeys: [String]
    /// Apps that Architect deploys, as their `@app` says; nil for none.
    ///
    /// Nil and not empty, so that rules that were written down without it are still the same rules.
    package var architect: [String]?

    package init(
        permanentWords: [String] = [],
        services: [String] = [],
        beginnings: [String] = [],
        patterns: [StackNamePattern] = StackNamePattern.allCases,
        excluded: [String] = [],
        tagKeys: [String] = [],
        architect: [String]? = nil
    ) {
        self.permanentWords = permanentWords
        self.services = services
        self.beginnings = beginnings
        self.patterns = patterns
        self.excluded = excluded
        self.tagKeys = tagKeys
        self.architect = architect
    }

    /// What a person surely did not mean; each says which entry and why.
    ///
    /// Empty for sound rules.
    package func problems() -> [String] {
        let permanent = PermanentWords(adding: permanentWords)
        func isPermanent(_ text: String) -> String? {
            permanent.read(normalised(text).split(separator: "-"), ownName: 0..<0, sparingDevelopment: false).permanent
        }
        var problems: [String] = []
        for word in permanentWords where normalised(word).isEmpty {
            problems.append("permanent word “\(word)” has no letter or digit")
        }
        for service in services {
            if normalised(service).isEmpty { problems.append("service “\(service)” has no letter or digit") }
            if let word = isPermanent(service) {
                problems.append("service “\(service)”: “\(word)” is a permanent name, so its stacks are permanent")
            }
        }
        for text in beginnings {
            guard let beginning = FeatureBeginning(text) else {
                problems.append("feature beginning “\(text)” has no letter or digit")
                continue
            }
            if let word = isPermanent(beginning.tokens.joined(separator: "-")) {
                problems.append("feature beginning “\(text)”: “\(word)” is a permanent name, so it begins no feature")
            }
        }
        if patterns.isEmpty { problems.append("no stack name pattern: no stack name can name a feature") }
        for glob in excluded where NameGlob(glob).matchesEverything || glob.isEmpty {
            problems.append("excluded “\(glob)” matches \(glob.isEmpty ? "nothing" : "every stack")")
        }
        for app in architect ?? [] where ArchitectName.logicalID(app).isEmpty {
            problems.append("Architect app “\(app)” has no letter or digit")
        }
        for key in tagKeys where key.allSatisfy(\.isWhitespace) { problems.append("an empty tag key") }
        return problems
    }
}
