import Core
import Testing

@Suite struct OwnersTests {
    private let name = EnvironmentName("feat-checkout")

    private func resolve(
        _ tags: [[String: String]],
        claim: String? = nil,
        further: [OwnerEvidence] = [],
        rules: OwnerRules = OwnerRules()
    ) -> OwnerResolution {
        let components = tags.enumerated().map { (ComponentID("c\($0.offset)"), $0.element) }
        return resolveOwner(
            components: Dictionary(uniqueKeysWithValues: components),
            claim: claim.map(OwnerName.init),
            further: further,
            name: name,
            rules: rules
        )
    }

    /// The owner, `none`, or `conflict:a,b`.
    private func short(_ resolution: OwnerResolution) -> String {
        switch resolution {
        case .known(let owner, _): owner.text
        case .unowned(let fallback): "none:\(fallback?.text ?? "")"
        case .conflict(let evidence): "conflict:" + evidence.map(\.owner.text).joined(separator: ",")
        }
    }

    @Test(arguments: [
        (" Anna.Lee@Example.COM ", "anna.lee@example.com"), ("Anna Lee <Anna@x.io>", "anna@x.io"),
        ("mailto:Anna@x.io", "anna@x.io"), ("Team  Checkout", "team checkout"), ("@Team/Platform", "@team/platform"),
        ("arn:aws:iam::1:role/Team", "arn:aws:iam::1:role/Team"), ("a <b>", "a <b>"),
    ])
    func `two spellings of one owner are equal`(written: String, text: String) {
        #expect(OwnerName(written).text == text)
        #expect(OwnerName(text) == OwnerName(written))
    }

    @Test(arguments: [
        "owner", "Owner", "OWNER", "OwnerEmail", "owner-email", "owner_email", "Maintainer", "contact", "Team", "squad",
        "CreatedBy", "created-by", "creator",
    ])
    func `each usual key names an owner, in any case`(key: String) {
        #expect(short(resolve([[key: "anna@x.io"]])) == "anna@x.io")
    }

    @Test(arguments: ["", " ", "none", "N/A", "-", "???", "TBD", "unknown"])
    func `a placeholder names nobody`(value: String) {
        #expect(short(resolve([["owner": value]])) == "none:")
        #expect(short(resolve([["owner": value, "team": "checkout"]])) == "checkout")
    }

    @Test func `a claim outweighs every tag, and tags outweigh patterns`() {
        let rules = OwnerRules(
            patterns: [
                OwnerPattern(name: "fix-*", owner: OwnerName("ops")),
                OwnerPattern(name: "FEAT-*", owner: OwnerName("web")),
                OwnerPattern(name: "*", owner: OwnerName("all")),
            ],
            fallback: OwnerName("platform@x.io")
        )
        #expect(short(resolve([["owner": "anna"], ["owner": "ben"]], claim: "Cem", rules: rules)) == "cem")
        #expect(short(resolve([["created-by": "anna"]], rules: rules)) == "anna")
        #expect(short(resolve([[:]], rules: rules)) == "web")
        #expect(short(resolve([], rules: OwnerRules(fallback: OwnerName("platform@x.io")))) == "none:platform@x.io")
    }

    @Test func `owner outweighs team, and team outweighs creator`() {
        #expect(short(resolve([["creator": "cem", "team": "web"], ["Owner": "anna"]])) == "anna")
        #expect(short(resolve([["creator": "cem"], ["team": "web"]])) == "web")
    }

    @Test func `different owners of like confidence are several owners`() {
        #expect(short(resolve([["owner": "anna"], ["owner": "ben"]])) == "conflict:anna,ben")
        #expect(short(resolve([["owner": "anna"], ["owner-email": "ben"]])) == "conflict:anna,ben")
        #expect(short(resolve([["Owner": "anna", "owner": "ben"]])) == "conflict:anna,ben")
        #expect(short(resolve([["owner": "a@x.io b@x.io"]])) == "conflict:a@x.io,b@x.io")
        #expect(short(resolve([["owner": "anna"], ["owner": " ANNA"]])) == "anna")
        // On one component the first listed key speaks for it.
        #expect(short(resolve([["owner": "anna", "owner-email": "ben"]])) == "anna")
    }

