import Core
import Foundation
import Settings
import Testing

@Suite struct OrganizationEntryTests {
    private func organization(_ text: String, before: String = oneAccount) throws -> OrganizationSettings {
        try #require(try settings("\(before)organization: \(text)\n").organization)
    }

    @Test func `what it says, and what it means where it says nothing`() throws {
        let short = try organization("{ role: curfew-scan }", before: "")
        #expect(short == OrganizationSettings(role: try #require(RoleTemplate("curfew-scan"))))
        #expect(short.regions.isEmpty && short.enabledRegions == [])
        let long = try organization(
            """
            { account: sandbox, profile: p, role: "arn:aws-cn:iam::{account}:role/x/y", external_id: e,
              regions: [eu-west-1], include: ["111111111111", "team-*", ou-ab12-cd34ef56, r-ab12], exclude: [core] }
            """
        )
        #expect(long.account == AccountID("123456789012") && long.profile == "p" && long.externalID == "e")
        #expect(long.regions == [Region("eu-west-1")] && long.enabledRegions == nil)
        #expect(
            long.selection
                == AccountSelection(
                    include: [
                        .account(AccountID("111111111111")), .name(NameGlob("team-*")), .unit("ou-ab12-cd34ef56"),
                        .unit("r-ab12"),
                    ],
                    exclude: [.name(NameGlob("core"))]
                )
        )
        let patterns = try organization("{ role: r, regions: { enabled: [\"eu-*\"] } }")
        #expect(patterns.enabledRegions == [NameGlob("eu-*")])
    }

    @Test(arguments: [
        ("curfew", "aws", "arn:aws:iam::1:role/curfew"),
        ("path/curfew", "aws-cn", "arn:aws-cn:iam::1:role/path/curfew"),
        ("arn:{partition}:iam::{account}:role/x", "aws-us-gov", "arn:aws-us-gov:iam::1:role/x"),
        ("arn:aws-cn:iam::{account}:role/x", "aws", "arn:aws-cn:iam::1:role/x"),
    ])
    func `a role is a name or a template, in the partition of the account`(
        text: String,
        partition: String,
        arn: String
    ) throws {
        #expect(try #require(RoleTemplate(text)).arn(in: AccountID("1"), of: partition) == arn)
    }

    @Test(arguments: [
        "", "a b", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::{account}:user/x", "arn:aws:iam::{account}:role/",
        "x//y", "arn:{account}:iam::{account}:role/x", "{account}",
    ])
    func `what is no role of every account is refused`(text: String) { #expect(RoleTemplate(text) == nil) }

    @Test func `what is wrong is said with its place`() {
        let found = problems(
            inSettings: oneAccount + """
                organization:
                  account: nobody
                  role: a b
                  external_id: e
                  external_id_from: "env:E"
                  regions: { some: [x] }
                  include: ["111111111111", "12"]
                  exclude: ["111111111111"]
                  rolle: x
                """
        )
        let words = [
            "`organization.account` names `nobody`, which is no configured account",
            "`organization.role` is `a b`, expected a role's name, or an ARN with `{account}`",
            "`organization` has `external_id` and `external_id_from`", "`organization.regions` lacks `enabled`",
            "account 111111111111 is included and excluded by its id", "is `12`, expected the twelve digits",
            "unknown key `rolle`",
        ]
        for word in words { #expect(found.contains { $0.contains(word) }, "\(word)") }
        #expect(problems(inSettings: "organization: { regions: enabled }\n").contains { $0.contains("lacks `role`") })
        #expect(problems(inSettings: "policy: p\n").contains { $0.contains("lacks `accounts`") })
        #expect(
            problems(inSettings: oneAccount + "scan: { within: 1s, per_target: 2d }\n").count == 2
        )
    }

    @Test func `spaces and policies may name accounts that are still to be found`() throws {
        let text = "organization: { role: r }\nspaces: { team: [\"111111111111\", \"222222222222\"] }\n"
        let read = try settings(text)
        #expect(read.space(of: AccountID("222222222222")) == SpaceName("team"))
        #expect(problems(inSettings: oneAccount + "spaces: { team: [\"111111111111\"] }\n").count == 1)
        let policy = onePolicy().replacing("{ name: \"feat-*\" }", with: "{ name: \"feat-*\", accounts: [team-a] }")
        #expect(problems(inPolicies: policy, knowing: read).isEmpty)
        #expect(problems(inPolicies: policy, knowing: try settings(oneAccount)).count == 1)
    }
}

