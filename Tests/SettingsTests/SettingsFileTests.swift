import Core
import Foundation
import Settings
import Testing

@Suite struct SettingsFileTests {
    @Test func `a whole file is read`() throws {
        let settings = try settings(
            """
            accounts:
              - { id: "123456789012", name: sandbox, profile: sandbox, regions: [eu-central-1, us-east-1] }
              - { id: "210987654321", role: "arn:aws:iam::210987654321:role/curfew", external_id: x-1, regions: eu-west-1 }
            spaces: { shop: [sandbox, "210987654321"] }
            people:
              ada: { logins: [ada], addresses: [Ada@Example.com], groups: [platform] }
            names: { permanent: [sales-demo], services: [shop], beginnings: ["spike-…"], exclude: ["legacy-*"], patterns: ["{service}-{feature}"] }
            owners: { tags: [Team, who], rules: [{ name: "feat-shop-*", owner: team-shop }], fallback: ops@example.com }
            database: { url_env: CURFEW_DATABASE_URL }
            aws: { endpoint: "http://127.0.0.1:4566" }
            timings: { observe: 1s, reap_for: 5m, executor_lease: 3s }
            teardown: { empty: ["*-uploads"], log_groups: delete }
            policy: policies/features.yaml
            """
        )
        #expect(settings.accounts.map(\.word) == ["sandbox", "210987654321"])
        #expect(settings.accounts[0].access == .profile("sandbox"))
        #expect(
            settings.accounts[1].access
                == .role(arn: "arn:aws:iam::210987654321:role/curfew", externalID: "x-1", profile: nil)
        )
        #expect(
            settings.accounts[0].targets.map(\.description) == ["123456789012/eu-central-1", "123456789012/us-east-1"]
        )
        #expect(settings.space(of: AccountID("210987654321")) == SpaceName("shop"))
        #expect(settings.spaceNames == [SpaceName("shop")])
        #expect(settings.person(login: "ada")?.groups == ["platform"])
        #expect(settings.person(owner: OwnerName("Ada Lee <ada@example.com>"))?.name == "ada")
        #expect(settings.names.permanentWords == ["sales-demo"])
        #expect(settings.names.patterns == [.serviceFeature])
        #expect(settings.names.excluded == ["legacy-*"])
        #expect(settings.owners.tagKeys == [OwnerTagKey("Team", .related), OwnerTagKey("who", .stated)])
        #expect(settings.owners.fallback == OwnerName("ops@example.com"))
        #expect(settings.database == .environment("CURFEW_DATABASE_URL"))
        #expect(settings.awsEndpoint == Endpoint(url: "http://127.0.0.1:4566", isLoopback: true))
        #expect(settings.timings == Timings(observe: .seconds(1), reapFor: .seconds(300), executorLease: .seconds(3)))
        #expect(settings.teardown == TeardownRules(empty: [NameGlob("*-uploads")], deletesLogGroups: true))
        #expect(settings.policyFiles == ["policies/features.yaml"])
    }

    @Test func `rules about owners say names, accounts and spaces, and who is no owner`() throws {
        let settings = try settings(
            oneAccount + """
                owners:
                  rules:
                    - { name: "feat-shop-*", account: sandbox, owner: team-shop }
                    - { account: "123456789012", owner: team-sandbox }
                    - { space: "123456789012", owner: all }
                  cloudtrail: off
                  ci_roles: ["deploy-*", robot]

                """
        )
        let account = AccountID("123456789012")
        #expect(
            settings.owners.patterns == [
                OwnerPattern(name: "feat-shop-*", account: account, owner: OwnerName("team-shop")),
                OwnerPattern(account: account, owner: OwnerName("team-sandbox")),
                OwnerPattern(space: SpaceName(account.text), owner: OwnerName("all")),
            ]
        )
        #expect(!settings.owners.asksCloudTrail && settings.owners.machines == ["deploy-*", "robot"])
    }

    @Test func `accounts alone are enough`() throws {
        let settings = try settings(oneAccount)
        #expect(settings.space(of: AccountID("123456789012")) == SpaceName("123456789012"))
        #expect(settings.accounts.first?.access == .ambient)
        #expect(settings.database == .embedded)
        #expect(settings.awsEndpoint == nil)
        #expect(settings.names == NameRules())
        #expect(settings.owners == OwnerRules())
        #expect(settings.timings == Timings())
        #expect(settings.policyFiles == ["policy.yaml"])
    }

    @Test func `an account's id keeps its leading zero, quoted or not`() throws {
        for id in ["012345678901", "\"012345678901\""] {
            let settings = try settings("accounts: [{ id: \(id), regions: [eu-central-1] }]")
            #expect(settings.accounts.first?.id == AccountID("012345678901"))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:4566", true), ("http://localhost:4566", true), ("http://[::1]:4566", true),
        ("http://127.8.9.10", true),
        ("http://10.0.0.1:4566", false), ("https://127.0.0.1.example.com", false),
        ("http://localhost.example.com", false),
        ("http://127.0.0.example", false),
    ])
    func `P11 only an address of this machine counts as one`(url: String, loopback: Bool) throws {
        #expect(try settings(oneAccount + "aws: { endpoint: \"\(url)\" }").awsEndpoint?.isLoopback == loopback)
    }

    @Test(arguments: ["observe: 1s", "confirm_gone: 29s", "executor_lease: 119s", "signature_window: 1m"])
    func `P11 times shorter than the real ones are refused wherever something real can be reached`(timing: String) {
        for aws in ["", "aws: { endpoint: \"http://10.0.0.1:4566\" }\n"] {
            let found = problems(inSettings: oneAccount + aws + "timings: { \(timing) }\n")
            #expect(found.count == 1)
            #expect(found.first?.contains("only with `aws.endpoint` on this machine") == true)
        }
        #expect(
            problems(inSettings: oneAccount + "aws: { endpoint: \"http://127.0.0.1:4566\" }\ntimings: { \(timing) }\n")
                .isEmpty
        )
    }

    @Test(arguments: [
        "url: \"postgresql://curfew:s3cret@db/curfew\"", "url: \"postgresql://db/curfew?password=s3cret\"",
        "url: \"mysql://u:s3cret@db\"",
        "url: \"postgresql://u:s3cret@[::1/x\"",
    ])
    func `P17 a password in the file is refused and never repeated`(part: String) {
        let found = problems(inSettings: oneAccount + "database: { \(part) }\n")
        #expect(found.count == 1)
        #expect(!found.joined().contains("s3cret"))
    }

    @Test(arguments: ["{ url: \"postgresql://db/curfew\" }", "{ url_file: /run/secrets/db }", "embedded"])
    func `a database is embedded, or reached by a reference`(text: String) {
        #expect(problems(inSettings: oneAccount + "database: \(text)\n").isEmpty)
    }

    @Test(arguments: [
        "database: local", "database: {}", "database: { url_env: A, url_file: b }", "aws: { endpoint: 127.0.0.1 }",
        "aws: { endpoint: \"http://key:secret@127.0.0.1\" }", "spaces: { shop: [unknown] }",
        "spaces: { shop: [sandbox], web: [sandbox] }",
        "spaces: { \"123456789012\": [sandbox] }", "people: [ada]", "people: { owner: {} }",
        "people: { \"group:x\": {} }",
        "people: { ada: { logins: [x] }, bob: { logins: [x] } }",
        "people: { ada: { addresses: [a@x.io] }, bob: { addresses: [A@X.io] } }",
        "people: { ada: { addresses: [nowhere] } }", "people: { ada: { login: [x] } }",
        "names: { patterns: [\"{feature}{service}\"] }",
        "names: { exclude: [\"*\"] }", "names: { beginnings: [\"prod-…\"] }", "owners: { rules: [{ name: x }] }",
        "owners: { rules: [{ owner: x }] }", "owners: { rules: [{ account: sandbx, owner: x }] }",
        "owners: { rules: [{ name: \"*\", space: shop, owner: x }] }", "owners: { cloudtrail: maybe }",
        "owners: { ci_roles: [\"*\"] }",
        "policy: []", "timing: {}",
    ])
    func `a part that is wrong is refused`(line: String) {
        let found = problems(inSettings: oneAccount + line + "\n")
        #expect(found.count == 1, "\(found)")
    }

    @Test(arguments: [
        "{ id: \"12345678901\", regions: [eu-central-1] }", "{ id: \"123456789012\" }", "{ regions: [eu-central-1] }",
        "{ id: \"123456789012\", regions: [] }", "{ id: \"123456789012\", regions: [frankfurt] }",
        "{ id: \"123456789012\", regions: [eu-central-1, eu-central-1] }",
        "{ id: \"123456789012\", external_id: x, regions: [eu-central-1] }",
        "{ id: \"123456789012\", name: \"12\", regions: [eu-central-1] }",
        "{ id: \"123456789012\", role: \"arn:aws:iam::210987654321:role/curfew\", regions: [eu-central-1] }",
        "{ id: \"123456789012\", role: curfew, regions: [eu-central-1] }", "sandbox",
    ])
    func `an account that is not certain is refused`(account: String) {
        #expect(problems(inSettings: "accounts: [\(account)]\n").count == 1)
    }

    @Test func `no two accounts share an id or a name`() {
        let found = problems(
            inSettings: """
                accounts:
                  - { id: "123456789012", name: sandbox, regions: [eu-central-1] }
                  - { id: "123456789012", name: other, regions: [eu-central-1] }
                  - { id: "210987654321", name: sandbox, regions: [eu-central-1] }
                """
        )
        #expect(found.count == 2)
        #expect(
            found.first?.hasPrefix("curfew.yaml:3:5: `123456789012` stands for an account in line 2 already") == true
        )
    }
}
