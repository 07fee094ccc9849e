import Foundation
import Postgres
import Testing

/// Mistakes of people: each ends with the documented status and two lines that say what to do.
@Suite struct UsageTests {
    @Test(arguments: [
        ["frobnicate"], ["extend", "feat-a"], ["list", "--older-than", "soon"], ["plan", "show", "12x"],
        ["list", "--state", "stlae"], ["runtimes", "--state", ""],
    ])
    func `words that mean nothing are refused`(_ words: [String]) async throws {
        let outcome = try await Program.run(words, variables: ["HOME": "/nonexistent"], in: "/tmp")
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.messages.contains("--help"), "\(outcome)")
    }

    @Test func `without a settings file it says where one could be`() async throws {
        let folder = try House.newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let none = try await Program.run(["list"], variables: ["HOME": folder], in: folder)
        expectError(none, 78, saying: "no settings file", "curfew.yaml")
        let named = try await Program.run(
            ["list"],
            variables: ["HOME": folder, "CURFEW_SETTINGS": folder + "/nope.yaml"],
            in: folder
        )
        expectError(named, 78, saying: folder + "/nope.yaml")
    }

    @Test func `mistakes in the settings are named by file, line and column`() async throws {
        try await House.with { house in
            let file = house.settingsFile
            try house.write(house.settings + "timigns: { observe: 1s }\n", to: file)
            let line = house.settings.components(separatedBy: "\n").count
            expectError(try await house.curfew("list", expecting: nil), 78, saying: "\(file):\(line):1:", "timings")
            try house.write("accounts: [\n  { id: 12 }\n", to: file)
            let broken = try await house.curfew("list", expecting: nil)
            #expect(broken.status == 78 && broken.messages.contains("\(file):"), "\(broken)")
            // A password in the file is refused without being repeated.
            let secret = "database: { url: \"postgresql://ada:\(HouseSecrets.password)@db.example.com/x\" }\n"
            try house.write(house.settings + secret, to: file)
            expectError(try await house.curfew("list", expecting: nil), 78, saying: "\(file):\(line):", "password")
            // A variable is configuration as well, and so is a file that may not be read.
            try house.writeSettings()
            let variable = try await house.curfew("list", with: ["CURFEW_NIGHT_WITHIN": "soon"], expecting: nil)
            expectError(variable, 78, saying: "$CURFEW_NIGHT_WITHIN", "soon")
            let folder = try await house.curfew("list", "--settings", house.folder, expecting: nil)
            #expect(folder.status == 78, "\(folder)")
        }
    }

    @Test(arguments: ["2025-01-31", "2025-01-31T18:00:00Z"])
    func `a protection cannot end before it begins`(_ until: String) async throws {
        // Nothing is opened for it: neither settings nor a database are there.
        let words = ["protect", "feat-x", "--until", until, "--because", "kept"]
        let outcome = try await Program.run(words, variables: ["HOME": "/nonexistent"], in: "/tmp")
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.messages.contains("\(until) is past; give a day to come, such as 20"), "\(outcome)")
    }

    @Test func `an environment goes by its space's name as it is printed, too`() async throws {
        try await House.with { house in
            // Each account its own space: printed as the account's name.
            try house.write(
                house.settings.replacing("spaces: { sandbox: [shop, payments] }\n", with: ""),
                to: house.settingsFile
            )
            try await house.deploy([
                Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-x"),
            ])
            try await house.curfew("scan")
            #expect(try await house.curfew("list").output.contains("payments"))
            let both = try await house.curfew("show", "feat-x", expecting: nil)
            expectError(both, 64, saying: "shop/feat-x", "payments/feat-x")
            for (word, stack) in [("shop", "a-feat-x"), ("payments", "b-feat-x"), (house.shop, "a-feat-x")] {
                let shown = try await house.curfew("show", "\(word)/feat-x")
                #expect(shown.output.contains(stack), "\(shown)")
            }
            try await house.curfew("protect", "payments/feat-x", "--until", "30d", "--because", "kept")
            expectError(try await house.curfew("show", "elsewhere/feat-x", expecting: nil), 64, saying: "elsewhere/")
        }
    }

    @Test func `mistakes in the policy are named by file, line and column, all of them, and change nothing`()
        async throws
    {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            let file = house.folder + "/bad.yaml"
            try house.write(
                """
                policies:
                  - name: features
                    applies_to: { name: "feat-*", accounts: [shopp] }
                    stale_when: { aged: 30d }
                    aproval: automatic

                """,
                to: file
            )
            for command in ["check", "apply"] {
                let outcome = try await house.curfew("policy", command, file, expecting: nil)
                #expect(outcome.status == 65 && outcome.output.isEmpty, "\(outcome)")
                for place in ["3:", "4:", "5:"] { #expect(outcome.messages.contains("\(file):\(place)"), "\(outcome)") }
                #expect(outcome.messageLines.count <= 6, "two lines each: \(outcome)")
            }
            #expect(try await house.json("policy", "history").elements.count == 1)
            expectError(
                try await house.curfew("policy", "apply", "/nope.yaml", expecting: nil),
                65,
                saying: "/nope.yaml"
            )
        }
    }

    @Test func `a database that cannot be reached is said so, without its password`() async throws {
        try await House.with { house in
            let urls = [
                "host=/nonexistent user=ada password=\(HouseSecrets.password)",
                "postgresql://ada:\(HouseSecrets.password)@127.0.0.1:1/curfew",
                house.connection(as: "nobody-of-that-name"),
            ]
            for url in urls {
                for command in ["scan", "list", "evaluate", "reap"] {
                    let outcome = try await house.curfew(command, with: ["CURFEW_DATABASE_URL": url], expecting: nil)
                    expectError(outcome, 69, saying: "database")
                }
                let status = try await house.curfew(
                    "database",
                    "status",
                    with: ["CURFEW_DATABASE_URL": url],
                    expecting: nil
                )
                #expect(status.status == 69, "\(status)")
            }
            let broken = "postgresql://ada:\(HouseSecrets.password)@[::bad/x"
            let outcome = try await house.curfew("list", with: ["CURFEW_DATABASE_URL": broken], expecting: nil)
            #expect([69, 78].contains(outcome.status) && outcome.messageLines.count == 2, "\(outcome)")
        }
    }

    @Test func `P2 P15 who may not approve is told so, whatever they type`() async throws {
        try await House.with(.people) { house in
            try await house.deploy([Deployment(name: "a-feat-x", tags: ["owner": "joan@example.com"])])
            try await house.planned()
            // The one who asked does not count, named or not.
            for arguments in [["approve", "P1"], ["approve", "P1", "--confirm", "feat-x"]] {
                let own = try await Program.run(arguments, variables: house.variables(of: "ada"), in: house.folder)
                expectError(own, 77, saying: "ada", "P1")
            }
            // Eve is in no approving group, and her login may only read.
            expectError(try await house.curfew("approve", "P1", as: "eve", expecting: nil), 77, saying: "eve")
            expectError(try await house.curfew("reap", as: "eve", expecting: nil), 77, saying: "eve")
            expectError(
                try await house.curfew("pause", "--because", "I can", as: "eve", expecting: nil),
                77,
                saying: "eve"
            )
            #expect(try await house.planStates() == ["awaiting approval"])
            #expect(try await house.lines("SELECT decided_by FROM approvals").isEmpty)
        }
    }

    @Test func `P2 a plan that nobody approved is not carried out, named or not`() async throws {
        try await House.with(.people) { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.planned()
            let named = try await house.curfew("reap", "P1", "--confirm", "feat-x", expecting: nil)
            expectError(named, 5, saying: "P1 is awaiting approval")
            try await house.curfew("reap")
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-x"])
            try await house.curfew("reject", "P1", "--because", "still needed", as: "grace")
            expectError(
                try await house.curfew("reap", "P1", "--confirm", "feat-x", expecting: nil),
                5,
                saying: "P1 is rejected"
            )
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-x"])
        }
    }

    @Test func `an approved plan that is named takes the names of its environments, too`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x"), Deployment(name: "a-feat-y")])
            try await house.planned()
            for arguments in [["reap", "P1"], ["reap", "P1", "--confirm", "feat-y"]] {
                let outcome = try await Program.run(arguments, variables: house.variables(of: "ada"), in: house.folder)
                expectError(outcome, 64, saying: "--confirm feat-x")
            }
            #expect(try await house.standing().count == 2)
            try await house.curfew("reap", "P1", "--confirm", "feat-x")
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-y"])
            #expect(try await house.planStates() == ["done", "approved"])
        }
    }
}