    @Test func `an address with a plus is one owner`() {
        #expect(short(resolve([["owner": "anna+aws@x.io"]])) == "anna+aws@x.io")
    }

    @Test func `an alias settles what is only two spellings`() {
        let rules = OwnerRules(aliases: [OwnerName("anna"): OwnerName("anna@x.io")])
        #expect(short(resolve([["owner": "Anna"], ["owner": "anna@x.io"]], rules: rules)) == "anna@x.io")
    }

    @Test func `evidence from elsewhere stands between tags and patterns`() {
        let registered = OwnerEvidence(
            owner: OwnerName("ci"),
            source: .registration,
            confidence: .registered,
            detail: "registered by CI"
        )
        let traced = OwnerEvidence(
            owner: OwnerName("trail"),
            source: .cloudTrail,
            confidence: .traced,
            detail: "created by session anna"
        )
        #expect(short(resolve([["creator": "anna"]], further: [traced, registered])) == "anna")
        #expect(short(resolve([[:]], further: [traced, registered])) == "ci")
    }

    @Test func `the evidence says where the owner was found`() {
        guard case .known(_, let evidence) = resolve([["Owner": "Anna"]]) else {
            Issue.record("no owner")
            return
        }
        #expect(evidence.map(\.detail) == ["tag Owner = “Anna” on c0"])
        #expect(evidence.map(\.source) == [.tag(key: "Owner", component: ComponentID("c0"))])
    }

    @Test func `a rule goes by name, account and space, and the first that fits decides`() {
        let (shop, payments) = (AccountID("111111111111"), AccountID("222222222222"))
        let rules = OwnerRules(patterns: [
            OwnerPattern(name: "feat-*", account: payments, owner: OwnerName("pay")),
            OwnerPattern(account: shop, space: SpaceName("team"), owner: OwnerName("shop")),
            OwnerPattern(space: SpaceName("team"), owner: OwnerName("all")),
        ])
        func owner(_ name: String, _ accounts: Set<AccountID>, _ space: String) -> String {
            let place = OwnedPlace(name: EnvironmentName(name), space: SpaceName(space), accounts: accounts)
            return short(findOwner(components: [:], claim: nil, place: place, rules: rules).resolution)
        }
        #expect(owner("feat-a", [payments], "x") == "pay")
        #expect(owner("fix-a", [payments], "x") == "none:")
        #expect(owner("feat-a", [shop, payments], "team") == "pay")
        #expect(owner("fix-a", [shop, payments], "team") == "shop")
        #expect(owner("fix-a", [shop], "other") == "none:")
        #expect(owner("fix-a", [payments], "team") == "all")
    }

    @Test func `everything that was found is there, the deciding first, whatever order it came in`() {
        func piece(_ owner: String, _ confidence: OwnerConfidence) -> OwnerEvidence {
            OwnerEvidence(owner: OwnerName(owner), source: .cloudTrail, confidence: confidence, detail: owner)
        }
        let further = [
            piece("zoe", .assigned), piece("anna", .traced), piece("ben", .registered), piece("anna", .traced),
        ]
        let tags = [ComponentID("c"): ["team": "web", "creator": "cem"]]
        func finding(_ further: [OwnerEvidence]) -> OwnerFinding {
            findOwner(
                components: tags,
                claim: nil,
                further: further,
                place: OwnedPlace(name: name),
                rules: OwnerRules()
            )
        }
        let found = finding(further)
        #expect(found.evidence.map(\.owner.text) == ["web", "cem", "ben", "anna", "zoe"])
        #expect(found.evidence.map(found.decides) == [true, false, false, false, false])
        #expect(finding(further.reversed()) == found)
        let rivals = finding(further + [piece("dora", .related)])
        #expect(short(rivals.resolution) == "conflict:dora,web")
        #expect(rivals.evidence.prefix(3).map(rivals.decides) == [true, true, false])
    }
}
