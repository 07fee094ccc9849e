import Postgres
import TestSupport
import Testing

@Suite struct TransactionTests {
    private struct Refusal: Error, Equatable {}

    private func withTable(_ body: (Connection) async throws -> Void) async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute("CREATE TABLE t (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            try await body(connection)
        }
    }

    private func count(_ connection: Connection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM t").only()[0, as: Int.self]
    }

    @Test func `a body that returns is committed`() async throws {
        try await withTable { (connection) async throws in
            let value = try await connection.transaction { (connection) async throws(PostgresError) in
                try await connection.execute("INSERT INTO t VALUES (1)")
            }
            #expect(value == 1)
            #expect(await connection.isUsable)
            #expect(try await count(connection) == 1)
        }
    }

    @Test func `a body that throws is rolled back and its error thrown on`() async throws {
        try await withTable { (connection) async throws in
            await #expect(throws: Refusal()) {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO t VALUES (1)")
                    throw Refusal()
                }
            }
            #expect(await connection.isUsable)
            #expect(try await count(connection) == 0)
        }
    }

    @Test func `isolation and read only reach the server`() async throws {
        try await withTable { (connection) async throws in
            try await connection.transaction(isolation: .serializable, readOnly: true) { connection in
                let row = try await connection.query(
                    "SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')"
                ).only()
                #expect(try row.decode(String.self, String.self) == ("serializable", "on"))
            }
            let error = await errorOf {
                try await connection.transaction(readOnly: true) { try await $0.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(error?.sqlState == .readOnlyTransaction)
        }
    }

    @Test func `a transaction inside a transaction is refused and the outer one goes on`() async throws {
        try await withTable { (connection) async throws in
            try await connection.transaction { connection in
                try await connection.execute("INSERT INTO t VALUES (1)")
                let error = await errorOf { try await connection.transaction { _ in } }
                #expect(error?.kind == .misuse)
            }
            #expect(try await count(connection) == 1)
        }
    }

    @Test func `a transaction begun by hand also refuses one inside`() async throws {
        try await withTable { (connection) async throws in
            try await connection.execute("BEGIN")
            #expect(await errorOf { try await connection.transaction { _ in } }?.kind == .misuse)
            #expect(await connection.isUsable == false)
        }
    }

    @Test func `an error of the server at COMMIT is a refused commit`() async throws {
        try await withTable { (connection) async throws in
            let error = await errorOf {
                try await connection.transaction { try await $0.execute("INSERT INTO t VALUES (1), (1)") }
            }
            #expect(error?.kind == .commitRefused)
            #expect(error?.isUniqueViolation == true)
            #expect(try await count(connection) == 0)
        }
    }

    @Test func `an error swallowed in the body is a refused commit, not a success`() async throws {
        try await withTable { (connection) async throws in
            let error = await errorOf {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO t VALUES (1)")
                    _ = try? await connection.execute("SELECT 1 / 0")
                }
            }
            #expect(error?.kind == .commitRefused)
            #expect(try await count(connection) == 0)
        }
    }

    @Test func `a transaction ended inside its body is reported`() async throws {
        try await withTable { (connection) async throws in
            let error = await errorOf { try await connection.transaction { try await $0.execute("ROLLBACK") } }
            #expect(error?.kind == .misuse)
        }
    }

    @Test func `a connection that breaks in the body is lost, and certainly not committed`() async throws {
        try await withTable { (connection) async throws in
            let error = await errorOf {
                try await connection.transaction { connection in
                    _ = try? await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(error?.isOutcomeUnknown == false)
            #expect(await connection.isUsable == false)
        }
    }

    @Test func `a connection closed in the body is reported`() async throws {
        try await withTable { (connection) async throws in
            #expect(await errorOf { try await connection.transaction { await $0.close() } }?.kind == .closed)
        }
    }

    @Test func `a connection that breaks during COMMIT leaves the outcome unknown`() async throws {
        try await withTable { (connection) async throws in
            try await connection.execute(
                script: """
                    CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION die();
                    """
            )
            let error = await errorOf {
                try await connection.transaction { try await $0.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(error?.kind == .commitOutcomeUnknown)
            #expect(error?.isRetryable == false)
            #expect(error?.isConnectionFailure == true)
        }
    }

    @Test func `two writers in one another's way get a retryable error`() async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            let first = try await Connection.open(settings)
            let second = try await Connection.open(settings)
            try await first.execute(script: "CREATE TABLE t (id bigint); INSERT INTO t VALUES (1)")
            let error = await errorOf {
                try await first.transaction(isolation: .repeatableRead) { connection in
                    _ = try await connection.query("SELECT * FROM t")
                    try await second.execute("UPDATE t SET id = 2")
                    try await connection.execute("UPDATE t SET id = 3")
                }
            }
            #expect(error?.isSerializationFailure == true)
            #expect(error?.isRetryable == true)
            await first.close()
            await second.close()
        }
    }
}
