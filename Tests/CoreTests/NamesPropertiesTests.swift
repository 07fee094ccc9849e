import Core
import Testing

/// What holds for every input, tried on many generated ones.
@Suite struct NamesPropertiesTests {
    private func isHarmless(_ verdict: NameVerdict) -> Bool {
        switch verdict {
        case .permanent, .excluded: true
        case .feature, .ambiguous, .unmatched: false
        }
    }

    @Test func `D1 permanent evidence always wins`() {
        var random = SeededNames(seed: 1)
        let always = PermanentWords.builtIn.filter { !PermanentWords.development.contains($0) }
        for _ in 0..<1_000 {
            let evaluator = random.evaluator()
            var (stack, tags) = (random.stackName(), random.tags())
            let word = random.one(of: always)
            switch random.number(below: 4) {
            case 0: stack = "\(stack)-\(word)"
            case 1: stack = "\(word)-\(stack)"
            case 2: stack = "\(random.featureName())-\(word)-x"
            default: tags[random.one(of: ["environment", "Env", "FEATURE", "branch", "STAGE", "sst:stage"])] = word
            }
            let evaluation = evaluator.evaluate(stackName: stack, tags: tags)
            #expect(isHarmless(evaluation.verdict), "\(stack) \(tags): \(evaluation.verdict)")
        }
    }

    @Test func `D1 no tag turns a permanent component into a feature`() {
        var random = SeededNames(seed: 2)
        var seen = 0
        for _ in 0..<1_000 {
            let (stack, evaluator) = (random.stackName(), random.evaluator())
            guard case .permanent = evaluator.evaluate(stackName: stack, tags: [:]).verdict else { continue }
            seen += 1
            let tags = random.tags().merging(["feature": random.featureName()]) { $1 }
            #expect(isHarmless(evaluator.evaluate(stackName: stack, tags: tags).verdict), "\(stack) \(tags)")
        }
        #expect(seen > 100)
    }

    @Test func `a verdict depends on neither the order of tags nor their case`() {
        var random = SeededNames(seed: 3)
        var kinds: Set<String> = []
        for _ in 0..<1_000 {
            let (stack, tags, evaluator) = (random.stackName(), random.tags(), random.evaluator())
            let evaluation = evaluator.evaluate(stackName: stack, tags: tags)
            kinds.insert(String(NamesTests.short(evaluation.verdict).prefix(5)))
            var reordered: [String: String] = Dictionary(minimumCapacity: 64)
            for (key, value) in tags.shuffled(using: &random) { reordered[key] = value }
            #expect(evaluator.evaluate(stackName: stack, tags: reordered) == evaluation)
            let loud = Dictionary(uniqueKeysWithValues: tags.map { ($0.key.uppercased(), $0.value.uppercased()) })
            let shouted = evaluator.evaluate(stackName: stack.uppercased(), tags: loud)
            #expect(
                NamesTests.short(shouted.verdict).lowercased().prefix(9)
                    == NamesTests.short(evaluation.verdict).lowercased().prefix(9)
            )
            #expect(shouted.named == evaluation.named)
        }
        // The generator reaches the verdicts it is meant to compare.
        #expect(kinds.isSuperset(of: ["perma", "ambig", "unmat", "feat-"]))
    }

    @Test func `a feature verdict is exactly one name, which its evidence reads`() {
        var random = SeededNames(seed: 4)
        for _ in 0..<1_000 {
            let evaluation = random.evaluator().evaluate(stackName: random.stackName(), tags: random.tags())
            switch evaluation.verdict {
            case .feature(let name):
                #expect(evaluation.named == [name])
                #expect(evaluation.trace.contains { $0.outcome == .names(name) })
            case .ambiguous(let names):
                #expect(names.count > 1 && Set(names) == evaluation.named)
            case .permanent, .unmatched, .excluded:
                #expect(!evaluation.trace.isEmpty)
            }
            for name in evaluation.named { #expect(normalised(name.text) == name.text) }
        }
    }

    @Test func `normalising twice changes nothing`() {
        var random = SeededNames(seed: 5)
        for _ in 0..<1_000 {
            let scalars = (0..<random.number(below: 20)).compactMap { _ in
                Unicode.Scalar(UInt32(random.number(below: random.number(below: 2) == 0 ? 128 : 0x2FFF)))
            }
            let once = normalised(String(String.UnicodeScalarView(scalars)))
            #expect(normalised(once) == once)
            #expect(
                once.allSatisfy { $0.isASCII } && !once.hasPrefix("-") && !once.hasSuffix("-") && !once.contains("--")
            )
        }
    }
}
