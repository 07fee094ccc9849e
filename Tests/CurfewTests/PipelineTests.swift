import Foundation
import Postgres
import TestSupport
import Testing

/// What pipelines say, with the real program: by its command, and by the steps under Deploy/ci as they are installed.
@Suite struct PipelineTests {
    /// In an argument, where another test looks for the house's secrets in all processes.
    private static let token = "a-pipeline-token-never-shown"

    private static let policy = """
        policies:
          - name: features
            applies_to: { name: "feat-*" }
            stale_when: { ttl_tag: expired }
            not_before: 0s
            sightings: { count: 1, apart: 0s }
            warn: none
            approval: { required: 1, by: [owner, "group:platform"], expires: 1d }

        """

    private static func with(_ body: (House) async throws -> Void) async throws {
        try await House.with(.people) { house in
            try house.write(policy, to: house.policyFile)
            try await house.curfew("policy", "apply")
            // As a pipeline is given them: the team is who releases.
            let team = "people:\n  team-shop: { logins: [ci_release], addresses: [team-shop@example.com] }\n"
            try house.write(
                house.settings.replacingOccurrences(of: "people:\n", with: team),
                to: house.folder + "/curfew-ci.yaml"
            )
            try await body(house)
        }
    }

    /// Waits until the database's clock is past a moment that the program gave, in whole seconds.
    private static func untilPast(_ moment: String, _ house: House) async throws {
        for _ in 0..<200 {
            let past = try await house.lines(
                "SELECT (clock_timestamp() > \(moment)::text::timestamptz + interval '1 second')::text"
            )
            if past == ["true"] { return }
            _ = try await house.lines("SELECT pg_sleep(0.05)::text")
        }
        Issue.record("\(moment) does not come")
    }

    @Test func `registered before the scan, known by it, stale by its end, and nothing for the next life`()
        async throws
    {
        try await Self.with { house in
            let made = try await house.json(
                "register",
                "feature/A",
                "--owner",
                "team-shop",
                "--ttl",
                "14d",
                "--branch",
                "feature/A",
                "--repository",
                "https://ci:\(Self.token)@git.example.com/shop/api.git",
                as: "ci_register"
            )
            #expect(made.keys == Shapes.registered && made["registration"].keys == Shapes.registration)
            #expect(made["name"].string == "feat-a" && made["incarnation"] == .null)
            #expect(made["registration"]["repository"].string == "https://git.example.com/shop/api.git")
            #expect(made["registration"]["registered_by"].string == "ci_register")
            try await house.deploy([Deployment(name: "shop-feat-a")])
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let known = try await house.json("show", "feat-a")
            #expect(known["owner"].string == "team-shop" && known["owner_source"].string == "registration")
            #expect(known["registration"]["expires_at"] == made["registration"]["expires_at"])
            #expect(known["verdict"].string == "keep")
            #expect(known["verdict_changes_at"] == made["registration"]["expires_at"])
            let shown = try await house.curfew("show", "feature/a")
            for words in [
                "by ci_register for team-shop, wanted until", "feature/A", "https://git.example.com/shop/api",
            ] {
                #expect(shown.output.contains(words), "\(shown)")
            }
            // The newest counts, also for what is known already.
            let short = try await house.json(
                "register",
                "feat-a",
                "--owner",
                "team-shop",
                "--ttl",
                "1s",
                as: "ci_register"
            )
            #expect(short["incarnation"].int == 1 && short["owner"].string == "team-shop")
            try await Self.untilPast(short["registration"]["expires_at"].string, house)
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let explained = try await house.curfew("explain", "feat-a")
            #expect(explained.output.contains("registration of"))
            let stale = try await house.json("show", "feat-a")
            #expect(stale["verdict"].string == "stale", "\(explained)")
            let events = try await house.lines("SELECT actor FROM audit_log WHERE event = 'registered'")
            #expect(events == ["ci_register", "ci_register"])
            try await house.curfew("audit", "--verify")
            for secret in HouseSecrets.all + [Self.token] {
                let kept = try await house.lines(
                    """
                    SELECT g::text FROM registrations g WHERE g::text LIKE \("%" + secret + "%")
                    UNION ALL SELECT a::text FROM audit_log a WHERE a::text LIKE \("%" + secret + "%")
                    """
                )
                #expect(kept.isEmpty, "P17")
            }

            try await house.stacks(house.shop, "eu-west-1").delete("shop-feat-a")
            try await house.curfew("scan")
            // The emulator may date by whole seconds.
            _ = try await house.lines("SELECT pg_sleep(1.1)::text")
            try await house.deploy([Deployment(name: "shop-feat-a")])
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let next = try await house.json("show", "feat-a")
            #expect(next["incarnation"].int == 2 && next["registration"] == .null)
            #expect(next["owner"] == .null && next["verdict"].string == "keep")
        }
    }

