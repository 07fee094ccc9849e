import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct CopyTests {
    private let columns = ["id", "name", "at", "known", "facts"]

    private func withTable(_ body: (Connection) async throws -> Void) async throws {
        try await PostgresFixture.shared.withConnection { connection in
            try await connection.execute(
                "CREATE TABLE t (id bigint PRIMARY KEY, name text, at timestamptz, known boolean, facts jsonb)"
            )
            try await body(connection)
        }
    }

    /// Compares the table with what the server makes by itself.
    private func differences(_ connection: Connection, _ count: Int) async throws -> Int {
        try await connection.query(
            """
            SELECT count(*) FROM t FULL JOIN (
                SELECT n AS id, CASE WHEN n % 3 > 0 THEN E'tab\\tline\\nback\\\\slash ' || n END AS name,
                    '2026-01-01Z'::timestamptz + n * '1.000001 s'::interval AS at, n % 2 = 0 AS known,
                    jsonb_build_object('n', n) AS facts
                FROM generate_series(1, \(count)) n
            ) e USING (id) WHERE t IS DISTINCT FROM e
            """
        ).only()[0, as: Int.self]
    }

    private let start = Date(timeIntervalSince1970: 1_767_225_600)

    @Test func `binary COPY writes 100000 rows of every kind`() async throws {
        try await withTable { (connection) async throws in
            let written = try await connection.copy(1...100_000, into: "t", columns: columns) { n, row in
                row.append(n)
                row.append(n % 3 > 0 ? "tab\tline\nback\\slash \(n)" : nil)
                row.append(start + Double(n) * 1.000001)
                row.append(n % 2 == 0)
                row.append(JSONB("{\"n\": \(n)}"))
            }
            #expect(written == 100_000)
            #expect(try await differences(connection, 100_000) == 0)
            #expect(await connection.isUsable)
        }
    }

    @Test func `text COPY writes the same`() async throws {
        try await withTable { (connection) async throws in
            let written = try await connection.copyText(1...20_000, into: "t", columns: columns) { n, row in
                row.append(n)
                if n % 3 > 0 { row.append("tab\tline\nback\\slash \(n)") } else { row.appendNull() }
                row.append(start + Double(n) * 1.000001)
                row.append(n % 2 == 0)
                row.append(JSONB("{\"n\": \(n)}"))
            }
            #expect(written == 20_000)
            #expect(try await differences(connection, 20_000) == 0)
        }
    }

    @Test func `text COPY writes dates before 1970, bytes, numbers and identifiers`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute("CREATE TABLE t (at timestamptz, raw bytea, number float8, id uuid)")
            let id = UUID()
            try await connection.copyText([-0.25, -1, 0], into: "t", columns: ["at", "raw", "number", "id"]) { n, row in
                row.append(Date(timeIntervalSince1970: n))
                row.append([0, 92, 255])
                row.append(n == 0 ? Double.infinity : n)
                row.append(id)
            }
            let rows = try await connection.query("SELECT * FROM t ORDER BY at")
                .decode(Date.self, [UInt8].self, Double.self, UUID.self)
            #expect(rows.map(\.0.timeIntervalSince1970) == [-1, -0.25, 0])
            #expect(rows.map(\.1) == Array(repeating: [0, 92, 255], count: 3))
            #expect(rows.map(\.2) == [-1, -0.25, .infinity])
            #expect(rows.allSatisfy { $0.3 == id })
        }
    }

    @Test func `rows may come in several goes`() async throws {
        try await withTable { (connection) async throws in
            let written = try await connection.copy(into: "t", columns: ["id"]) {
                (writer) async throws(PostgresError) in
                for start in [0, 10, 20] {
                    try await writer.write(start..<start + 10) { n, row in row.append(n) }
                }
            }
            #expect(written == 30)
        }
    }

    @Test func `an error of the body writes nothing and leaves the connection working`() async throws {
        try await withTable { (connection) async throws in
            let error = await errorOf {
                try await connection.copy(into: "t", columns: ["id"]) { (writer) async throws(PostgresError) in
                    try await writer.write(1...200_000) { n, row in row.append(n) }
                    throw PostgresError(.misuse, "enough")
                }
            }
            #expect(error?.message == "enough")
            #expect(await connection.isUsable)
            #expect(try await connection.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }

    @Test func `what the server refuses is its error, and the connection works on`() async throws {
        try await withTable { (connection) async throws in
            let twice = await errorOf {
                try await connection.copy([1, 2, 1], into: "t", columns: ["id"]) { n, row in row.append(n) }
            }
            #expect(twice?.isUniqueViolation == true)
            let narrow = await errorOf {
                try await connection.copy([1], into: "t", columns: ["id"]) { n, row in row.append(Int32(n)) }
            }
            #expect(narrow?.sqlState == .protocolViolation)
            #expect(narrow?.isConnectionFailure == false)
            let short = await errorOf {
                try await connection.copy([1], into: "t", columns: ["id", "name"]) { n, row in row.append(n) }
            }
            #expect(short?.kind == .misuse)
            #expect(await connection.isUsable)
            #expect(try await connection.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }

    @Test func `COPY takes part in a transaction`() async throws {
        try await withTable { (connection) async throws in
            _ = await errorOf {
                try await connection.transaction { (connection) async throws(PostgresError) in
                    try await connection.copy(1...5, into: "t", columns: ["id"]) { n, row in row.append(n) }
                    throw PostgresError(.misuse, "no")
                }
            }
            #expect(try await connection.query("SELECT count(*) FROM t").only()[0, as: Int.self] == 0)
        }
    }

    @Test func `COPY OUT hands out all bytes in pieces`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            var pieces: [Int] = []
            var lines = 0
            try await connection.copyOut("COPY (SELECT generate_series(1, 500000)) TO STDOUT") {
                (bytes) async throws(PostgresError) in
                pieces.append(bytes.count)
                lines += bytes.count { $0 == 0x0a }
            }
            #expect(lines == 500_000)
            #expect(pieces.count > 2)
            #expect(await connection.isUsable)
        }
    }

    @Test func `COPY OUT can be stopped half way`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let error = await errorOf {
                try await connection.copyOut("COPY (SELECT generate_series(1, 5000000)) TO STDOUT") {
                    (_) async throws(PostgresError) in
                    throw PostgresError(.misuse, "enough")
                }
            }
            #expect(error?.message == "enough")
            #expect(await connection.isUsable)
            #expect(try await connection.query("SELECT 1").only()[0, as: Int.self] == 1)
        }
    }
}
