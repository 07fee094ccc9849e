import Foundation
import Postgres
import Testing

/// `curfew audit`: what was written down, and whether it still is what it was.
@Suite struct AuditTests {
    @Test func `P14 whatever a command writes down is sealed when it ends, and verified`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.planned()
            try await house.curfew("reap")
            #expect(try await house.lines("SELECT count(*)::text FROM audit_unsealed") == ["0"])
            let entries = try await house.lines("SELECT count(*)::text FROM audit_log")[0]
            let verified = try await house.curfew("audit", "--verify")
            #expect(verified.output.contains("\(entries) entries are as sealed"), "\(verified)")
            let head = try await house.lines(
                "SELECT seal_number || ' ' || encode(digest, 'hex') FROM audit_seals ORDER BY seal_number DESC LIMIT 1"
            )[0].split(separator: " ")
            #expect(verified.output.contains(head[1]), "\(verified)")
            // Who may only read can verify, too.
            let json = try await house.json("audit", "--verify", as: "eve")
            #expect(json["checked"].int == Int(entries) && json["head"]["digest"].string == String(head[1]))
            #expect(json["unsealed"].int == 0 && json["fault"] == .null)

            let shown = try await house.json("audit", "--limit", "5")
            #expect(shown["entries"].elements.count == 5 && shown["unsealed"].int == 0)
            let text = try await house.curfew("audit", "--limit", "500")
            #expect(text.output.contains("step intended") && text.output.contains("policy"), "\(text)")
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.output.contains("audit log: every entry is sealed"), "\(doctor)")
        }
    }

    @Test func `P14 an entry that was changed behind our back is named, with exit status 65`() async throws {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("pause", "--because", "incident 4711")
            try await house.curfew("resume")
            for statement: SQL in [
                "ALTER TABLE audit_log DISABLE TRIGGER USER",
                "UPDATE audit_log SET details = '{}' WHERE event = 'paused' OR details::text LIKE '%4711%'",
            ] { _ = try await house.lines(statement) }
            let number = try await house.lines("SELECT entry_id::text FROM audit_log WHERE details = '{}' LIMIT 1")[0]
            let outcome = try await house.curfew("audit", "--verify", expecting: 65)
            #expect(outcome.output.contains("entry \(number) is not what was sealed"), "\(outcome)")
            let json = try await house.json("audit", "--verify", expecting: 65)
            #expect(json["fault"].string.contains("entry \(number)"))
        }
    }

    @Test func `P14 what cannot be sealed is said`() async throws {
        try await House.with { house in
            for statement: SQL in [
                "REVOKE EXECUTE ON FUNCTION seal() FROM curfew_operator, curfew_scanner, curfew_reaper"
            ] {
                _ = try await house.lines(statement)
            }
            let outcome = try await house.curfew("pause", "--because", "x", expecting: nil)
            #expect(outcome.status == 77 && outcome.messages.contains("could not be sealed"), "\(outcome)")
            let shown = try await house.curfew("audit")
            #expect(shown.output.contains("for the seal"), "\(shown)")
        }
    }
}
