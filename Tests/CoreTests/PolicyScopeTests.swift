import Core
import Foundation
import Testing

/// Which policy decides, and what is said where that is not known.
@Suite struct PolicyScopeTests {
    /// Idle for 30 days under the first policy, for 7 under the second, which takes in everything.
    private func set(_ scope: Scope, first: Double = 30, second: Double = 7) -> PolicySet {
        PolicySet(policies: [
            Policy(name: "narrow", scope: scope, staleWhen: .idle(for: days(first), of: nil)),
            Policy(name: "wide", scope: Scope(names: [NameGlob("*")]), staleWhen: .idle(for: days(second), of: nil)),
        ])
    }

    private func place(changed: Double = 10, _ change: (inout EnvironmentFacts) -> Void) -> EnvironmentFacts {
        facts(changed: changed) {
            $0.regions = [Region("eu-central-1")]
            $0.tools = [.sam]
            $0.ownership = .owned(by: "ada@example.com")
            $0.tags = TagFacts([.init(name: "shop-feat-x", tags: ["Team": "shop-1"])])
            change(&$0)
        }
    }

    private static let regions = Scope(regions: [Region("eu-central-1")])
    private static let tools = Scope(tools: [.sam, .cdk])
    private static let owners = Scope(owners: [.named(NameGlob("ada@*"))])
    private static let tags = Scope(tags: [TagMatch(key: "TEAM", value: NameGlob("shop-*"))])

    @Test(arguments: [regions, tools, owners, tags])
    func `the first policy decides about what is wholly its own, and the next about the rest`(_ scope: Scope) {
        let own = judge(place { _ in }, set(scope), now: noon)
        #expect(own.verdict == .keep && own.policy == "narrow")
        let other = place {
            $0.regions = [Region("eu-central-1"), Region("us-east-1")]
            $0.tools = [.sam, .serverless]
            $0.ownership = .owned(by: "bob@example.com")
            $0.tags = TagFacts([.init(name: "shop-feat-x", tags: ["team": "pay"])])
        }
        let rest = judge(other, set(scope), now: noon)
        #expect(rest.verdict == .stale && rest.policy == "wide")
    }

    @Test(arguments: [regions, tools, owners, tags])
    func `D3 where it is not known which policy applies, neither the milder nor the stricter one does`(_ scope: Scope) {
        for unread in place({ _ in }).unreadInPlaces.suffix(1) {
            let milder = judge(unread, set(scope), now: noon)
            #expect(milder.verdict == .undecided && milder.policy == nil && milder.isPolicyOpen)
            #expect(milder.reason.contains("`narrow`") && milder.reason.contains("`wide`"), "\(milder.reason)")
            #expect(!milder.hint.isEmpty)
            let stricter = judge(unread, set(scope, first: 7, second: 30), now: noon)
            #expect(stricter.verdict == .undecided)
            // Stale under each: whose warning, sightings and approval count is not known all the same.
            #expect(judge(unread, set(scope, first: 5), now: noon).verdict == .undecided)
            // No policy at all would be the milder one.
            let alone = PolicySet(policies: [set(scope, first: 7).policies[0]])
            #expect(judge(unread, alone, now: noon).verdict == .undecided)
        }
    }

    @Test(arguments: [regions, tools, owners, tags])
    func `what every policy that may apply keeps is kept, until one of them would not`(_ scope: Scope) throws {
        var unread = try #require(place(changed: 3) { _ in }.unreadInPlaces.last)
        let judgement = judge(unread, set(scope), now: noon)
        // Whichever it is, none of them is named as the one that decides.
        #expect(judgement.verdict == .keep && judgement.isPolicyOpen && judgement.policy == nil)
        #expect(judgement.changesTo == .undecided && judgement.changesAt == daysFromNow(4))
        unread.protection = Protection(until: daysFromNow(1), by: "ada", reason: "demo")
        #expect(judge(unread, set(scope, first: 1, second: 1), now: noon).verdict == .protected)
        unread.protection = nil
        unread.nature = .permanent(evidence: "main")
        #expect(judge(unread, set(scope, first: 1, second: 1), now: noon).verdict == .permanent)
    }

    @Test func `another name is another name, whatever is not known`() throws {
        let scope = Scope(names: [NameGlob("pr-*")], owners: [.named(NameGlob("ada@*"))])
        let unread = try #require(place { _ in }.unreadInPlaces.last)
        let judgement = judge(unread, set(scope), now: noon)
        #expect(judgement.verdict == .stale && judgement.policy == "wide")
    }

    @Test func `what nobody owns may be anybody's, unless a policy asks for it before`() {
        let nobody = place { $0.ownership = .nobody }
        #expect(judge(nobody, set(Self.owners), now: noon).verdict == .undecided)
        var asked = set(Self.owners)
        asked.policies.insert(
            Policy(name: "nobody's", scope: Scope(owners: [.unknown]), staleWhen: .idle(for: days(7), of: nil)),
            at: 0
        )
        let judgement = judge(nobody, asked, now: noon)
        #expect(judgement.verdict == .stale && judgement.policy == "nobody's")
        #expect(judge(place { _ in }, asked, now: noon).policy == "narrow")
        #expect(judge(place { $0.ownership = .unread(reason: "denied") }, asked, now: noon).verdict == .undecided)
    }

