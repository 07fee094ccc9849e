import Foundation
import Postgres
import TestSupport
import Testing
import Threads

@Suite struct CancellationTests {
    private func withTwo(_ body: (Connection, Connection) async throws -> Void) async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            let first = try await Connection.open(settings)
            let second = try await Connection.open(settings)
            try await body(first, second)
            await first.close()
            await second.close()
        }
    }

    @Test func `a cancelled task stops its running statement, and the connection works on`() async throws {
        try await withTwo { (connection, observer) async throws in
            let process = await connection.serverProcess
            let clock = ContinuousClock()
            let start = clock.now
            let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                group.addTask { await errorOf { try await connection.execute("SELECT pg_sleep(60)") } }
                #expect(try await eventually { try await observer.sees(process, running: "pg_sleep(60)") })
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            #expect(clock.now - start < .seconds(30))
            #expect(await connection.isUsable)
            #expect(try await connection.query("SELECT 1").only()[0, as: Int.self] == 1)
        }
    }

    @Test func `a task cancelled before sends nothing`() async throws {
        try await withTwo { (connection, observer) async throws in
            try await observer.execute("CREATE TABLE t (id bigint)")
            let error = await withTaskGroup(of: PostgresError?.self) { group in
                group.cancelAll()
                group.addTask { await errorOf { try await connection.execute("INSERT INTO t VALUES (1)") } }
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            #expect(try await observer.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }

    @Test func `a cancellation never hits the statement after it`() async throws {
        try await withTwo { (connection, _) async throws in
            for round in 0..<150 {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = await errorOf { try await connection.execute("SELECT pg_sleep(0.001)") } }
                    for _ in 0..<(round % 40) * 20 { await Task.yield() }
                    group.cancelAll()
                }
                let error = await errorOf { try await connection.execute("SELECT pg_sleep(0.001)") }
                #expect(error == nil, "round \(round): \(error?.description ?? "")")
            }
        }
    }

    @Test func `a cancelled transaction is rolled back`() async throws {
        try await withTwo { (connection, observer) async throws in
            try await observer.execute("CREATE TABLE t (id bigint)")
            let process = await connection.serverProcess
            let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                group.addTask {
                    await errorOf {
                        try await connection.transaction { connection in
                            try await connection.execute("INSERT INTO t VALUES (1)")
                            try await connection.execute("SELECT pg_sleep(60)")
                        }
                    }
                }
                #expect(try await eventually { try await observer.sees(process, running: "pg_sleep(60)") })
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            #expect(await connection.isUsable)
            #expect(try await observer.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }

    @Test func `a cancelled COPY writes nothing`() async throws {
        try await withTwo { (connection, observer) async throws in
            try await observer.execute("CREATE TABLE t (id bigint)")
            let error = await withTaskGroup(of: PostgresError?.self) { group in
                group.addTask {
                    await errorOf {
                        try await connection.copy(into: "t", columns: ["id"]) {
                            (writer) async throws(PostgresError) in
                            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
                            try await writer.write(1...10) { n, row in row.append(n) }
                        }
                    }
                }
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            #expect(try await observer.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
            #expect(await connection.isUsable)
        }
    }

    @Test func `statements of several connections do not wait for one another`() async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            let gate = try await Connection.open(settings)
            try await gate.execute("SELECT pg_advisory_lock(1)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let connection = try await Connection.open(settings)
                        try await connection.execute(
                            script: "SET lock_timeout = '15s'; SELECT pg_advisory_lock_shared(1)"
                        )
                        await connection.close()
                    }
                }
                // More than there are threads in the shared pool.
                let allWait = try await eventually {
                    try await gate.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").count == 8
                }
                #expect(allWait)
                try await gate.execute("SELECT pg_advisory_unlock(1)")
                try await group.waitForAll()
            }
            await gate.close()
        }
    }

    @Test func `a connection that is let go ends at the server`() async throws {
        try await withTwo { (_, observer) async throws in
            var process: Int32 = 0
            do {
                let lost = try await Connection.open(
                    await PostgresFixture.shared.server().connection(database: "postgres")
                )
                process = await lost.serverProcess
            }
            let gone = try await eventually {
                try await observer.query("SELECT FROM pg_stat_activity WHERE pid = \(process)").isEmpty
            }
            #expect(gone)
        }
    }

    private actor Pinned {
        private let executor: ThreadExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
        init(name: String) { executor = ThreadExecutor(name: name) }
        func check() { executor.checkIsolated() }
    }

    private func threads(named name: String) -> Int {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == name + "\n"
        }
    }

    @Test func `a thread ends with its actor`() async {
        do {
            let actors = (0..<5).map { _ in Pinned(name: "pinned-for-test") }
            for actor in actors { await actor.check() }
            // A listing of threads can miss one while others end.
            #expect(await eventually { threads(named: "pinned-for-test") == 5 })
            withExtendedLifetime(actors) {}
        }
        #expect(await eventually { threads(named: "pinned-for-test") == 0 })
    }
}
