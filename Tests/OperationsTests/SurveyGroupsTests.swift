import Core
import Foundation
import Testing

@testable import Operations

/// What an environment is by fresh listings, put together once for all of them: the same as for each one alone.
@Suite struct SurveyGroupsTests {
    /// Two accounts of one space, one of its own; two regions in the first.
    private static let targets = [
        Target(account: "111111111111", region: "eu-west-1"), Target(account: "111111111111", region: "us-east-1"),
        Target(account: "222222222222", region: "eu-west-1"), Target(account: "333333333333", region: "eu-west-1"),
    ]
    private static let spaces: [AccountID: SpaceName] = [
        AccountID("111111111111"): SpaceName("shop"), AccountID("222222222222"): SpaceName("shop"),
    ]
    private static let rules = ScanRules(
        targets: targets,
        names: NameRules(services: ["web"]),
        owners: OwnerRules(),
        spaces: spaces
    )

    @Test(arguments: 0..<60)
    func `P3 members and class are those that the listings give for one environment alone`(seed: Int) throws {
        var random = Numbers(state: UInt64(seed))
        let survey = Self.survey(using: &random)
        let environments = Self.environments(using: &random)
        var grouped = survey
        grouped.group(for: environments, rules: Self.rules)
        for environment in environments {
            let alone = Self.alone(survey, environment)
            switch (grouped.members(of: environment), alone) {
            case (.success(let found), .success(let wanted)):
                #expect(found.kind == wanted.kind, "\(environment.key)")
                #expect(found.members == wanted.members, "\(environment.key)")
            case (.failure(let found), .failure(let wanted)): #expect(found.summary == wanted.summary)
            default: Issue.record("\(environment.key): one can be told and the other cannot")
            }
        }
    }

    /// Or the property above would hold of nothing.
    @Test func `the generated listings hold every kind of environment and every way to fail`() {
        var kinds: [EnvironmentClass: Int] = [:]
        var (withMembers, failed) = (0, 0)
        for seed in 0..<60 {
            var random = Numbers(state: UInt64(seed))
            let survey = Self.survey(using: &random)
            for environment in Self.environments(using: &random) {
                switch Self.alone(survey, environment) {
                case .success(let found):
                    kinds[found.kind, default: 0] += 1
                    if found.members.count > 1 { withMembers += 1 }
                case .failure: failed += 1
                }
            }
        }
        #expect(kinds.values.allSatisfy { $0 > 50 } && kinds.count == 3, "\(kinds)")
        #expect(withMembers > 100)
        #expect(failed > 100)
    }

    @Test func `P3 an environment whose targets were not put together cannot be told, and has not lost its members`() {
        var random = Numbers(state: 7)
        var survey = Self.survey(using: &random)
        survey.listings = survey.listings.filter { if case .success = $0.value { true } else { false } }
        let listed = survey.listings.keys.sorted()
        let one = Self.environment("feat-a", SpaceName("shop"), Array(listed.prefix(1)))
        let both = Self.environment("feat-a", SpaceName("shop"), Array(listed.prefix(2)))
        #expect(listed.count > 1)
        survey.group(for: [one], rules: Self.rules)
        #expect(throws: Never.self) { try survey.members(of: one).get() }
        #expect(throws: ProviderFailure.self) { try survey.members(of: both).get() }
        #expect(throws: ProviderFailure.self) {
            try survey.fingerprint(of: [both], components: []).get()
        }
    }

    /// One environment by itself: every listing of its targets classified and grouped for it.
    private static func alone(
        _ survey: Survey,
        _ environment: EnvironmentRecord
    ) -> Result<(kind: EnvironmentClass, members: [ComponentID]), ProviderFailure> {
        let inside = survey.components.values.flatMap(\.resources).filter { $0.type == "AWS::CloudFormation::Stack" }
            .compactMap(\.physicalID).map { ComponentID($0) }
        let classifying = Classifying(rules: rules.names, nestedByResource: survey.nested.union(inside))
        var inputs: [GroupingInput] = []
        for target in environment.targets.map(\.target) {
            switch survey.listings[target] {
            case .success(let listing):
                for component in listing.components.values {
                    let record = classifying.record(component, known: nil)
                    inputs.append(
                        GroupingInput(
                            id: component.id,
                            account: target.account,
                            kind: record.kind,
                            named: record.named,
                            environment: nil
                        )
                    )
                }
            case .failure(let failure): return .failure(failure)
            case nil:
                return .failure(
                    ProviderFailure(.malformed, "\(target) was not listed", advice: "please report this")
                )
            }
        }
        let mine = regrouped(inputs, spaces: rules.spaces, keepingEmpty: true).first {
            $0.space == environment.key.space && $0.name == environment.key.name
        }
        return .success((mine?.kind ?? .feature, mine?.members ?? []))
    }
}

