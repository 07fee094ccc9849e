import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// Copies of the database: made while others work, put into an empty one, and gone on from.
@Suite struct BackupTests {
    @Test func `a backup restores to a whole audit log, paused, and a reap that was under way goes on`() async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "network-feat-a", template: Templates.exporter),
                Deployment(name: "api-feat-a", template: Templates.importer, parameters: ["BuiltOn": "network-feat-a"]),
                Deployment(name: "api-feat-b"),
            ])
            try await house.planned()
            // The reaper dies after its first call was taken; the backup is made then.
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let victim = Program.Handle()
            let struck = Mutex(false)
            proxy.decide { call, _ in
                guard call.action == "DeleteStack", !struck.withLock({ $0 }) else { return .passes }
                struck.withLock { $0 = true }
                return .losesItsAnswer { victim.kill() }
            }
            try await behind.curfew("reap", expecting: nil, handle: victim)
            #expect(struck.withLock { $0 })
            try await house.awaitQuiet()
            let superuser = ["CURFEW_DATABASE_URL": house.connection()]
            let file = house.folder + "/curfew.dump"
            let made = try await house.curfew("database", "backup", file, with: superuser)
            #expect(made.output.contains(file) && made.messages.contains("secrets"), "\(made)")
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let again = try await house.curfew("database", "backup", file, with: superuser, expecting: 64)
            #expect(again.messages.contains("exists already"), "\(again)")
            let entries = try await house.lines("SELECT count(*)::text FROM audit_log")
            let steps = try await house.lines("SELECT state FROM steps ORDER BY plan_id, number")

            // Not over what is there, and not without being meant.
            let full = try await house.curfew(
                "database",
                "restore",
                file,
                "--confirm",
                "curfew",
                with: superuser,
                expecting: 77
            )
            #expect(full.messages.contains("has tables of Curfew already"), "\(full)")
            _ = try await house.lines("DROP SCHEMA curfew CASCADE")
            try await house.curfew("database", "restore", file, with: superuser, expecting: 64)
            let back = try await house.curfew("database", "restore", file, "--confirm", "curfew", with: superuser)
            #expect(back.output.contains("are as sealed, without a gap") && back.messages.contains("paused"), "\(back)")
            let verified = try await house.curfew("audit", "--verify")
            #expect(verified.output.contains("are as sealed, without a gap"), "\(verified)")
            // Paused, and a plan withdrawn.
            let after = try await house.lines("SELECT (count(*) - 2)::text FROM audit_log")
            #expect(after == entries)
            #expect(try await house.lines("SELECT state FROM steps ORDER BY plan_id, number") == steps)

            // No reaper could begin before it was paused.
            let together = try await house.lines(
                "SELECT DISTINCT (p.xmin = s.xmin)::text FROM pauses p, steps s WHERE p.resumed_at IS NULL"
            )
            #expect(together == ["true"])
            // An approval of then may have been followed by a protection: it is asked for again.
            #expect(try await house.lines("SELECT state FROM plans ORDER BY plan_id") == ["running", "withdrawn"])
            // Rules and rights came along.
            try await house.awaitLease()
            let refused = try await house.curfew("reap", expecting: nil)
            #expect(
                (refused.output + refused.messages).contains("restored from the backup"),
                "\(refused)"
            )
            try await house.curfew("restore", "feat-a", as: "eve", expecting: 77)
            let grants = try await house.lines(
                """
                SELECT count(*)::text FROM pg_proc p WHERE p.pronamespace = 'curfew'::regnamespace AND p.prosecdef
                    AND p.prorettype <> 'trigger'::regtype
                    AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0))
                """
            )
            #expect(grants == ["0"])
            let owners = try await house.lines(
                "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'curfew'"
            )
            #expect(owners == ["curfew_owner"])

            try await house.curfew("resume")
            try await house.reaching(house.emulator, shortLease: true).reapAfterTheLease()
            #expect(try await house.stacks(house.shop, House.regions[0]).standing().map(\.name) == ["api-feat-b"])
            #expect(try await house.lines("SELECT state FROM plans ORDER BY plan_id") == ["done", "withdrawn"])
            let whole = try await house.curfew("audit", "--verify")
            #expect(whole.output.contains("are as sealed, without a gap"), "\(whole)")
            let story = try await house.curfew("history", "feat-a")
            #expect(
                story.output.contains("torn down by P1") && story.output.contains("features, revision 1"),
                "\(story)"
            )
        }
    }

    @Test func `a backup by who may not read everything leaves no file behind`() async throws {
        try await House.with { house in
            let file = house.folder + "/curfew.dump"
            let refused = try await house.curfew("database", "backup", file, as: "eve", expecting: nil)
            #expect(refused.status == 77 && refused.messages.contains("permission denied"), "\(refused)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: house.folder).allSatisfy { !$0.contains("dump") }
            )
        }
    }

    @Test func `what is no backup changes nothing`() async throws {
        try await House.with { house in
            _ = try await house.lines("DROP SCHEMA curfew CASCADE")
            let file = house.folder + "/other.dump"
            try Data("no archive".utf8).write(to: URL(fileURLWithPath: file))
            let refused = try await house.curfew(
                "database",
                "restore",
                file,
                "--confirm",
                "curfew",
                with: ["CURFEW_DATABASE_URL": house.connection()],
                expecting: nil
            )
            #expect(refused.status == 65 && refused.messages.contains("is no backup"), "\(refused)")
            // One that breaks off in the middle leaves nothing, too.
            try Data("PGDMP but no more".utf8).write(to: URL(fileURLWithPath: file))
            let torn = try await house.curfew(
                "database",
                "restore",
                file,
                "--confirm",
                "curfew",
                with: ["CURFEW_DATABASE_URL": house.connection()],
                expecting: 69
            )
            #expect(torn.messages.contains("pg_restore"), "\(torn)")
            let schemas = try await house.lines("SELECT count(*)::text FROM pg_namespace WHERE nspname = 'curfew'")
            #expect(schemas == ["0"])
        }
    }

    @Test func `the archive of the audit log verifies beside the database, and not when it was changed`() async throws {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("pause", "--because", "incident 4711")
            let file = house.folder + "/audit.jsonl"
            let none = try await house.saying("retention: { audit: 730d }").curfew("audit", "--archive", file)
            #expect(none.output.contains("Nothing was written") && !FileManager.default.fileExists(atPath: file))
            try house.writeSettings()
            let made = try await house.curfew("audit", "--archive", file)
            #expect(made.output.contains("of the audit log") && made.output.contains(file), "\(made)")
            try await house.curfew("resume")
            let right = try await house.curfew("audit", "--verify", "--archive", file)
            #expect(right.output.contains("as sealed") && right.output.contains("same seal there"), "\(right)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try text.replacing("4711", with: "4712").write(toFile: file, atomically: true, encoding: .utf8)
            let wrong = try await house.curfew("audit", "--verify", "--archive", file, expecting: 65)
            #expect(wrong.output.contains("is not what was sealed"), "\(wrong)")
            #expect(
                try await house.json("audit", "--verify", "--archive", file, expecting: 65)["chain"]["fault"] != .null
            )
            try await house.curfew("audit", "--archive", file, expecting: 64)
            try Data().write(to: URL(fileURLWithPath: file))
            let empty = try await house.curfew("audit", "--verify", "--archive", file, expecting: 65)
            #expect(empty.output == "NOT an archive of the audit log: it is empty.\n")
        }
    }
}