    @Test func `what cannot be registered is refused, with a status of its own`() async throws {
        try await Self.with { house in
            func refused(_ words: String..., as login: String = "ci_register") async throws -> Program.Outcome {
                try await Program.run(["register"] + words, variables: house.variables(of: login), in: house.folder)
            }
            expectError(try await refused("main", "--owner", "ops"), 65, saying: "“main” is a permanent name")
            expectError(try await refused("feat-a", "--owner", "n/a"), 65, saying: "n/a")
            let secret = "https://user:sec/ret@git.example.com/a"
            let address = try await refused("feat-a", "--owner", "ops", "--repository", secret)
            expectError(address, 65, saying: "repository")
            #expect(!address.messages.contains("sec"))
            expectError(try await refused("feat-a", "--owner", "ops", "--space", "nope"), 64, saying: "nope", "sandbox")
            expectError(
                try await refused("feat-a", "--owner", "ops", "--from-environment"),
                64,
                saying: "GitHub",
                "GitLab"
            )
            #expect(try await refused("feat-a").status == 64)
            expectError(try await refused("feat-a", "--owner", "ops", as: "eve"), 77, saying: "eve", "curfew_registrar")
            expectError(try await refused("feat-a", "--owner", "ops", as: "ci_release"), 77, saying: "curfew_registrar")
            // A pipeline's login reads nothing of the inventory.
            for words in [["list"], ["show", "feat-a"], ["release", "feat-a"]] {
                let outcome = try await Program.run(
                    words,
                    variables: house.variables(of: "ci_register"),
                    in: house.folder
                )
                #expect(outcome.status == 77, "\(outcome)")
            }
            #expect(try await house.lines("SELECT owner FROM registrations").isEmpty)
        }
    }

    // MARK: The steps as they are installed

