import Foundation
import TestSupport
import Testing

/// The database that the program keeps itself: no address is configured, and it makes, starts and mends its own.
@Suite(.serialized) struct EmbeddedTests {
    /// A house without a configured database; `user` runs the program there, nil is who runs the tests.
    private struct Cabin {
        let house: House
        let user: String?

        var data: String { house.folder + "/data" }

        func curfew(_ arguments: String..., expecting status: Int32? = 0) async throws -> Program.Outcome {
            var variables = house.variables(of: "nobody")
            variables["CURFEW_DATABASE_URL"] = nil
            let outcome = try await Program.run(arguments, variables: variables, in: house.folder, as: user)
            if let status { #expect(outcome.status == status, "\(outcome)") }
            return outcome
        }

        /// The same with other surroundings.
        func curfew(
            _ arguments: String...,
            with variables: [String: String],
            expecting status: Int32? = 0
        ) async throws -> Program.Outcome {
            var all = house.variables(of: "nobody").merging(variables) { $1 }
            all["CURFEW_DATABASE_URL"] = nil
            let outcome = try await Program.run(arguments, variables: all, in: house.folder, as: user)
            if let status { #expect(outcome.status == status, "\(outcome)") }
            return outcome
        }

        func json(_ arguments: String...) async throws -> JSON {
            var variables = house.variables(of: "nobody")
            variables["CURFEW_DATABASE_URL"] = nil
            let outcome = try await Program.run(
                arguments + ["--json"],
                variables: variables,
                in: house.folder,
                as: user
            )
            #expect(outcome.status == 0, "\(outcome)")
            return try JSON(text: outcome.output)
        }

        /// The server's process, from its own note.
        var server: Int32? {
            (try? String(contentsOfFile: data + "/cluster/postmaster.pid", encoding: .utf8))
                .flatMap { $0.split(separator: "\n").first.flatMap { Int32($0) } }
        }

        /// Ends the server as a crash would.
        func crash() {
            guard let server else { return }
            _ = kill(server, SIGKILL)
            for _ in 0..<5_000 where kill(server, 0) == 0 { usleep(1_000) }
        }
    }

    private func withCabin(as user: String? = nil, _ body: (Cabin) async throws -> Void) async throws {
        try await House.with(.oneself) { house in
            let cabin = Cabin(house: house, user: user)
            if let user {
                // It has to make its data folder there.
                let owned = try await Program.run(
                    other: "/bin/chown",
                    ["-R", "\(user):", house.folder],
                    variables: [:],
                    in: "/"
                )
                #expect(owned.status == 0, "\(owned)")
            }
            do {
                try await body(cabin)
            } catch {
                cabin.crash()
                throw error
            }
            cabin.crash()
        }
    }

    @Test func `made at first use, found again, stopped, started, mended after a crash`() async throws {
        try await withCabin { cabin in
            let none = try await cabin.curfew("database", "status", expecting: 69)
            #expect(none.output.contains("does not exist yet"), "\(none)")
            #expect(!FileManager.default.fileExists(atPath: cabin.data + "/cluster"), "status makes nothing")
            let unstopped = try await cabin.curfew("database", "stop", expecting: 69)
            #expect(unstopped.output.isEmpty, "\(unstopped)")
            #expect(unstopped.messages.contains("there is no private database in \(cabin.data)"), "\(unstopped)")

            let first = try await cabin.curfew("list")
            #expect(FileManager.default.fileExists(atPath: cabin.data + "/cluster/PG_VERSION"), "\(first)")
            let server = cabin.server
            #expect(server != nil)
            try await cabin.house.deploy([Deployment(name: "a-feat-x")])
            _ = try await cabin.curfew("scan")
            #expect(cabin.server == server, "the second use finds the server that runs")
            let running = try await cabin.curfew("database", "status")
            #expect(running.output.contains("up to date") && running.output.contains(cabin.data), "\(running)")
            _ = try await cabin.curfew("database", "start")
            #expect(cabin.server == server)
            #expect(try await cabin.curfew("database", "migrate").output.contains("up to date"))

            _ = try await cabin.curfew("database", "stop")
            #expect(cabin.server == nil)
            let stopped = try await cabin.curfew("database", "status", expecting: 69)
            #expect(stopped.output.contains("is stopped"), "\(stopped)")
            _ = try await cabin.curfew("database", "stop")
            // The next use starts it; nothing is forgotten.
            #expect(try await cabin.json("list").elements.map(\.["name"].string) == ["feat-x"])
            #expect(cabin.server != nil)

            cabin.crash()
            #expect(try await cabin.json("list").elements.map(\.["name"].string) == ["feat-x"])
            #expect(cabin.server != nil && cabin.server != server)
        }
    }

    @Test func `a backup of the private database fills another data folder, and no other`() async throws {
        try await withCabin { cabin in
            let nothing = try await cabin.curfew("database", "upgrade", expecting: nil)
            #expect(nothing.status != 0 && nothing.messages.contains("no data"), "\(nothing)")
            try await cabin.house.deploy([Deployment(name: "a-feat-x")])
            _ = try await cabin.curfew("policy", "apply", cabin.house.policyFile)
            _ = try await cabin.curfew("scan")
            let file = cabin.house.folder + "/curfew.dump"
            _ = try await cabin.curfew("database", "backup", file)
            let refused = try await cabin.curfew("database", "restore", file, "--confirm", "curfew", expecting: 77)
            #expect(refused.messages.contains("has tables of Curfew already"), "\(refused)")

            let other = ["CURFEW_DATA_DIR": cabin.house.folder + "/other"]
            let back = try await cabin.curfew("database", "restore", file, "--confirm", "curfew", with: other)
            #expect(back.output.contains("are as sealed, without a gap"), "\(back)")
            let list = try await cabin.curfew("list", with: other)
            #expect(list.output.contains("feat-x"), "\(list)")
            let status = try await cabin.curfew("database", "status", with: other)
            #expect(status.output.contains("up to date"), "\(status)")
            _ = try await cabin.curfew("scan", with: other)
            _ = try await cabin.curfew("resume", with: other)
            _ = try await cabin.curfew("audit", "--verify", with: other)
            _ = try await cabin.curfew("database", "stop", with: other)

            let current = try await cabin.curfew("database", "upgrade")
            #expect(current.output.contains("nothing to upgrade"), "\(current)")
        }
    }

    @Test func `the private database goes on under a newer PostgreSQL, and the old folder is kept`() async throws {
        guard let newer = ProcessInfo.processInfo.environment["CURFEW_TEST_NEWER_POSTGRES"] else {
            return print("SKIPPED: CURFEW_TEST_NEWER_POSTGRES names no newer PostgreSQL to upgrade to")
        }
        try await withCabin { cabin in
            try await cabin.house.deploy([Deployment(name: "a-feat-x")])
            _ = try await cabin.curfew("policy", "apply", cabin.house.policyFile)
            _ = try await cabin.curfew("scan")
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let with = ["PATH": "\(newer):\(path)"]
            let before = try await cabin.json("list")
            let done = try await cabin.curfew("database", "upgrade", with: with)
            #expect(done.output.contains("upgraded from PostgreSQL") && done.messages.contains("as it was"), "\(done)")
            let kept = try FileManager.default.contentsOfDirectory(atPath: cabin.data).sorted()
            #expect(
                kept.contains { $0.hasPrefix("cluster.pg") } && !kept.contains { $0.contains("upgrade") },
                "\(kept)"
            )
            let after = try await cabin.curfew("list", "--json", with: with)
            // Ages differ by the time the upgrade took.
            let names = try JSON(text: after.output).elements.map(\.["name"].string)
            #expect(names == before.elements.map(\.["name"].string) && !names.isEmpty)
            let verified = try await cabin.curfew("audit", "--verify", with: with)
            #expect(verified.output.contains("are as sealed, without a gap"), "\(verified)")
            // Rights and groups came along: a change can be made.
            _ = try await cabin.curfew("pause", "--because", "a test", with: with)
            let again = try await cabin.curfew("database", "upgrade", with: with)
            #expect(again.output.contains("nothing to upgrade"), "\(again)")
            // Without the newer programs nothing opens it, and it is said why.
            _ = try await cabin.curfew("database", "stop", with: with)
            let old = try await cabin.curfew("list", expecting: 69)
            #expect(old.messages.contains("install PostgreSQL"), "\(old)")
        }
    }

