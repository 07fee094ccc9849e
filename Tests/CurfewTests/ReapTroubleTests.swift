import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// What can come between an approved plan and its end.
@Suite struct ReapTroubleTests {
    /// Two stacks that can only go one after the other, and an environment of one.
    private static let fleet: [Deployment] = [
        Deployment(name: "network-feat-a", template: Templates.exporter),
        Deployment(name: "api-feat-a", template: Templates.importer, parameters: ["BuiltOn": "network-feat-a"]),
        Deployment(account: \.payments, name: "solo-feat-b"),
    ]

    /// A house with approved plans, behind a proxy.
    private func withPlans(shortLease: Bool = false, _ body: (House, Proxy) async throws -> Void) async throws {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            try await house.planned()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            try await body(try house.reaching(proxy.url, shortLease: shortLease), proxy)
        }
    }

    private func deletions(_ proxy: Proxy) -> [Proxy.Call] { proxy.calls.filter { $0.action == "DeleteStack" } }

    @Test func `P11 of two reapers at once one works, the other says so`() async throws {
        try await withPlans { house, proxy in
            let door = Door()
            proxy.decide { call, _ in
                call.action == "DeleteStack" && door.isForMe ? .passesAfter { door.pass() } : .passes
            }
            async let first = house.curfew("reap")
            try await door.awaitSomebody()
            let second = try await house.curfew("reap", expecting: nil)
            expectError(second, 75, saying: "another reaper is at work")
            #expect(deletions(proxy).count == 1)
            door.open()
            _ = try await first
            #expect(Set(deletions(proxy).compactMap(\.token)).count == 3 && deletions(proxy).count == 3)
            #expect(try await house.standing().isEmpty)
        }
    }

    @Test func `P8 paused by row, file or environment nothing is deleted, and the plans stay approved`() async throws {
        try await withPlans { house, proxy in
            // Waiting is no failure: the hourly reap ends with 0.
            func expectStandstill(_ outcome: Program.Outcome, _ reason: String) async throws {
                #expect((outcome.output + outcome.messages).contains(reason), "\(outcome)")
                #expect(deletions(proxy).isEmpty)
                #expect(try await house.planStates() == ["approved", "approved"])
            }
            try await house.curfew("pause", "--because", "incident 4711")
            try await expectStandstill(try await house.curfew("reap"), "incident 4711")
            // Whoever looks at what might go is told, too, and only as long as it is so.
            let stale = try await house.curfew("stale").messages
            #expect(stale.contains("everything is paused: incident 4711 ("), "\(stale)")
            #expect(stale.contains("nothing is torn down until: curfew resume"), "\(stale)")
            try await house.curfew("resume")
            #expect(try await !house.curfew("stale").messages.contains("paused"))
            try await expectStandstill(
                try await house.curfew("reap", with: ["CURFEW_PAUSE": "1"]),
                "CURFEW_PAUSE"
            )
            let data = house.folder + "/data"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            try house.write("", to: data + "/pause")
            try await expectStandstill(try await house.curfew("reap"), data + "/pause")
            try FileManager.default.removeItem(atPath: data + "/pause")
            try await house.curfew("reap")
            #expect(try await house.standing().isEmpty)
        }
    }

    @Test func `P8 paused in the middle, not one more deletion is asked for`() async throws {
        try await withPlans { house, proxy in
            let door = Door()
            proxy.decide { call, _ in
                call.action == "DeleteStack" && door.isForMe ? .passesAfter { door.pass() } : .passes
            }
            async let first = house.curfew("reap", expecting: nil)
            try await door.awaitSomebody()
            try await house.curfew("pause", "--because", "incident 4712")
            door.open()
            let paused = try await first
            #expect((paused.output + paused.messages).contains("incident 4712"), "\(paused)")
            #expect(deletions(proxy).count == 1)
            #expect(try await house.standing().count == 2)
            try await house.curfew("resume")
            try await house.curfew("reap")
            #expect(deletions(proxy).count == 3)
            #expect(try await house.standing().isEmpty)
            #expect(try await house.planStates() == ["done", "done"])
        }
    }

    @Test func `N3 deletions that are throttled without end are given up, and taken up by the next run`() async throws {
        // Whether a call arrived after all is known only when its signature has run out.
        try await withPlans(shortLease: true) { house, proxy in
            let answer = ScriptedAnswer(
                status: 400,
                body: "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message>"
                    + "</Error><RequestId>r</RequestId></ErrorResponse>"
            )
            proxy.decide { call, _ in call.action == "DeleteStack" ? .isAnswered(answer) : .passes }
            let throttled = try await house.curfew("reap", expecting: 5)
            #expect(throttled.messages.contains("hrottl") || throttled.output.contains("hrottl"), "\(throttled)")
            #expect(try await house.standing().count == 3)
            #expect(deletions(proxy).count <= 6, "bounded retries for each of two plans")
            #expect(try await house.planStates() == ["running", "running"])
            proxy.decide { _, _ in .passes }
            try await house.curfew("reap")
            #expect(try await house.standing().isEmpty)
            #expect(Set(deletions(proxy).compactMap(\.token)).count == 3)
        }
    }

    @Test func `P10 a deletion that is refused ends its plan, and no other`() async throws {
        try await withPlans { house, proxy in
            let denied = ScriptedAnswer(
                status: 403,
                body:
                    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: "
                    + "cloudformation:DeleteStack</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            )
            proxy.decide { call, _ in
                call.action == "DeleteStack" && call.stack?.contains("api-feat-a") == true
                    ? .isAnswered(denied) : .passes
            }
            let outcome = try await house.json("reap", expecting: 5)
            let states = Dictionary(
                uniqueKeysWithValues: outcome["plans"].elements.map {
                    ($0["environments"].elements[0]["name"].string, $0["state"].string)
                }
            )
            #expect(states == ["feat-a": "failed", "feat-b": "done"])
            #expect(try await house.standing() == ["shop/eu-west-1/api-feat-a", "shop/eu-west-1/network-feat-a"])
            // It has failed for good; what is left needs a new plan.
            let again = try await house.json("reap")
            #expect(again["plans"].elements.isEmpty)
        }
    }

    @Test func `P3 what moved since the approval is left alone, and said so`() async throws {
        try await withPlans { house, proxy in
            try await house.stacks(house.payments, "eu-west-1").update(
                "solo-feat-b",
                template: Templates.table,
                tags: ["owner": "ada@example.com"]
            )
            try await house.stacks(house.payments, "eu-west-1").settled("solo-feat-b")
            let outcome = try await house.curfew("reap", expecting: 5)
            #expect(outcome.output.contains("feat-b") || outcome.messages.contains("feat-b"), "\(outcome)")
            #expect(try await house.standing() == ["payments/eu-west-1/solo-feat-b"])
            #expect(try await house.planStates().sorted() == ["done", "superseded"])
            #expect(Set(deletions(proxy).compactMap(\.token)).count == 2)
        }
    }

    @Test func `P4 a stack made anew under the same name survives`() async throws {
        try await withPlans { house, proxy in
            let stacks = house.stacks(house.payments, "eu-west-1")
            try await stacks.delete("solo-feat-b")
            for _ in 0..<500 where try await !stacks.standing().isEmpty {}
            let id = try await stacks.create("solo-feat-b", template: Templates.topic)
            try await stacks.settled(id)
            try await house.curfew("reap", expecting: 5)
            #expect(try await stacks.standing().map(\.id) == [id])
            #expect(deletions(proxy).allSatisfy { $0.stack != id })
        }
    }

    @Test func `an AWS that cannot be reached is said so, and nothing approved is lost`() async throws {
        try await withPlans { house, proxy in
            proxy.stop()
            let outcome = try await house.curfew("reap", expecting: nil)
            #expect((outcome.output + outcome.messages).contains("could not be connected to"), "\(outcome)")
            #expect([5, 69].contains(outcome.status), "\(outcome)")
            #expect(try await house.standing().count == 3)
            #expect(try await house.planStates() == ["approved", "approved"])
        }
    }
}
