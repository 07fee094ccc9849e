import Core
import Foundation
import Postgres
import Synchronization
import Testing

@testable import Ledger

@Suite struct FailureTests {
    /// Ends every other connection to the database and lets nobody in.
    private func shut(_ fixture: LedgerFixture) async throws {
        let name = fixture.settings.overrides["dbname"] ?? ""
        var outside = fixture.settings
        outside.overrides["dbname"] = "postgres"
        try await fixture.sql("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS false", as: outside)
        try await fixture.sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = \(name)",
            as: outside
        )
    }

    private func open(_ fixture: LedgerFixture) async throws {
        let name = fixture.settings.overrides["dbname"] ?? ""
        var outside = fixture.settings
        outside.overrides["dbname"] = "postgres"
        try await fixture.sql("ALTER DATABASE \(identifier: name) ALLOW_CONNECTIONS true", as: outside)
    }

    @Test func `N3 a database that goes away in the middle leaves nothing half recorded`() async throws {
        try await LedgerFixture.with { fixture in
            let scan = try await fixture.ledger.beginScan(of: [target], whole: true, at: day(1))
            let claim = try await fixture.ledger.claim(target, in: scan)
            // The third statement of the transaction finds the door shut.
            let failed = await failure {
                try await fixture.ledger.transact { (session) async throws(LedgerError) in
                    try await session.run(ReadingStatements.stageComponents())
                    try await session.run(
                        ReadingStatements.addIncomplete(
                            claim,
                            target: 1,
                            outcome: "failed",
                            from: day(1),
                            until: day(1),
                            failure: "x",
                            advice: nil
                        )
                    )
                    do {
                        try await shut(fixture)
                    } catch {
                        throw .store(StoreFailure(.broken, "\(error)"))
                    }
                    try await session.run(ScanStatements.addAccounts(["333333333333"]))
                }
            }
            #expect(failed?.kind == .unreachable)
            #expect(failed?.advice.isEmpty == false)
            #expect(await failure { _ = try await fixture.ledger.environments() }?.kind == .unreachable)
            try await open(fixture)
            #expect(try await fixture.ledger.newestScan() == nil)
            #expect(try await fixture.number("SELECT count(*) FROM readings") == 0)
            #expect(try await fixture.ledger.accounts().count == 1)
        }
    }

    @Test func `N3 a connection that breaks once is replaced, and the work is done once`() async throws {
        try await LedgerFixture.with { fixture in
            var outside = fixture.settings
            outside.overrides["dbname"] = "postgres"
            var attempts = 0
            try await fixture.ledger.transact { (session) async throws(LedgerError) in
                attempts += 1
                try await session.run(AuditStatements.add("once", environment: nil, plan: nil, details: JSONB("{}")))
                if attempts == 1 {
                    let process = await session.connection.serverProcess
                    do {
                        try await fixture.sql("SELECT pg_terminate_backend(\(process), 5000)", as: outside)
                    } catch {
                        throw .store(StoreFailure(.broken, "\(error)"))
                    }
                }
                try await session.run(AuditStatements.clock())
            }
            #expect(attempts == 2)
            #expect(try await fixture.ledger.history(of: nil, limit: 9).map(\.event) == ["once"])
        }
    }

    @Test func `N3 a failure that may pass is tried again, but not for ever`() async throws {
        try await LedgerFixture.with { fixture in
            for (sqlState, expected) in [
                (SQLState.serializationFailure, 5), (.deadlockDetected, 5), (.checkViolation, 1),
            ] {
                var attempts = 0
                let failed = await failure {
                    try await fixture.ledger.transact { (_) async throws(LedgerError) in
                        attempts += 1
                        throw .postgres(PostgresError(.server, "no", sqlState: sqlState))
                    }
                }
                #expect(attempts == expected)
                #expect(failed?.kind == (expected == 1 ? .broken : .conflict))
            }
        }
    }

    @Test func `N3 between two tries there is a pause that grows, and is not the same for all who were turned away`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let pauses = Mutex<[Duration]>([])
            let ledger = PostgresLedger(settings: fixture.settings, embedded: false) { pause in
                pauses.withLock { $0.append(pause) }
            }
            let failed = await failure {
                try await ledger.transact { (_) async throws(LedgerError) in
                    throw .postgres(PostgresError(.server, "no", sqlState: .deadlockDetected))
                }
            }
            #expect(failed?.kind == .conflict)
            let found = pauses.withLock(\.self)
            #expect(found.count == 4)
            for (pause, middle) in zip(found, [10, 20, 40, 80]) {
                #expect(pause >= .milliseconds(middle / 2) && pause <= .milliseconds(middle * 3 / 2), "\(found)")
            }
            // Nobody is kept waiting for what does not get better.
            _ = await failure {
                try await ledger.transact { (_) async throws(LedgerError) in
                    throw .postgres(PostgresError(.server, "no", sqlState: .checkViolation))
                }
            }
            #expect(pauses.withLock(\.count) == 4)
            await ledger.close()
        }
        #expect(PostgresLedger.pause(after: 1, of: 0) == .milliseconds(5))
        #expect(PostgresLedger.pause(after: 4, of: 1) == .milliseconds(120))
    }

    @Test func `N3 who takes longer between two statements than the server waits begins again, and reads all of it`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a"), component("b", named: ["feat-y"])], at: day(1))
            var impatient = fixture.settings
            impatient.options = (impatient.options ?? "") + " -c idle_in_transaction_session_timeout=100ms"
            let ledger = PostgresLedger(settings: impatient, embedded: false)
            var seen: [String] = []
            let count = try await ledger.environments(atMost: 1) { (some) async throws(StoreFailure) in
                seen += some.map(\.key.name.text)
                guard seen.count == 1 else { return }
                do { try await fixture.sql("SELECT pg_sleep(0.5)") } catch { throw StoreFailure(.broken, "\(error)") }
            }
            #expect(count == 2)
            #expect(seen == ["feat-x", "feat-x", "feat-y"])
            await ledger.close()
        }
    }

    @Test func `an unknown outcome is never tried again`() async throws {
        try await LedgerFixture.with { fixture in
            var attempts = 0
            let failed = await failure {
                try await fixture.ledger.transact { (_) async throws(LedgerError) in
                    attempts += 1
                    throw .postgres(PostgresError(.commitOutcomeUnknown, "gone"))
                }
            }
            #expect(attempts == 1 && failed?.kind == .unreachable)
        }
    }

    @Test func `P17 a failure shows no values of rows`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            let failed = await failure {
                try await fixture.ledger.transact { (session) async throws(LedgerError) in
                    _ = try await session.run("INSERT INTO accounts (account, mode) VALUES ('secret-value', 'wrong')")
                }
            }
            #expect(failed?.kind == .broken)
            #expect(failed?.description.contains("secret-value") == false)
        }
    }

    @Test func `a lock is held by one at a time and ends with its holder`() async throws {
        try await LedgerFixture.with { fixture in
            let (ledger, other) = (fixture.ledger, fixture.ledger(as: fixture.settings))
            let inside = try await ledger.holding("scan") {
                let second = try await other.holding("scan") { "second" }
                let elsewhere = try await other.holding("reap") { "elsewhere" }
                return [second, elsewhere]
            }
            #expect(inside == [nil, "elsewhere"])
            #expect(try await other.holding("scan") { "after" } == "after")
            struct Stop: Error {}
            await #expect(throws: Stop.self) { try await ledger.holding("scan") { throw Stop() } }
            #expect(try await other.holding("scan") { "again" } == "again")
            await other.close()
        }
    }
}
