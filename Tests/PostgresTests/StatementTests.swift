import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct StatementTests {
    @Test func `a refused row says which rule refused it`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute(
                script: """
                    CREATE TABLE plan (id bigint PRIMARY KEY, state text NOT NULL CONSTRAINT known CHECK (state IN ('a')));
                    INSERT INTO plan VALUES (1, 'a');
                    """
            )
            let twice = await errorOf {
                try await connection.execute(("INSERT INTO plan VALUES (\(1), 'a')" as SQL).named("add a plan"))
            }
            #expect(twice?.isUniqueViolation == true)
            #expect(twice?.constraint == "plan_pkey")
            #expect(twice?.table == "plan")
            #expect(twice?.detail?.contains("(1)") == true)
            #expect(twice?.description.hasPrefix("add a plan: duplicate key") == true)
            let unknown = await errorOf { try await connection.execute("INSERT INTO plan VALUES (2, \("b"))") }
            #expect(unknown?.isCheckViolation == true)
            #expect(unknown?.constraint == "known")
            #expect(
                await errorOf { try await connection.execute("INSERT INTO plan VALUES (3)") }?.isNotNullViolation
                    == true
            )
            let typo = await errorOf { try await connection.execute("SELECT nothing FROM plan") }
            #expect(typo?.position == 8)
            #expect(typo?.sqlState == SQLState("42703"))
        }
    }

    @Test func `execute counts rows`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            #expect(try await connection.execute("CREATE TABLE t (id bigint)") == 0)
            #expect(try await connection.execute("INSERT INTO t SELECT generate_series(1, 5)") == 5)
            #expect(try await connection.execute("DELETE FROM t WHERE id > \(3)") == 2)
        }
    }

    @Test func `a script is all or nothing`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let error = await errorOf {
                try await connection.execute(script: "CREATE TABLE a (); CREATE TABLE a ();", name: "m0001")
            }
            #expect(error?.statementName == "m0001")
            let rows = try await connection.query("SELECT to_regclass('a')::text AS a").only()
            #expect(try rows["a", as: String?.self] == nil)
        }
    }

    @Test func `a statement can be described without running it`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let shape = try await connection.describe("SELECT \(1) AS a, \("b")::uuid AS b WHERE 1 / 0 = 1")
            #expect(shape.parameters == [.int8, .text])
            #expect(shape.columns.map(\.name) == ["a", "b"])
            #expect(shape.columns.map(\.type) == [.int8, .uuid])
            #expect(
                await errorOf { _ = try await connection.describe("SELECT FROM nowhere") }?.sqlState == .undefinedTable
            )
        }
    }

    @Test func `notices go to the closure`() async throws {
        let notices = Shared<[String]>([])
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            var settings = settings
            settings.onNotice = { notice in notices.withLock { $0.append("\(notice.severity): \(notice.message)") } }
            let connection = try await Connection.open(settings)
            try await connection.execute("DO $$ BEGIN RAISE WARNING 'careful'; END $$")
            await connection.close()
        }
        #expect(notices.withLock { $0 } == ["WARNING: careful"])
    }

    @Test func `batches hand out all rows and allow statements in between`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            var sizes: [Int] = []
            var sum = 0
            try await connection.batches(of: 1_000, "SELECT n FROM generate_series(1, \(2_500)) n") { rows in
                sizes.append(rows.count)
                for row in rows { sum += try row[0, as: Int.self] }
                try await connection.execute("SELECT 1")
            }
            #expect(sizes == [1_000, 1_000, 500])
            #expect(sum == 2_500 * 2_501 / 2)
        }
    }

    @Test func `an error in a batch ends the reading and the transaction`() async throws {
        struct Enough: Error {}
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            await #expect(throws: Enough.self) {
                try await connection.batches(of: 10, "SELECT generate_series(1, 100)") { _ in throw Enough() }
            }
            #expect(await connection.isUsable)
        }
    }

    @Test func `settings reach the server`() async throws {
        try await PostgresFixture.shared.withDatabase { (settings) async throws in
            var settings = settings
            settings.applicationName = "curfew test"
            settings.options = "-c statement_timeout=1234"
            let connection = try await Connection.open(settings)
            let row = try await connection.query(
                "SELECT current_setting('application_name'), current_setting('statement_timeout')"
            ).only()
            #expect(try row.decode(String.self, String.self) == ("curfew test", "1234ms"))
            await connection.close()
            await connection.close()
            #expect(await errorOf { try await connection.execute("SELECT 1") }?.kind == .closed)
        }
    }

    @Test func `the server's own statement timeout is no cancellation`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute("SET statement_timeout = '20ms'")
            let error = await errorOf { try await connection.execute("SELECT pg_sleep(20)") }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == .queryCanceled)
        }
    }

    @Test func `no password gets out when there is no connection`() async throws {
        for connection in [
            "postgresql://user:pa%zzsecret@127.0.0.1/x", "host=127.0.0.1 password=a secret",
            "postgresql://u:p@secret@h/x",
            "postgresql://u:secret@127.0.0.1:1/x?connect_timeout=2", "host=127.0.0.1 port=1 password='secret' secret",
            "postgresql://u:a\"secret@[127/x", "host='secret",
        ] {
            let settings = ConnectionSettings(connection)
            let error = await errorOf { _ = try await Connection.open(settings) }
            #expect(error?.kind == .cannotConnect, "\(connection)")
            #expect(error?.debugDescription.contains("secret") == false, "\(error?.debugDescription ?? "")")
            #expect(!"\(settings)".contains("secret"))
            #expect(!String(reflecting: settings).contains("secret"))
        }
    }

    @Test func `COPY through query is refused and leaves the connection working`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute("CREATE TABLE t (id bigint)")
            #expect(await errorOf { try await connection.execute("COPY t FROM STDIN") }?.kind == .misuse)
            #expect(await errorOf { try await connection.execute("COPY t TO STDOUT") }?.kind == .misuse)
            #expect(try await connection.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }
}
