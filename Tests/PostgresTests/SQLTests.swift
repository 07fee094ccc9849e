import Foundation
import Testing

@testable import Postgres

@Suite struct SQLTests {
    @Test func `a value becomes a bind, never text`() {
        let name = "x'; DROP TABLE plan; --"
        let sql: SQL = "SELECT * FROM plan WHERE name = \(name) AND id = \(7)"
        #expect(sql.text == "SELECT * FROM plan WHERE name = $1 AND id = $2")
        #expect(sql.rendered.binds.map(\.type) == [.text, .int8])
    }

    @Test func `a part is put in with its binds renumbered`() {
        let part: SQL = "b = \(2) AND c = \("3")"
        let whole: SQL = "a = \(1) AND \(part) AND \([part, "d = \(4)"].joined(separator: " OR "))"
        #expect(whole.text == "a = $1 AND b = $2 AND c = $3 AND b = $4 AND c = $5 OR d = $6")
        #expect(whole.rendered.binds.count == 6)
    }

    @Test func `names and constants are quoted, raw text is not`() {
        let sql: SQL = "\(raw: "SET") \(identifier: "a\"b") = \(literal: "it's")\(literal: "a\\b")"
        #expect(sql.text == "SET \"a\"\"b\" = 'it''s' E'a\\\\b'")
    }

    @Test func `the description shows the name or the text and no value`() {
        let sql: SQL = "SELECT \("secret")"
        #expect(sql.description == "SELECT $1")
        #expect(sql.named("read it").description == "read it")
        #expect((sql.named("read it") + " LIMIT 1").name == "read it")
    }

    @Test func `a description of an error holds no values, its debug description does`() {
        var error = PostgresError(
            .server,
            "invalid input syntax for type uuid: \"secret\"",
            sqlState: SQLState("22P02")
        )
        error.detail = "Key (name)=(secret) already exists."
        error = error.about("SELECT \("secret")::uuid")
        #expect(error.description == "invalid input syntax for type uuid [22P02]")
        #expect(error.debugDescription.contains("Key (name)=(secret)"))
        #expect(error.debugDescription.contains("$1: secret (text)"))
        #expect(error.statement == "SELECT $1::uuid")
    }

    @Test func `a message of several lines is described in one`() {
        #expect(PostgresError(.server, "one\ntwo").description == "one two")
    }

    @Test func `only a certain rollback may be tried again`() {
        #expect(PostgresError(.commitRefused, "", sqlState: .serializationFailure).isRetryable)
        #expect(PostgresError(.server, "", sqlState: .deadlockDetected).isRetryable)
        #expect(!PostgresError(.commitOutcomeUnknown, "", sqlState: .serializationFailure).isRetryable)
        #expect(!PostgresError(.server, "", sqlState: .uniqueViolation).isRetryable)
    }

    @Test func `an ended connection is a connection failure by its code or its kind`() {
        #expect(PostgresError(.server, "", sqlState: .adminShutdown).isConnectionFailure)
        #expect(PostgresError(.server, "", sqlState: SQLState("08006")).isConnectionFailure)
        #expect(PostgresError(.cannotConnect, "").isConnectionFailure)
        #expect(!PostgresError(.server, "", sqlState: .queryCanceled).isConnectionFailure)
    }
}
