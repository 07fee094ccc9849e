import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ValueTests {
    /// Sends a value, lets the server compare it with its own spelling, and reads it back.
    private func roundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(
        _ value: Value,
        _ spelling: String,
        _ connection: Connection
    ) async throws {
        let row = try await connection.query(
            "SELECT \(value) AS value, \(value) IS NOT DISTINCT FROM \(raw: spelling) AS equal"
        ).only()
        #expect(try row["value", as: Value.self] == value)
        #expect(try row["equal", as: Bool.self], "\(value) is not \(spelling)")
    }

    @Test func `every scalar goes to the server and back`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await roundTrip("größer 🌙 'quoted'", "'größer 🌙 ''quoted'''::text", connection)
            try await roundTrip("", "''::text", connection)
            try await roundTrip(Int.min, "(-9223372036854775808)::bigint", connection)
            try await roundTrip(Int64.max, "9223372036854775807::bigint", connection)
            try await roundTrip(Int32(-7), "(-7)::integer", connection)
            try await roundTrip(true, "true", connection)
            try await roundTrip(-0.1, "(-0.1)::float8", connection)
            try await roundTrip(Double.infinity, "'Infinity'::float8", connection)
            let id = try #require(UUID(uuidString: "0f8fad5b-d9cb-469f-a165-70867728950e"))
            try await roundTrip(id, "'0f8fad5b-d9cb-469f-a165-70867728950e'::uuid", connection)
            try await roundTrip([UInt8]([0, 255, 92, 39]), "'\\x00ff5c27'::bytea", connection)
            try await roundTrip([UInt8](), "''::bytea", connection)
            try await roundTrip(Data([1, 2]), "'\\x0102'::bytea", connection)
            try await roundTrip(Duration.milliseconds(-90_500), "'-90.5 seconds'::interval", connection)
            try await roundTrip(JSONB(#"{"a": [1, null, "ü"]}"#), #"'{"a":[1,null,"ü"]}'::jsonb"#, connection)
        }
    }

    @Test func `dates keep their microseconds, before and after 2000`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            for (seconds, spelling) in [
                (1_795_435_200.123456, "2026-11-23 12:00:00.123456+00"), (-14_182_940.5, "1969-07-20 20:17:39.5+00"),
                (946_684_800, "2000-01-01 00:00:00+00"), (-62_135_596_800, "0001-01-01 00:00:00+00"),
            ] {
                // By way of 2000 as on the wire, so that both sides round alike.
                let date = Date(timeIntervalSinceReferenceDate: seconds - 978_307_200)
                let row = try await connection.query(
                    "SELECT \(date) AS value, \(date) = \(raw: "'\(spelling)'::timestamptz") AS equal"
                ).only()
                #expect(try row["equal", as: Bool.self], "\(spelling)")
                let back = try row["value", as: Date.self]
                #expect(abs(back.timeIntervalSince(date)) < 0.000_001)
                let again = try await connection.query("SELECT \(back) = \(date)").only()
                #expect(try again[0, as: Bool.self], "reading and sending again changes nothing")
            }
            let ends = try await connection.query("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz").only()
            #expect(try ends[0, as: Date.self] == .distantFuture)
            #expect(try ends[1, as: Date.self] == .distantPast)
        }
    }

    @Test func `arrays go to the server and back, with NULL elements and empty`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await roundTrip(["a", "", "{,\"}"], #"ARRAY['a', '', '{,"}']::text[]"#, connection)
            try await roundTrip([String](), "'{}'::text[]", connection)
            try await roundTrip(["a", nil, "b"] as [String?], "ARRAY['a', NULL, 'b']::text[]", connection)
            try await roundTrip([1, nil] as [Int64?], "ARRAY[1, NULL]::bigint[]", connection)
            try await roundTrip([1, 2], "ARRAY[1, 2]::bigint[]", connection)
            try await roundTrip([Int32(3)], "ARRAY[3]::integer[]", connection)
            try await roundTrip([true, false], "ARRAY[true, false]", connection)
            try await roundTrip([0.5], "ARRAY[0.5]::float8[]", connection)
            try await roundTrip([[1, 2], []] as [[UInt8]], #"ARRAY['\x0102', '']::bytea[]"#, connection)
            try await roundTrip(
                [Date(timeIntervalSince1970: 0), nil],
                "ARRAY['1970-01-01Z', NULL]::timestamptz[]",
                connection
            )
            try await roundTrip([JSONB("[1]"), nil], "ARRAY['[1]', NULL]::jsonb[]", connection)
            let id = UUID()
            try await roundTrip([id], "ARRAY['\(id)']::uuid[]", connection)
        }
    }

    @Test func `unnest makes rows of arrays`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let rows = try await connection.query(
                "SELECT * FROM unnest(\([1, 2]), \(["a", nil] as [String?])) AS t (id, name) ORDER BY id"
            ).decode(Int.self, String?.self)
            #expect(rows.map(\.0) == [1, 2])
            #expect(rows.map(\.1) == ["a", nil])
        }
    }

    @Test func `NULL is nil for an optional and an error naming the column otherwise`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let row = try await connection.query("SELECT \(nil as Int?) AS number, NULL::text AS name").only()
            #expect(try row["number", as: Int?.self] == nil)
            #expect(try row.isNull("name"))
            let error = await errorOf { _ = try row["name", as: String.self] }
            #expect(error?.kind == .decoding)
            #expect(error?.message == "column \"name\" of type text as String: it is NULL")
        }
    }

    @Test func `a column of another type is refused with its name and type`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let row = try await connection.query(
                "SELECT sum(n) AS total, 70000 AS big, 'x'::text AS name, 1 AS twice, 2 AS twice FROM unnest(\([1, 2])) n"
            ).only()
            #expect(
                await errorOf { _ = try row["total", as: Int.self] }?.message
                    == "column \"total\" of type numeric as Int: it cannot be read as Int"
            )
            #expect(await errorOf { _ = try row["name", as: [String].self] }?.kind == .decoding)
            #expect(await errorOf { _ = try row["big", as: Date.self] }?.kind == .decoding)
            #expect(await errorOf { _ = try row["nome", as: Int.self] }?.message.contains("no column \"nome\"") == true)
            #expect(await errorOf { _ = try row["twice", as: Int.self] }?.message.contains("several") == true)
            #expect(await errorOf { _ = try row[9, as: Int.self] }?.kind == .decoding)
            #expect(try row["big", as: Int64.self] == 70_000)
        }
    }

    @Test func `text of many types is a String`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            try await connection.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
            let row = try await connection.query(
                """
                SELECT 'a'::varchar, 'b'::name, '{"c": 1}'::jsonb, '{"d":1}'::json, 'ok'::mood, ARRAY['e']::varchar[],
                    ARRAY['sad', NULL]::mood[]
                """
            ).only()
            let read = try row.decode(
                String.self,
                String.self,
                String.self,
                JSONB.self,
                String.self,
                [String].self,
                [String?].self
            )
            #expect((read.0, read.1, read.2, read.4) == ("a", "b", "{\"c\": 1}", "ok"))
            #expect(read.3.text == "{\"d\":1}")
            #expect(read.5 == ["e"])
            #expect(read.6 == ["sad", nil])
        }
    }

    @Test func `what PostgreSQL cannot hold is refused before it is sent`() async throws {
        try await PostgresFixture.shared.withConnection { (connection) async throws in
            let zero = "a\u{0}b"
            let never = Date(timeIntervalSince1970: .nan)
            #expect(await errorOf { try await connection.execute("SELECT \(zero)") }?.kind == .encoding)
            #expect(await errorOf { try await connection.execute("SELECT \([zero])") }?.kind == .encoding)
            #expect(
                await errorOf { try await connection.execute("SELECT \(1), \(never)") }?.message.contains("$2") == true
            )
            #expect(await errorOf { try await connection.execute("SELECT \(raw: zero)") }?.kind == .encoding)
            #expect(try await connection.query("SELECT 1").only()[0, as: Int.self] == 1)
        }
    }
}