    @Test func `P15 one's own plan takes the environment's name, and is recorded as self-approved`() async throws {
        try await withCabin { cabin in
            try await self.reapOwnPlan(cabin)
        }
    }

    @Test func `P15 a run of one's own plans is approved whole or not at all`() async throws {
        try await withCabin { cabin in
            try await cabin.house.deploy([Deployment(name: "a-feat-x"), Deployment(name: "a-feat-y")])
            _ = try await cabin.curfew("policy", "apply", cabin.house.policyFile)
            _ = try await cabin.curfew("accounts", "mode", "shop", "reap", "--because", "a test's own account")
            _ = try await cabin.curfew("scan")
            _ = try await cabin.curfew("evaluate")
            _ = try await cabin.curfew("plan", "--due")
            let refused = try await cabin.curfew("approve", "R1", "--confirm", "feat-x", expecting: nil)
            expectError(
                refused,
                64,
                saying: "nothing was approved",
                "curfew approve R1 --confirm feat-x --confirm feat-y"
            )
            let states = { try await cabin.json("plan", "list").elements.map(\.["state"].string) }
            #expect(try await states() == ["awaiting approval", "awaiting approval"])
            _ = try await cabin.curfew("approve", "R1", "--confirm", "feat-x", "--confirm", "feat-y")
            #expect(try await states() == ["approved", "approved"])
        }
    }