// MARK: Generated

extension SurveyGroupsTests {
    /// SplitMix64: the same seed gives the same numbers on every machine.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let features = ["feat-a", "feat-b", "feat-a-x", "fix-7"]

    private static func survey(using random: inout Numbers) -> Survey {
        var survey = Survey()
        var all: [ObservedComponent] = []
        for target in targets {
            if Int.random(in: 0..<12, using: &random) == 0 {
                survey.listings[target] = .failure(World.down)
                continue
            }
            // Not listed at all.
            if Int.random(in: 0..<12, using: &random) == 0 { continue }
            let components = (0..<Int.random(in: 0..<30, using: &random)).map { number in
                component(number, in: target, using: &random)
            }
            all += components
            let listed = Dictionary(components.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            survey.listings[target] = .success(Survey.Listing(components: listed, exports: []))
        }
        // Some are nested: as scans found, as a stack that was read says, or as they say themselves.
        survey.nested = Set(all.map(\.id).filter { _ in Int.random(in: 0..<9, using: &random) == 0 })
        if let outer = all.first, let inner = all.last, outer.id != inner.id {
            let resource = ObservedResource(
                logicalID: "Inner",
                physicalID: inner.id.text,
                type: "AWS::CloudFormation::Stack",
                status: "CREATE_COMPLETE"
            )
            survey.components[outer.id] = Survey.Component(
                observed: outer,
                template: "",
                resources: [resource],
                parts: [],
                contents: [],
                exports: []
            )
        }
        return survey
    }

    private static func component(
        _ number: Int,
        in target: Target,
        using random: inout Numbers
    ) -> ObservedComponent {
        let feature = features.randomElement(using: &random) ?? "feat-a"
        let other = features.randomElement(using: &random) ?? "feat-b"
        let names = [
            "shop-\(feature)", "\(feature)", "\(feature)-web", "shop-\(feature)-0a1b2c3d-CompanionStack",
            "shop-\(feature)-prod", "shop-prod", "shop-\(feature)-unknown", "payments", "StackSet-\(feature)",
        ]
        let name = names.randomElement(using: &random) ?? "payments"
        var tags: [String: String] = [:]
        switch Int.random(in: 0..<16, using: &random) {
        case 0: tags["environment"] = "prod"
        case 1...3: tags["branch"] = other
        case 4: tags["feature"] = feature
        case 5: tags["stage"] = "dev"
        default: break
        }
        // Now and then the same id in another target: whatever that may mean, it is one component.
        let account = Int.random(in: 0..<10, using: &random) == 0 ? targets[0] : target
        return ObservedComponent(
            id: ComponentID("arn:aws:cloudformation:\(account.region):\(account.account):stack/\(name)/\(number)"),
            target: target,
            name: name,
            status: ComponentStatus("CREATE_COMPLETE"),
            parent: Int.random(in: 0..<15, using: &random) == 0 ? ComponentID("parent") : nil,
            tags: tags
        )
    }

    /// Each name in each space, with targets of that space or of any.
    private static func environments(using random: inout Numbers) -> [EnvironmentRecord] {
        let spaces = Set(Self.spaces.values).union([SpaceName("333333333333"), SpaceName("nowhere")])
        return (features + ["prod", "unknown"]).flatMap { name in
            spaces.sorted().map { space in
                let mine = targets.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
                return environment(name, space, Array(mine))
            }
        }
    }

    private static func environment(_ name: String, _ space: SpaceName, _ targets: [Target]) -> EnvironmentRecord {
        EnvironmentRecord(
            key: EnvironmentKey(space: space, name: EnvironmentName(name), incarnation: 1),
            kind: .feature,
            beganAt: .distantPast,
            endedAt: nil,
            oldest: .distantPast,
            youngest: .distantPast,
            changed: nil,
            newestActivity: .distantPast,
            owner: nil,
            ownerSource: "",
            ownerDetail: "",
            ownerConflict: false,
            claim: nil,
            claimedAt: nil,
            targets: targets.map { TargetCoverage(target: $0, suspect: false, scan: nil, at: nil, failure: nil) },
            protection: nil,
            lease: nil,
            leaseCount: 0,
            releasedAt: nil,
            releasedBy: nil,
            partlyReaped: nil,
            tags: [],
            componentCount: 0,
            verdict: nil,
            finding: nil,
            findingState: nil,
            dueAt: nil,
            flaggedAt: nil
        )
    }
}

extension Target {
    fileprivate init(account: String, region: String) {
        self.init(account: AccountID(account), region: Region(region))
    }
}