@Suite struct KnownTargetsTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func account(
        _ id: Int,
        _ name: String,
        state: String = "ACTIVE",
        partition: String = "aws",
        left: Bool = false
    ) -> OrganizationAccount {
        let listed = ListedAccount(
            id: AccountID(String(100_000_000_000 + id)),
            name: name,
            state: state,
            partition: partition,
            units: nil
        )
        return OrganizationAccount(listed: listed, seenAt: now, leftAt: left ? now : nil)
    }

    private func known(
        _ text: String,
        _ accounts: [OrganizationAccount],
        regions: [AccountID: RegionsRecord] = [:]
    ) throws -> KnownTargets {
        KnownTargets(
            try settings(text),
            organization: OrganizationRecord(accounts: accounts, listedAt: now),
            regions: regions
        )
    }

    private let base = """
        accounts: [{ id: "100000000001", name: sandbox, profile: p, regions: [eu-west-1] }]
        organization: { role: curfew-scan, profile: base, external_id: e, regions: [eu-west-1, us-east-1], exclude: ["core-*"] }

        """

    @Test func `who is written down is taken from the file, the others from the organization`() throws {
        let known = try known(
            base,
            [
                account(1, "org's name"), account(2, "team a"), account(3, "b", state: "SUSPENDED"),
                account(4, "core-net"), account(5, "gone", left: true), account(6, "cn", partition: "aws-cn"),
            ]
        )
        #expect(known.settings.accounts.map(\.id.text) == ["100000000001", "100000000002", "100000000006"])
        #expect(known.settings.accounts[0].access == .profile("p") && known.settings.accounts[0].name == "sandbox")
        #expect(known.settings.accounts.map(\.isDiscovered) == [false, true, true])
        #expect(
            known.settings.accounts[1].access
                == .role(arn: "arn:aws:iam::100000000002:role/curfew-scan", externalID: "e", profile: "base")
        )
        #expect(
            known.settings.accounts[2].access
                == .role(arn: "arn:aws-cn:iam::100000000006:role/curfew-scan", externalID: "e", profile: "base")
        )
        #expect(known.settings.accounts[1].targets.map(\.region.text) == ["eu-west-1", "us-east-1"])
        #expect(
            known.passedOver == [
                AccountID("100000000003"): .inactive("SUSPENDED"),
                AccountID("100000000004"): .excluded("excluded by `core-*`"), AccountID("100000000005"): .left,
            ]
        )
        // P9: also the name of an account that is written down under another one.
        #expect(known.names?.names[AccountID("100000000001")] == "org's name")
        #expect(known.names?.readAt == now)
    }

    @Test func `D1 a name of the organization never comes to mean another account, a space or several`() throws {
        let names = [
            (2, "Sandbox"), (3, "twin"), (4, "TWIN"), (5, "shared"), (6, "100000000002"), (7, "a/b"), (8, ""),
            (9, "fine one"), (10, "100000000001"), (11, "tab\there"),
        ]
        let text = base + "spaces: { shared: [sandbox] }\n"
        let known = try known(text, names.map { account($0.0, $0.1) })
        let named = known.settings.accounts.filter { $0.isDiscovered && $0.name != nil }
        #expect(named.map(\.name) == ["fine one"])
        #expect(known.settings.accounts.count == names.count + 1)
    }

    @Test func `enabled regions are those that were found, of which patterns let some through`() throws {
        let text = """
            accounts:
              - { id: "100000000001", profile: p, regions: enabled }
              - { id: "100000000002", profile: p, regions: { enabled: ["eu-*", us-east-1] } }
              - { id: "100000000003", profile: p, regions: enabled }
              - { id: "100000000004", profile: p, regions: [ap-south-1] }

            """
        let found = RegionsRecord(regions: ["eu-west-1", "us-east-1", "us-west-2"].map { Region($0) }, readAt: now)
        let regions = Dictionary(uniqueKeysWithValues: [1, 2, 4].map { (AccountID("10000000000\($0)"), found) })
        let known = KnownTargets(try settings(text), organization: nil, regions: regions)
        #expect(
            known.settings.accounts.map { $0.regions.map(\.text) } == [
                ["eu-west-1", "us-east-1", "us-west-2"], ["eu-west-1", "us-east-1"], [], ["ap-south-1"],
            ]
        )
        #expect(known.names == nil && known.settings.findsTargets)
        #expect(!(try settings(oneAccount)).findsTargets)
    }
}
