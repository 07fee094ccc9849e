import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// P17: secrets go where they are needed and nowhere else.
///
/// Every command that any test runs in a house is searched for them; here it is what the commands leave behind.
@Suite struct SecretTests {
    @Test func `P17 no secret is in the records, the process list or the files`() async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "a-feat-x", parameters: ["Word": HouseSecrets.parameter]),
                Deployment(account: \.payments, name: "b-feat-y"),
            ])
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let seen = Mutex<[String]>([])
            proxy.decide { _, _ in
                let found = Self.processesThatShowASecret()
                seen.withLock { $0 += found }
                return .passes
            }
            let behind = try house.reaching(proxy.url)
            try await behind.planned()
            for command in [
                ["list"], ["show", "feat-x"], ["explain", "feat-x"], ["stale"], ["plan", "list"],
                ["plan", "show", "P1"],
                ["history"], ["accounts"], ["policy", "history"], ["doctor"], ["report"],
            ] {
                for form in [command, command + ["--json"]] {
                    let outcome = try await Program.run(form, variables: behind.variables(of: "ada"), in: house.folder)
                    for secret in HouseSecrets.all {
                        #expect(!outcome.output.contains(secret) && !outcome.messages.contains(secret), "\(outcome)")
                    }
                }
            }
            try await behind.curfew("reap")
            #expect(try await house.standing().isEmpty)
            #expect(proxy.calls.count > 20)
            #expect(seen.withLock { $0 } == [])
            for call in proxy.calls {
                for secret in HouseSecrets.all {
                    #expect(!call.request.body.contains(secret) && !call.request.path.contains(secret))
                    #expect(call.request.headers.allSatisfy { !$0[1].contains(secret) })
                }
            }
            try await expectCleanRecords(house)
        }
    }

    /// Tombstones are there to hold what is needed to deploy again; every other table is searched as text.
    private func expectCleanRecords(_ house: House) async throws {
        let tables = try await house.lines(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'curfew'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        #expect(tables.contains("audit_log") && tables.contains("plans") && tables.contains("tombstones"))
        for table in tables where table != "tombstones" {
            for secret in HouseSecrets.all {
                let count = try await house.lines(
                    "SELECT count(*)::text FROM \(identifier: table) t WHERE t::text LIKE \("%" + secret + "%")"
                )
                #expect(count == ["0"], "\(table) holds \(secret)")
            }
        }
        let kept = try await house.lines("SELECT count(*)::text FROM tombstones WHERE length(content) > 0")
        #expect(kept == ["2"])
        // Who reads everything else does not read those.
        var reader = house.database
        reader.overrides["user"] = "eve"
        let connection = try await Connection.open(reader)
        _ = try await connection.query("SELECT count(*) FROM curfew.plans")
        await #expect(throws: PostgresError.self) {
            try await connection.query("SELECT content FROM curfew.tombstones")
        }
        await connection.close()
    }

    /// Command lines of all processes, as anybody on the machine can read them.
    private static func processesThatShowASecret() -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { Int32($0) != nil }.compactMap { process in
            guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return nil }
            let text = String(decoding: line, as: UTF8.self)
            return HouseSecrets.all.contains { text.contains($0) } ? text : nil
        }
    }
}
