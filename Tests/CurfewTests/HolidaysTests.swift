import Foundation
import Testing

/// Files of holidays beside a policy, from the check to what is in force.
@Suite struct HolidaysTests {
    private static func calendar(_ day: String, rule: String = "") -> String {
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:\(day)\r\n\(rule)END:VEVENT\r\nEND:VCALENDAR\r\n"
    }

    @Test func `a check reads them beside the policy, and says where one is wrong or missing`() async throws {
        try await House.with { house in
            let policy = try String(contentsOfFile: house.policyFile, encoding: .utf8)
            try house.write(policy + "window: { zone: UTC, except: [2026-12-24, days.ics] }\n", to: house.policyFile)
            let missing = try await house.curfew("policy", "check", house.policyFile, expecting: 65)
            #expect(missing.messages.contains("policy.yaml:13:43: `window.except[2]` names `days.ics`"), "\(missing)")
            #expect(missing.messages.contains("days.ics does not exist"), "\(missing)")
            try house.write(Self.calendar("20261225", rule: "RRULE:FREQ=MONTHLY\r\n"), to: house.folder + "/days.ics")
            let wrong = try await house.curfew("policy", "check", house.policyFile, expecting: 65)
            #expect(wrong.messages.contains("line 4: RRULE:FREQ=MONTHLY is more than FREQ=YEARLY"), "\(wrong)")
            _ = try await house.curfew("policy", "apply", house.policyFile, expecting: 65)
            try house.write(Self.calendar("20261225", rule: "RRULE:FREQ=YEARLY\r\n"), to: house.folder + "/days.ics")
            try await house.curfew("policy", "check", house.policyFile)
        }
    }

    @Test
    func `days that somebody wrote into the policy file themselves are refused, as no file would be read any more`()
        async throws
    {
        try await House.with { house in
            let policy = try String(contentsOfFile: house.policyFile, encoding: .utf8)
            try house.write(Self.calendar("20261225"), to: house.folder + "/days.ics")
            try house.write(
                policy + "window: { zone: UTC, except: [days.ics] }\n"
                    + "calendars:\n  - { file: days.ics, days: [\"2026-12-24\"] }\n",
                to: house.policyFile
            )
            for verb in ["check", "apply"] {
                let refused = try await house.curfew("policy", verb, house.policyFile, expecting: 65)
                #expect(refused.messages.contains("has `calendars`, which is written by Curfew"), "\(refused)")
                #expect(refused.messages.contains("remove it"), "\(refused)")
            }
        }
    }

    @Test func `what was read is in force, whatever becomes of the file, and doctor tells of both`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            let policy = try String(contentsOfFile: house.policyFile, encoding: .utf8)
            try house.write(policy + "window: { zone: UTC, except: days.ics }\n", to: house.policyFile)
            let days = house.folder + "/days.ics"
            try house.write(Self.calendar("20200103"), to: days)
            let first = try await house.curfew("policy", "apply", house.policyFile)
            #expect(first.output.hasPrefix("revision 1 "), "\(first)")
            let doctor = try await house.curfew("doctor")
            #expect(doctor.output.contains("days.ics ended 2020-01-03, more than a year ago"), "\(doctor)")
            // Another day in the file is another policy, and none of it is in force before it is applied.
            try house.write(Self.calendar("20990103"), to: days)
            let differs = try await house.curfew("doctor", expecting: 78)
            #expect(differs.output.contains("differs from revision 1"), "\(differs)")
            // What is in force needs no file.
            try FileManager.default.removeItem(atPath: days)
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            try house.write(Self.calendar("20990103"), to: days)
            let second = try await house.curfew("policy", "apply", house.policyFile)
            #expect(second.output.hasPrefix("revision 2 "), "\(second)")
            let again = try await house.curfew("policy", "apply", house.policyFile)
            #expect(again.output.contains("is in force already, as revision 2"), "\(again)")
            #expect(try await !house.curfew("doctor").output.contains("days.ics"))
        }
    }
}
