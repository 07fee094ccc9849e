import Core
import Foundation
import Testing

@testable import Operations

/// That nobody owns an environment is known only where all was read that could name somebody.
@Suite struct UntoldTrailTests {
    private static let policy = Scenario.strict.replacing("{ age: 1d }", with: "{ owner: unknown }")

    private func verdict(_ name: String, _ scenario: Scenario) async throws -> String? {
        try await scenario.evaluate()
        return try await scenario.environment(name)?.verdict?.verdict
    }

    private func because(_ name: String, _ scenario: Scenario) async throws -> String {
        String(decoding: try await scenario.environment(name)?.verdict?.trace ?? [], as: UTF8.self)
            .replacing("\\/", with: "/")
    }

    @Test func `D3 where CloudTrail refused to tell who made it, it is not known that nobody owns it`() async throws {
        try await Scenario.run { scenario in
            let swept = TrailSweepTests.Swept(scenario: scenario)
            await scenario.world.add(
                "shop-feat-a",
                in: Scenario.home,
                created: scenario.clock.now.addingTimeInterval(-7_200)
            )
            swept.trails.arrange { $0.failures["\(Scenario.home)"] = World.denied }
            try await scenario.ready(Self.policy)
            try await swept.scan()
            #expect(try await verdict("feat-a", scenario) == "undecided")
            #expect(try await because("feat-a", scenario).contains("CloudTrail of \(Scenario.home), around "))
            swept.trails.arrange { $0.failures = [:] }
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan()
            #expect(try await verdict("feat-a", scenario) == "stale")
            // What is deployed later has not been told of either, before the next reading.
            let id = try #require(await scenario.world.present.first)
            let then = scenario.clock.now.addingTimeInterval(300)
            scenario.clock.pass(.seconds(3_600))
            await scenario.world.redeploy(id, at: then)
            swept.trails.arrange { $0.failures["\(Scenario.home) ExecuteChangeSet"] = World.denied }
            try await swept.scan()
            #expect(try await verdict("feat-a", scenario) == "undecided")
        }
    }

    @Test func `D3 where a reading was cut off, what lies in its gap is not told of`() async throws {
        try await Scenario.run { scenario in
            var swept = TrailSweepTests.Swept(scenario: scenario)
            swept.pages = 1
            let start = scenario.clock.now.addingTimeInterval(-7_200)
            var events: [TrailEvent] = []
            for number in 1...4 {
                let at = start.addingTimeInterval(Double(number) * 60)
                let id = await scenario.world.add("shop-feat-\(number)", in: Scenario.home, created: at)
                // A machine made them: no owner.
                events.append(
                    TrailEvent(
                        id: "event-\(number)",
                        call: .createStack,
                        at: at,
                        identity: TrailIdentity(kind: "IAMUser", userName: "gitlab-12"),
                        component: id,
                        name: nil,
                        makes: true
                    )
                )
            }
            swept.trails.arrange { [events] in
                $0.events[Scenario.home] = events
                $0.pageSize = 2
            }
            try await scenario.ready(Self.policy)
            try await swept.scan()
            // The other calls were not asked for at all: the pages were used up.
            #expect(try await verdict("feat-4", scenario) == "undecided")
            swept.pages = 5
            for _ in 1...3 {
                scenario.clock.pass(.seconds(3_600))
                try await swept.scan()
            }
            for number in 1...4 { #expect(try await verdict("feat-\(number)", scenario) == "stale", "\(number)") }
        }
    }

    @Test func `what the history has forgotten is not waited for, nor what the settings leave out`() async throws {
        try await Scenario.run { scenario in
            var swept = TrailSweepTests.Swept(scenario: scenario)
            swept.trails.arrange { $0.failures["\(Scenario.home)"] = World.denied }
            await scenario.world.old("shop-feat-a")
            await scenario.world.add(
                "shop-feat-b",
                in: Scenario.home,
                created: scenario.clock.now.addingTimeInterval(-7_200)
            )
            try await scenario.ready(Self.policy)
            try await swept.scan()
            #expect(try await verdict("feat-a", scenario) == "stale")
            #expect(try await verdict("feat-b", scenario) == "undecided")
            swept.rules.asksCloudTrail = false
            var other = scenario
            other.wiring.rules.owners.asksCloudTrail = false
            #expect(try await verdict("feat-b", other) == "stale")
        }
    }
}
