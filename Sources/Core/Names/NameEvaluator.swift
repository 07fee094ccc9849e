/// Says which environment a component belongs to, from its stack name and tags; pure, and made once per rules.
///
/// All rules are tried on all evidence. Deny-list before permanent before disagreement before feature.
package struct NameEvaluator: Sendable {
    package let rules: NameRules
    private let permanent: PermanentWords
    private let features: FeatureReader
    private let excluded: [NameGlob]
    private let tagKeys: Set<String>
    private let patterns: Set<StackNamePattern>

    package init(_ rules: NameRules) {
        self.rules = rules
        permanent = PermanentWords(adding: rules.permanentWords)
        features = FeatureReader(
            beginnings: rules.beginnings.compactMap(FeatureBeginning.init),
            services: rules.services
        )
        excluded = rules.excluded.map(NameGlob.init)
        tagKeys = EnvironmentTag.builtInKeys.union(rules.tagKeys.map(EnvironmentTag.key))
        patterns = Set(rules.patterns)
    }

    /// Weighs the stack's name as the provider gives it, its own tags, and the CDK stage of its template.
    ///
    /// `cdkStage` is the stage in the template's `aws:cdk:path`; nil where that was not read or has none.
    package func evaluate(stackName: String, tags: [String: String], cdkStage: String? = nil) -> NameEvaluation {
        let stack = evidence(ofStackName: stackName, tags: tags)
        var isFeatureStack = false
        if case .names = stack.outcome { isFeatureStack = true }
        var trace = [stack]
        if let cdkStage { trace.append(evidence(of: .cdkStage, key: "", value: cdkStage, spared: false)) }
        // Sorted, because a dictionary has no order and the same component must get the same trace.
        let sorted = tags.sorted { ($0.key.lowercased(), $0.key) < ($1.key.lowercased(), $1.key) }
        for (written, value) in sorted {
            let key = EnvironmentTag.key(written)
            guard tagKeys.contains(key) else { continue }
            let spared = isFeatureStack && EnvironmentTag.sparingDevelopment.contains(key)
            trace.append(evidence(of: .tag(key: written), key: key, value: value, spared: spared))
        }
        let exclusion = DenyList.rule(excluding: stackName, tags: tags, additional: excluded)
        return weigh(trace, exclusion: exclusion)
    }

    /// What a tag `feature` with this value says, by itself.
    package func feature(_ value: String) -> NameEvidence {
        evidence(of: .tag(key: "feature"), key: "feature", value: value, spared: false)
    }

    private func weigh(_ trace: [NameEvidence], exclusion: String?) -> NameEvaluation {
        let named = Set(trace.compactMap(\.named))
        let sorted = named.sorted()
        let reads = trace.contains { if case .names = $0.outcome { true } else { false } }
        var verdict = NameVerdict.unmatched(reason: trace.map(\.sentence).joined(separator: "; "))
        if let exclusion {
            verdict = .excluded(rule: exclusion)
        } else if let (word, source) = firstPermanent(in: trace) {
            verdict = .permanent(word: word, source: source)
        } else if reads, sorted.count > 1 {
            verdict = .ambiguous(sorted)
        } else if reads, let only = sorted.first {
            verdict = .feature(only)
        }
        return NameEvaluation(verdict: verdict, named: named, trace: trace, remedy: remedy(for: verdict, trace))
    }

    private func firstPermanent(in trace: [NameEvidence]) -> (String, NameSource)? {
        for evidence in trace {
            if case .permanent(let word) = evidence.outcome { return (word, evidence.source) }
        }
        return nil
    }

    /// The usual reason for a disagreement is a service name after the feature that nobody listed.
    private func remedy(for verdict: NameVerdict, _ trace: [NameEvidence]) -> String? {
        switch verdict {
        case .feature, .permanent, .excluded:
            return nil
        case .ambiguous(let names):
            for short in names {
                for long in names where long.text.hasPrefix(short.text + "-") {
                    return "If “\(long.text.dropFirst(short.text.count + 1))” is a service, list it in names.services."
                }
            }
            return "Correct the tags or the stack name so that they name one environment."
        case .unmatched:
            if trace.contains(where: { $0.source == .stackName && Self.looksLikeArchitect($0.value) }) {
                return "If Architect deployed it, list its app in names.architect."
            }
            return trace.contains { $0.named != nil }
                ? "If what is unexplained is a service, list it in names.services."
                : "If it is a feature, list what it begins with in names.beginnings."
        }
    }

    private static func looksLikeArchitect(_ name: String) -> Bool {
        !name.contains("-") && name.first?.isUppercase == true
            && (name.contains("Staging") || name.contains("Production"))
    }

    // MARK: Stack name

    private func evidence(ofStackName written: String, tags: [String: String]) -> NameEvidence {
        if let apps = rules.architect, !apps.isEmpty,
            let name = ArchitectName(written, apps: apps, beginnings: features.lastWords)
        {
            return evidence(of: name, written)
        }
        let all = normalised(written).split(separator: "-")
        let (tokens, isCut) = Self.withoutCompanion(all)
        let reading = features.read(
            tokens,
            servicesBefore: true,
            servicesAfter: patterns.contains(.featureService),
            also: ToolTags.service(in: tokens, tags: tags)
        )
        let words = permanent.read(all, ownName: reading?.ownName ?? 0..<0, sparingDevelopment: false)
        let named = reading?.name
        func result(_ outcome: NameEvidence.Outcome, _ rule: String, _ text: String) -> NameEvidence {
            NameEvidence(
                source: .stackName,
                value: written,
                rule: rule,
                outcome: outcome,
                named: named,
                sentence: "stack name “\(written)”: \(text)"
            )
        }
        if let word = words.permanent {
            return result(.permanent(word: word), "permanent word", "“\(word)” is a permanent name")
        }
        guard let reading else {
            return result(.unexplained, "none", "no feature begins in it")
        }
        let shape = shape(of: reading)
        if !reading.remainder.isEmpty {
            let remainder = tokens[reading.remainder].joined(separator: "-")
            return result(.mentions(reading.name), shape, "“\(remainder)” after “\(reading.name)” is unexplained")
        }
        if isCut {
            return result(.mentions(reading.name), shape, "the parent's name in it is cut off")
        }
        guard isAllowed(reading) else {
            return result(.mentions(reading.name), shape, "holds “\(reading.name)”, but no pattern allows \(shape)")
        }
        return result(.names(reading.name), shape, "\(shape) reads “\(reading.name)”")
    }

    /// A stack of a listed Architect app.
    private func evidence(of name: ArchitectName, _ written: String) -> NameEvidence {
        let reading = features.read(name.words, servicesBefore: false, servicesAfter: false)
        let words = permanent.read(name.words, ownName: reading?.ownName ?? 0..<0, sparingDevelopment: false)
        func result(_ outcome: NameEvidence.Outcome, _ text: String) -> NameEvidence {
            NameEvidence(
                source: .stackName,
                value: written,
                rule: "Architect",
                outcome: outcome,
                named: reading?.name,
                sentence: "stack name “\(written)”: \(text)"
            )
        }
        if name.isProduction { return result(.permanent(word: "production"), "is Architect's production of its app") }
        if name.words.isEmpty { return result(.permanent(word: "staging"), "is Architect's staging of its app") }
        if let word = words.permanent { return result(.permanent(word: word), "“\(word)” is a permanent name") }
        guard let reading else {
            return result(.unexplained, "Architect deployed it, and no feature begins in its name")
        }
        guard reading.before == 0, reading.remainder.isEmpty else {
            return result(.mentions(reading.name), "holds “\(reading.name)”, the rest is unexplained")
        }
        return result(.names(reading.name), "Architect's --name reads “\(reading.name)”")
    }

    private func isAllowed(_ reading: FeatureReading) -> Bool {
        if reading.before == 0, reading.service.isEmpty { return patterns.contains(.feature) }
        return (reading.before == 0 || patterns.contains(.serviceFeature))
            && (reading.service.isEmpty || patterns.contains(.featureService))
    }

    private func shape(of reading: FeatureReading) -> String {
        (reading.before > 0 ? "{service}-" : "") + "{feature}" + (reading.service.isEmpty ? "" : "-{service}")
    }

    /// SAM keeps a stack's image repositories in `<parent>-<8 hex digits>-CompanionStack`.
    ///
    /// That belongs to its parent. The parent's name is cut after 104 characters, and a cut name may be another feature's.
    private static func withoutCompanion(_ tokens: [Substring]) -> (tokens: [Substring], isCut: Bool) {
        guard tokens.count > 2, tokens.last == "companionstack", let hash = tokens.dropLast().last, hash.count == 8,
            hash.allSatisfy(\.isHexDigit)
        else { return (tokens, false) }
        let parent = Array(tokens.dropLast(2))
        return (parent, parent.joined(separator: "-").count >= 104)
    }

    // MARK: Tags and stages

    private func evidence(of source: NameSource, key: String, value: String, spared: Bool) -> NameEvidence {
        let text = EnvironmentTag.withoutReference(value)
        let tokens = normalised(text).split(separator: "-")
        var reading = features.read(tokens, servicesBefore: false, servicesAfter: false)
        var rule = "feature beginning"
        if key == "feature", reading?.before != 0, !tokens.isEmpty,
            !EnvironmentTag.placeholders.contains(normalised(text))
        {
            // `x` without a known beginning reads as `feat-x`.
            reading = FeatureReading(
                before: 0,
                ownName: 0..<tokens.count,
                service: tokens.count..<tokens.count,
                remainder: tokens.count..<tokens.count,
                beginning: ["feat"],
                in: tokens
            )
            rule = "tag feature"
        }
        let ownName = permanent.isExactly(tokens) ? 0..<0 : reading?.ownName ?? 0..<0
        let words = permanent.read(tokens, ownName: ownName, sparingDevelopment: spared)
        func result(_ outcome: NameEvidence.Outcome, _ rule: String, _ explanation: String) -> NameEvidence {
            NameEvidence(
                source: source,
                value: value,
                rule: rule,
                outcome: outcome,
                named: reading?.name,
                sentence: "\(source) “\(value)”: \(explanation)"
            )
        }
        if let word = words.permanent {
            return result(.permanent(word: word), "permanent word", "“\(word)” is a permanent name")
        }
        if let reading {
            guard reading.before == 0, reading.remainder.isEmpty else {
                return result(.mentions(reading.name), rule, "holds “\(reading.name)”, the rest is unexplained")
            }
            return result(.names(reading.name), rule, "reads “\(reading.name)”")
        }
        if let word = words.spared {
            return result(
                .noEvidence(word: word),
                "development word",
                "“\(word)” is no evidence, because the stack name matches a feature pattern"
            )
        }
        return result(.unexplained, "none", "names neither a feature nor a permanent environment")
    }
}

/// Says which environment a component belongs to; for many components make one `NameEvaluator`.
package func evaluate(stackName: String, tags: [String: String], rules: NameRules) -> NameEvaluation {
    NameEvaluator(rules).evaluate(stackName: stackName, tags: tags)
}