    @Test func `its trace says what each part of applies_to saw`() {
        let judgement = judge(place { _ in }, set(Self.tags), now: noon)
        #expect(
            judgement.trace.flattened.contains {
                $0.clause == "tag: { key: TEAM, value: shop-* }" && $0.saw == "shop-feat-x carries Team=shop-1"
            }
        )
    }

    @Test func `D1 a policy that takes in a part of it decides nothing, and its trace says what lies elsewhere`() throws
    {
        func sight(_ scope: Scope, _ change: (inout EnvironmentFacts) -> Void) -> String? {
            judge(place(change), set(scope), now: noon).trace.parts.first { $0.clause == "a policy applies" }?.saw
        }
        #expect(
            sight(Self.regions) { $0.regions.insert(Region("us-east-1")) }
                == "policy `wide`; policy `narrow` takes in only a part of it: it also stands in us-east-1"
        )
        #expect(sight(Self.tools) { $0.tools.insert(.sst) }?.hasSuffix("it was also deployed by SST") == true)
        let accounts = sight(Scope(accounts: ["sandbox"])) {
            $0.accounts.insert(AccountID("222222222222"))
            $0.accountNames = [AccountID("111111111111"): "sandbox", AccountID("222222222222"): "payments"]
        }
        #expect(accounts?.hasSuffix("it also stands in payments") == true)
        #expect(sight(Self.regions) { $0.regions = [Region("us-east-1")] } == "policy `wide`")
        #expect(sight(Self.regions) { _ in } == "policy `narrow`")
    }

    @Test func `people extend by what every policy allows that may apply`() throws {
        var two = set(Self.owners)
        two.policies[0].extending = Extension(each: days(7), atMost: 2)
        two.policies[1].extending = Extension(each: days(3), atMost: 5)
        two.policies[1].maxAge = days(60)
        let nobody = place { $0.ownership = .nobody }
        let both = try #require(two.choice(for: nobody).extending)
        #expect(both.extending == Extension(each: days(3), atMost: 2) && both.maxAge == days(60))
        #expect(two.choice(for: place { _ in }).extending == two.policies[0])
    }
}

/// The clauses `tag` and `owner: unknown`.
@Suite struct PolicyTagTests {
    private let two = TagFacts([
        .init(name: "one", tags: ["Purpose": "Load-Test"]), .init(name: "two", tags: ["team": "shop"]),
    ])

    private func truth(_ match: TagMatch, _ tags: TagFacts) -> Truth {
        Condition.tag(match).trace(on: facts { $0.tags = tags }, now: noon).truth
    }

    @Test func `one component that carries it is enough, and absent asks that none does`() {
        #expect(truth(TagMatch(key: "purpose"), two) == .yes)
        #expect(truth(TagMatch(key: " PURPOSE", value: NameGlob("load-*")), two) == .yes)
        #expect(truth(TagMatch(key: "purpose", value: NameGlob("load")), two) == .no)
        #expect(truth(TagMatch(key: "purpose", isAbsent: true), two) == .no)
        #expect(truth(TagMatch(key: "owner", isAbsent: true), two) == .yes)
        #expect(truth(TagMatch(key: "owner"), two) == .no)
    }

    @Test func `D3 what was not read may carry it`() {
        var unread = two
        unread.whyUnread = "denied"
        #expect(truth(TagMatch(key: "owner"), unread) == .unknown)
        #expect(truth(TagMatch(key: "owner", isAbsent: true), unread) == .unknown)
        #expect(truth(TagMatch(key: "purpose", value: NameGlob("x")), unread) == .unknown)
        // What was seen was seen.
        #expect(truth(TagMatch(key: "purpose"), unread) == .yes)
        #expect(truth(TagMatch(key: "purpose", isAbsent: true), unread) == .no)
    }

    @Test func `a trace says which stack carries what, and what would change it`() {
        func trace(_ match: TagMatch) -> Trace { Condition.tag(match).trace(on: facts { $0.tags = two }, now: noon) }
        #expect(trace(TagMatch(key: "purpose")).saw == "one carries Purpose=Load-Test")
        #expect(trace(TagMatch(key: "purpose")).change == "other tags on its stacks")
        #expect(trace(TagMatch(key: "purpose", value: NameGlob("x"))).saw.hasSuffix("which is another value"))
        #expect(trace(TagMatch(key: "owner")).saw == "no tag owner on any of its 2 stacks")
        #expect(trace(TagMatch(key: "owner")).change == "the tag owner on one of its stacks")
        #expect(trace(TagMatch(key: "owner", isAbsent: true)).change == "the tag owner on one of its stacks")
    }

    @Test func `an owner is unknown only where everything was looked at`() {
        func truth(_ ownership: Ownership) -> Truth {
            Condition.ownerUnknown.trace(on: facts { $0.ownership = ownership }, now: noon).truth
        }
        #expect(truth(.nobody) == .yes)
        #expect(truth(.owned(by: "ada")) == .no)
        #expect(truth(.several("ada, bob")) == .unknown)
        #expect(truth(.unread(reason: "denied")) == .unknown)
    }

    @Test(arguments: [
        ("Copilot", [:], DeploymentTool.copilot), ("CloudFormation", ["sst:app": "x"], .sst),
        ("CloudFormation", ["Amplify:App-Id": "d1"], .amplify), ("SAM", ["sst:app": "x"], .sam),
        ("CloudFormation", ["aws-chalice": "version=1"], .chalice), ("CloudFormation", [:], .plain),
        ("Architect", [:], .architect),
    ])
    func `a tool is what was recorded, and what tags say where that is nothing`(
        _ recorded: String,
        _ tags: [String: String],
        _ tool: DeploymentTool
    ) {
        #expect(DeploymentTool(recorded: recorded, tags: tags) == tool)
        #expect(DeploymentTool(recorded: tool.recorded, tags: [:]) == tool)
    }
}