    @Test func `the whole way as a user without rights`() async throws {
        let user = House.userWithoutRights
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
            return print("SKIPPED: only root with setpriv can run the program as somebody else")
        }
        let probe = try await Program.run(["--version"], variables: [:], in: "/tmp", as: user)
        guard probe.status == 0 else {
            return print("SKIPPED: \(user) cannot run \(Program.path): \(probe.messages)")
        }
        try await withCabin(as: user) { cabin in
            try await self.reapOwnPlan(cabin)
            let owner = try FileManager.default.attributesOfItem(atPath: cabin.data + "/cluster")
            #expect(owner[.ownerAccountName] as? String == user)
            #expect(owner[.posixPermissions] as? Int == 0o700)
        }
    }

    private func reapOwnPlan(_ cabin: Cabin) async throws {
        try await cabin.house.deploy([Deployment(name: "a-feat-x"), Deployment(name: "a-prod")])
        _ = try await cabin.curfew("policy", "apply", cabin.house.policyFile)
        _ = try await cabin.curfew("accounts", "mode", "shop", "reap", "--because", "a test's own account")
        _ = try await cabin.curfew("scan")
        _ = try await cabin.curfew("evaluate")
        _ = try await cabin.curfew("plan", "--due")
        expectError(try await cabin.curfew("approve", "P1", expecting: nil), 64, saying: "--confirm feat-x")
        expectError(
            try await cabin.curfew("approve", "P1", "--confirm", "feat-y", expecting: nil),
            64,
            saying: "--confirm feat-x"
        )
        let approved = try await cabin.curfew("approve", "P1", "--confirm", "feat-x")
        #expect(approved.output.contains("self-approved"), "\(approved)")
        let shown = try await cabin.curfew("plan", "show", "P1")
        #expect(shown.output.contains("self-approved"), "\(shown)")
        _ = try await cabin.curfew("reap")
        #expect(try await cabin.house.standing() == ["shop/eu-west-1/a-prod"])
        // The rules protect against mistakes, not against the person who owns the cluster: doctor says so.
        let doctor = try await cabin.curfew("doctor", expecting: nil)
        #expect(doctor.output.contains("you own the cluster"), "\(doctor)")
    }
}
