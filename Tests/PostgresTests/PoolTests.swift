import Postgres
import TestSupport
import Testing

@Suite struct PoolTests {
    private func withPool(_ maximum: Int, _ body: (Pool) async throws -> Void) async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            let pool = Pool(settings, maximum: maximum)
            try await body(pool)
            await pool.close()
        }
    }

    private static func process(_ pool: Pool) async throws -> Int32 {
        try await pool.withConnection { await $0.serverProcess }
    }

    @Test func `connections are opened when needed and used again`() async throws {
        try await withPool(3) { (pool) async throws in
            #expect(pool.counts == (0, 0, 0))
            let first = try await Self.process(pool)
            let second = try await Self.process(pool)
            #expect(first == second)
            #expect(pool.counts == (1, 1, 0))
        }
    }

    @Test func `never more connections than the maximum, each lent to one task`() async throws {
        try await withPool(3) { (pool) async throws in
            let inUse = Shared((now: 0, most: 0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            inUse.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            try await connection.transaction { try await $0.execute("SELECT pg_sleep(0.005)") }
                            inUse.withLock { $0.now -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(inUse.withLock { $0.most } == 3)
            #expect(pool.counts == (3, 3, 0))
        }
    }

    @Test func `who asks first is served first`() async throws {
        try await withPool(1) { (pool) async throws in
            let served = Shared<[Int]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { _ in
                    for number in 0..<10 {
                        group.addTask {
                            try await pool.withConnection { _ in served.withLock { $0.append(number) } }
                        }
                        #expect(await eventually { pool.counts.waiting == number + 1 })
                    }
                }
                try await group.waitForAll()
            }
            #expect(served.withLock { $0 } == Array(0..<10))
        }
    }

    @Test func `a cancelled task stops waiting`() async throws {
        try await withPool(1) { (pool) async throws in
            try await pool.withConnection { _ in
                let error = await withTaskGroup(of: PostgresError?.self) { group in
                    group.addTask { await errorOf { try await pool.withConnection { _ in } } }
                    #expect(await eventually { pool.counts.waiting == 1 })
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(error?.kind == .cancelled)
                #expect(pool.counts.waiting == 0)
            }
            #expect(pool.counts == (1, 1, 0))
        }
    }

    @Test func `a connection broken while lent is replaced`() async throws {
        try await withPool(1) { (pool) async throws in
            let error = await errorOf {
                try await pool.withConnection { try await $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            }
            #expect(error?.isConnectionFailure == true)
            #expect(pool.counts == (0, 0, 0))
            #expect(try await Self.process(pool) > 0)
        }
    }

    @Test func `a connection broken while idle is replaced unseen`() async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            let pool = Pool(settings, maximum: 1)
            let observer = try await Connection.open(settings)
            let process = try await Self.process(pool)
            try await observer.execute("SELECT pg_terminate_backend(\(process), 10000)")
            let next = try await Self.process(pool)
            #expect(next != process)
            #expect(pool.counts == (1, 1, 0))
            await pool.close()
            await observer.close()
        }
    }

    @Test func `a connection with an open transaction does not come back`() async throws {
        try await withPool(1) { (pool) async throws in
            try await pool.withConnection { try await $0.execute("BEGIN") }
            #expect(pool.counts == (0, 0, 0))
        }
    }

    @Test func `the next in the queue gets the place of a connection that broke`() async throws {
        try await withPool(1) { (pool) async throws in
            try await withThrowingTaskGroup(of: Int32.self) { group in
                _ = await errorOf {
                    try await pool.withConnection { connection in
                        group.addTask { try await Self.process(pool) }
                        #expect(await eventually { pool.counts.waiting == 1 })
                        try await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
                let process = try await group.next() ?? 0
                #expect(process > 0)
            }
        }
    }

    @Test func `a server that is not there is an error for everybody who asks, and no place is lost`() async throws {
        let pool = Pool(ConnectionSettings("host=/nonexistent-socket-folder user=x dbname=x"), maximum: 2)
        let errors = await withTaskGroup(of: PostgresError?.self) { group in
            for _ in 0..<8 { group.addTask { await errorOf { try await pool.withConnection { _ in } } } }
            return await group.reduce(into: []) { $0.append($1?.kind) }
        }
        #expect(errors == Array(repeating: .cannotConnect, count: 8))
        #expect(pool.counts == (0, 0, 0))
    }

    @Test func `a closed pool refuses and closes what comes back`() async throws {
        try await withPool(1) { (pool) async throws in
            let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                try await pool.withConnection { connection in
                    group.addTask { await errorOf { try await pool.withConnection { _ in } } }
                    #expect(await eventually { pool.counts.waiting == 1 })
                    await pool.close()
                    try await connection.execute("SELECT 1")
                }
                return try await group.next() ?? nil
            }
            #expect(error?.kind == .closed)
            #expect(pool.counts == (0, 0, 0))
            #expect(await errorOf { try await pool.withConnection { _ in } }?.kind == .closed)
        }
    }
}