    /// The shell of a step: what is indented below the first `run: |` or `- |` after a line.
    private static func step(in file: String, after start: String) throws -> String {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/ci/\(file)").standardizedFileURL
        let lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
        let place = try #require(lines.firstIndex(of: start), "\(file)")
        let head = try #require(
            lines[place...].firstIndex { $0.hasSuffix("run: |") || $0.hasSuffix("- |") },
            "\(file)"
        )
        let margin = lines[head].prefix { $0 == " " }.count
        let body = lines[(head + 1)...].prefix { $0.isEmpty || $0.prefix { $0 == " " }.count > margin }
        let indent = body.first.map { $0.prefix { $0 == " " }.count } ?? 0
        return body.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
    }

    /// Runs a step as a runner does, with the program in its path.
    private func run(
        _ shell: [String],
        _ script: String,
        _ variables: [String: String],
        _ house: House
    ) async throws
        -> Program.Outcome
    {
        let folder = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
        let outcome = try await Program.run(
            other: shell[0],
            shell.dropFirst() + ["-c", script],
            variables: variables.merging(["PATH": "\(folder):\(Program.surroundings["PATH"] ?? "")"]) { $1 },
            in: house.folder
        )
        for secret in HouseSecrets.all {
            #expect(!"\(outcome)".replacingOccurrences(of: script, with: "").contains(secret), "P17 \(outcome.status)")
        }
        return outcome
    }

    private func github(
        _ command: String,
        _ environment: String,
        _ house: House,
        strict: Bool = false
    ) -> [String: String] {
        [
            "CURFEW_CI_COMMAND": command, "CURFEW_CI_ENVIRONMENT": environment,
            "CURFEW_CI_OWNER": command == "register" ? "team-shop" : "", "CURFEW_CI_TTL": "14d", "CURFEW_CI_SPACE": "",
            "CURFEW_CI_COMMIT": "", "CURFEW_CI_STRICT": "\(strict)", "CURFEW_SETTINGS": "curfew-ci.yaml",
            "CURFEW_DATABASE_URL": house.connection(as: command == "register" ? "ci_register" : "ci_release"),
            "HOME": house.folder, "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_REF_TYPE": "branch",
            "GITHUB_REF_NAME": environment, "GITHUB_SHA": String(repeating: "ab", count: 20),
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/api",
        ]
    }

    @Test func `GitHub's step registers on deploy and releases on close`() async throws {
        let script = try Self.step(in: "github/action.yml", after: "    - name: Tell Curfew")
        try await Self.with { house in
            let bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
            let made = try await run(bash, script, github("register", "feature/a", house), house)
            #expect(made.status == 0 && made.output.contains("sandbox/feat-a is registered for team-shop"), "\(made)")
            #expect(!made.output.contains("::"))
            let kept = try await house.lines(
                "SELECT concat_ws(' ', branch, repository, commit_hash) FROM registrations"
            )
            #expect(kept == ["feature/a https://github.com/shop/api \(String(repeating: "ab", count: 20))"])

            // Nobody has seen it yet: seen on the run, and no failure of it.
            let early = try await run(bash, script, github("release", "feature/a", house), house)
            #expect(
                early.status == 0 && early.output.contains("::warning title=Curfew could not release::"),
                "\(early)"
            )
            try await house.deploy([Deployment(name: "shop-feat-a")])
            try await house.curfew("scan")
            let released = try await run(bash, script, github("release", "feature/a", house), house)
            #expect(released.status == 0 && released.output.contains("feat-a is released"), "\(released)")
            #expect(!released.output.contains("::"))
            #expect(try await house.json("show", "feat-a")["released_at"] != .null)
        }
    }

    @Test func `GitHub's step fails softly and in sight, or loudly where it is asked to`() async throws {
        let script = try Self.step(in: "github/action.yml", after: "    - name: Tell Curfew")
        try await Self.with { house in
            let bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"]
            var away = github("register", "feat-a", house)
            away["CURFEW_DATABASE_URL"] = "postgresql://ci:\(HouseSecrets.password)@127.0.0.1:1/curfew"
            let cases: [([String: String], Int32)] = [
                (github("register", "main", house), 65), (away, 69), (github("register", "x; touch hurt", house), 0),
                (github("register", "--help", house), 0), (github("register", "$(touch hurt)", house), 0),
            ]
            for (variables, status) in cases {
                let soft = try await run(bash, script, variables, house)
                #expect(soft.status == 0, "\(soft)")
                #expect(
                    soft.output.contains("::warning title=Curfew could not register::exit status \(status): ")
                        == (status != 0),
                    "\(soft)"
                )
                let loud = try await run(bash, script, variables.merging(["CURFEW_CI_STRICT": "true"]) { $1 }, house)
                #expect(
                    loud.status == status && loud.output.contains("::error title=Curfew") == (status != 0),
                    "\(loud)"
                )
                // One line is what the runner shows.
                let notes = loud.output.split(separator: "\n").filter { $0.hasPrefix("::") }
                #expect(notes.count == (status == 0 ? 0 : 1))
            }
            #expect(!FileManager.default.fileExists(atPath: house.folder + "/hurt"))
            let wrong = try await run(bash, script, github("destroy", "feat-a", house), house)
            #expect(wrong.status == 64)
            var missing = github("register", "feat-a", house)
            missing["PATH"] = "/usr/bin:/bin"
            let nowhere = try await Program.run(other: "bash", ["-c", script], variables: missing, in: house.folder)
            #expect(nowhere.status == 0 && nowhere.output.contains("::warning") && nowhere.output.contains("127"))
        }
    }

    @Test func `GitLab's jobs register on deploy and release on stop, and fail by their exit status`() async throws {
        let register = try Self.step(in: "gitlab/curfew.gitlab-ci.yml", after: ".curfew-register:")
        let release = try Self.step(in: "gitlab/curfew.gitlab-ci.yml", after: ".curfew-release:")
        try await Self.with { house in
            let variables = [
                "CURFEW_CI_ENVIRONMENT": "feature/a", "CURFEW_CI_OWNER": "team-shop", "CURFEW_CI_TTL": "14d",
                "CURFEW_SETTINGS": "curfew-ci.yaml", "CURFEW_REGISTER_URL": house.connection(as: "ci_register"),
                "CURFEW_RELEASE_URL": house.connection(as: "ci_release"), "HOME": house.folder, "GITLAB_CI": "true",
                "CI_COMMIT_BRANCH": "feature/a", "CI_COMMIT_SHA": String(repeating: "cd", count: 20),
                "CI_PROJECT_URL": "https://gitlab.example.com/shop/api",
                "CI_REPOSITORY_URL":
                    "https://gitlab-ci-token:\(HouseSecrets.accessSecret)@gitlab.example.com/shop/api.git",
            ]
            let shell = ["sh", "-e"]
            let made = try await run(shell, register, variables, house)
            #expect(made.status == 0, "\(made)")
            let kept = try await house.lines(
                "SELECT concat_ws(' ', branch, repository, commit_hash) FROM registrations"
            )
            #expect(kept == ["feature/a https://gitlab.example.com/shop/api \(String(repeating: "cd", count: 20))"])
            try await house.deploy([Deployment(name: "shop-feat-a")])
            try await house.curfew("scan")
            let released = try await run(shell, release, variables, house)
            #expect(released.status == 0 && released.output.contains("feat-a is released"), "\(released)")
            let wrong = try await run(
                shell,
                register,
                variables.merging(["CURFEW_CI_ENVIRONMENT": "main"]) { $1 },
                house
            )
            #expect(wrong.status == 65)
            let unowned = try await run(shell, register, variables.merging(["CURFEW_CI_OWNER": ""]) { $1 }, house)
            #expect(unowned.status == 65)
        }
    }
}
