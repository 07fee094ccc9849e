import Foundation
import Postgres
import Testing

/// An account in which many environments turned stale at once, as those see it who have to look.
@Suite struct BreakerTests {
    @Test func `P7 a held account is said by every command, until an operator accepts it`() async throws {
        try await House.with(.people) { house in
            try await house.deploy((1...7).map { Deployment(name: "a-feat-\($0)") })
            let sudden = try String(contentsOfFile: house.policyFile, encoding: .utf8)
            try house.write(sudden.replacing("not: { age: 3650d }", with: "age: 3650d"), to: house.policyFile)
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("accounts", "mode", "shop", "reap", "--because", "a test")
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            // A day later somebody writes a policy that calls everything stale.
            _ = try await house.lines("UPDATE evaluations SET at = at - interval '21 hours' RETURNING '1'")
            try house.write(sudden, to: house.policyFile)
            try await house.curfew("policy", "apply", house.policyFile)
            let evaluated = try await house.curfew("evaluate")
            let held = "7 of its 7 environments turned stale"
            #expect(evaluated.output.contains(held), "\(evaluated)")
            #expect(try await house.json("evaluate")["held"].elements.count == 1)

            let planned = try await house.curfew("plan", "--due", expecting: 5)
            #expect(planned.output.contains("is held since"), "\(planned)")
            let named = try await house.curfew("plan", "feat-1", expecting: 5)
            #expect(named.messages.contains("curfew accounts accept"), "\(named)")
            #expect(try await house.curfew("accounts").output.contains(held))
            #expect(try await house.curfew("report").output.unwrapped.contains(held))
            #expect(try await house.json("report")["alarms"].elements.contains { $0.string.contains(held) })
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.status == 78 && doctor.output.contains("FAIL  breaker"), "\(doctor)")

            try await house.curfew("accounts", "accept", "shop", "--because", "x", as: "eve", expecting: 77)
            let accepted = try await house.curfew("accounts", "accept", "shop", "--because", "they are stale indeed")
            #expect(accepted.output.contains("not held any more"), "\(accepted)")
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let free = try await house.json("plan", "--due")
            #expect(free["plans"].elements.count == 7)
        }
    }
}
