import Core
import Foundation
import Settings
import Testing

@testable import Operations

/// What is known of use after scans, what knowing it costs, and what a policy makes of it.
@Suite struct InvocationTests {
    private static let idle = Scenario.strict.replacing("{ age: 1d }", with: "{ idle: 7d }")
    private static let denied = ProviderFailure(
        .denied,
        "cloudwatch GetMetricData: AccessDenied",
        advice: "give the role the right",
        code: "AccessDenied"
    )

    private func ready(
        _ scenario: Scenario,
        _ resources: ObservedResource...,
        name: String = "shop-feat-a"
    ) async throws
        -> ComponentID
    {
        if try await scenario.wiring.store.policyInForce() == nil { try await scenario.ready(Self.idle) }
        return await scenario.world.add(name, in: Scenario.home, created: Scenario.longAgo) {
            $0.resources = resources
        }
    }

    @Test func `a function that was used keeps its environment, one that was not does not`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.function, "Api", "a-api"))
            _ = try await ready(scenario, resource(.function, "Api", "b-api"), name: "shop-feat-b")
            _ = try await ready(scenario, name: "shop-feat-c")
            await signals.count(.invocations(function: "a-api"), [scenario.day(3): 7])
            let outcome = try await scenario.scan(signals)
            #expect(outcome.notes.isEmpty && outcome.isComplete)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "keep")
            #expect(try await scenario.signal("feat-a")?.seen == .init(at: scenario.day(2), what: "function a-api"))
            #expect(try await scenario.verdict("feat-b") == "stale")
            let reason = try await scenario.environment("feat-b")?.verdict?.reason
            #expect(reason?.contains("; not invoked since ") == true && reason?.contains("(1 function)") == true)
            #expect(try await scenario.verdict("feat-c") == "stale")
            #expect(
                try await scenario.signal("feat-c")?.inapplicable == "no Lambda function and no API in its stacks"
            )
        }
    }

    @Test
    func `D7 a sighting is dated with the signals that its policy reads, not with a later reading of stacks alone`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            try await scenario.ready(Scenario.twice.replacing("age: 1d", with: "idle: 7d"))
            _ = try await ready(scenario, resource(.function, "Api", "a-api"))
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "flagged")
            // Whether it was used since then is not known.
            scenario.clock.pass(.seconds(13 * 3_600))
            try await scenario.scan(only: [Scenario.home])
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
            #expect(try await scenario.finding("feat-a") == "flagged")
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `APIs are used by id, by name and by connections; one that is not listed is unknown`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.restAPI, "Api", "rest1"))
            _ = try await ready(scenario, resource(.httpAPI, "Api", "http1"), name: "shop-feat-b")
            _ = try await ready(scenario, resource(.httpAPI, "Api", "ws1"), name: "shop-feat-c")
            _ = try await ready(scenario, resource(.restAPI, "Api", "rest2"), name: "shop-feat-d")
            await signals.arrange { signals in
                signals.name("rest1", "a-api")
                signals.count(.restRequests(name: "a-api"), [scenario.day(1): 1])
                signals.count(.httpRequests(api: "http1"), [scenario.day(2): 1])
                signals.count(.connections(api: "ws1"), [scenario.day(3): 1])
            }
            let outcome = try await scenario.scan(signals)
            #expect(try await scenario.signal("feat-a")?.seen == .init(at: scenario.day(0), what: "API a-api"))
            #expect(try await scenario.signal("feat-b")?.seen == .init(at: scenario.day(1), what: "API http1"))
            #expect(try await scenario.signal("feat-c")?.seen == .init(at: scenario.day(2), what: "API ws1"))
            #expect(try await scenario.signal("feat-d")?.missing == "API rest2 is not among the APIs listed")
            #expect(
                outcome.notes.map(\.summary) == ["invocations of 1 environment in 111111111111/eu-west-1 are unknown"]
            )
        }
    }

    @Test func `N4 what was read holds for six hours, of the same things, and a full scan reads it again`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            let id = try await ready(scenario, resource(.function, "Api", "a-api"))
            for number in 0..<3 {
                _ = try await ready(
                    scenario,
                    resource(.function, "Api", "n\(number)"),
                    resource(.httpAPI, "Http", "h\(number)"),
                    name: "shop-feat-n\(number)"
                )
            }
            _ = try await ready(scenario, name: "shop-feat-none")
            try await scenario.scan(signals)
            // One query for each function and two for each HTTP API, in one call.
            #expect(await signals.log == ["metrics 111111111111 10"])
            await signals.clearLog()
            for _ in 0..<3 { try await scenario.scan(signals) }
            scenario.clock.pass(.seconds(6 * 3_600 - 400))
            try await scenario.scan(signals)
            #expect(await signals.log.isEmpty)
            scenario.clock.pass(.seconds(400))
            try await scenario.scan(signals)
            #expect(await signals.log == ["metrics 111111111111 10"])
            try await scenario.scan(signals, full: true)
            #expect(await signals.log.count == 2)
            // Another function is another question, about that environment alone.
            await scenario.world.change(id) {
                $0.resources.append(resource(.function, "More", "a-more"))
                $0.component.updated = scenario.clock.now
            }
            try await scenario.scan(signals)
            #expect(await signals.log.last == "metrics 111111111111 2")
        }
    }

    @Test func `D3 what is denied is unknown, told, asked again, and never stale; what was seen stays seen`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.function, "Api", "a-api"))
            await signals.fail("metrics", Self.denied)
            let outcome = try await scenario.scan(signals)
            #expect(outcome.isComplete)
            #expect(
                outcome.notes == [
                    EvidenceNote(
                        "invocations of 1 environment in 111111111111/eu-west-1 are unknown",
                        why: Self.denied.summary,
                        advice: Self.denied.advice
                    )
                ]
            )
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")
            // Allowed: the next scan knows.
            await signals.arrange { signals in
                signals.fail("metrics", nil)
                signals.count(.invocations(function: "a-api"), [scenario.day(2): 1])
            }
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "keep")
            // Denied again: what was seen is still a fact, and idle for longer is not known.
            await signals.fail("metrics", Self.denied)
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "keep")
            scenario.clock.pass(.seconds(6 * 86_400))
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")
        }
    }

    @Test func `D3 one metric that was not answered whole makes its environment unknown, and no other`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.function, "A", "a-1"), resource(.function, "B", "a-2"))
            _ = try await ready(scenario, resource(.function, "Api", "b-api"), name: "shop-feat-b")
            await signals.lose(.invocations(function: "a-2"))
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.signal("feat-a")?.missing == "function a-2: PartialData")
            #expect(try await scenario.verdict("feat-a") == "undecided")
            #expect(try await scenario.verdict("feat-b") == "stale")
        }
    }

    @Test func `D3 a reading for which there was no time leaves what was never read unknown`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.function, "Api", "a-api"))
            // Stacks first: then there is none left for signals.
            try await scenario.scan()
            let late = SignalsOfEnvironments(
                provider: signals,
                store: scenario.ledger,
                rules: SignalRules(),
                readSchedules: TemplateFile.schedules
            )
            _ = try await late.read(full: false, until: scenario.clock.now, clock: scenario.wiring.clock)
            #expect(await signals.log.isEmpty)
            #expect(try await scenario.signal("feat-a")?.missing == "not read: there was no time left")
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")
        }
    }

    @Test func `D3 a signal that is named and switched off makes nothing stale, and idle alone goes without it`()
        async throws
    {
        try await Scenario.run { scenario in
            let signals = SignalWorld()
            let off = scenario.seeing(SignalRules(invocations: false))
            _ = try await ready(off, resource(.function, "Api", "a-api"))
            try await off.scan(signals, rules: off.wiring.signals)
            #expect(await signals.log.isEmpty)
            try await off.evaluate()
            #expect(try await off.verdict("feat-a") == "stale")
            let named = Self.idle.replacing("{ idle: 7d }", with: "{ idle: { for: 7d, of: [changed, invoked] } }")
            _ = try await ApplyingPolicy(off.wiring).apply(text: named)
            try await off.scan(signals, rules: off.wiring.signals)
            try await off.evaluate()
            #expect(try await off.verdict("feat-a") == "undecided")
        }
    }

    private static let template = """
        {"Resources": {
          "Api": {"Type": "AWS::Lambda::Function"},
          "Warm": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 hour)",
            "Targets": [{"Arn": {"Fn::GetAtt": ["Api", "Arn"]}, "Id": "a"}]}},
          "OnUpload": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["aws.s3"]},
            "Targets": [{"Arn": {"Fn::GetAtt": ["Api", "Arn"]}, "Id": "a"}]}}}}
        """

    @Test func `what its own schedule set off is no use, what events set off is; a template is read once`() async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            let id = try await ready(
                scenario,
                resource(.function, "Api", "a-api"),
                resource(.rule, "Warm", "a-warm"),
                resource(.rule, "OnUpload", "a-upload")
            )
            await signals.write(Self.template, of: id)
            let days = (1...20).map(scenario.day)
            let hourly = Dictionary(uniqueKeysWithValues: days.map { ($0, 24.0) })
            await signals.arrange { signals in
                signals.count(.invocations(function: "a-api"), hourly)
                signals.count(.triggers(rule: "a-warm"), hourly)
                signals.count(.triggers(rule: "a-upload"), hourly)
            }
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
            // The function, the schedule's two metrics, and none of the rule that waits for events.
            #expect(await signals.log == ["template", "metrics 111111111111 3"])
            // One more than was set off.
            var used = hourly
            used[scenario.day(2)] = 25
            await signals.count(.invocations(function: "a-api"), used)
            scenario.clock.pass(.seconds(12 * 3_600))
            await signals.clearLog()
            try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "keep")
            #expect(await signals.log == ["metrics 111111111111 3"])
            // A template that changed is another one.
            await scenario.world.change(id) { $0.component.updated = Scenario.longAgo.addingTimeInterval(9) }
            try await scenario.scan(signals, full: true)
            #expect(await signals.log.count { $0 == "template" } == 1)
        }
    }

    @Test func `D3 a template that cannot be read leaves a function that ran unknown, and one that did not idle`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(
                scenario,
                resource(.function, "Api", "a-api"),
                resource(.rule, "Warm", "a-warm")
            )
            _ = try await ready(
                scenario,
                resource(.function, "Api", "b-api"),
                resource(.schedule, "Nightly", "b-nightly"),
                name: "shop-feat-b"
            )
            await signals.arrange { signals in
                signals.count(.invocations(function: "a-api"), [scenario.day(30): 1])
                signals.fail("template", Self.denied)
            }
            let outcome = try await scenario.scan(signals)
            try await scenario.evaluate()
            #expect(
                try await scenario.signal("feat-a")?.missing
                    == "the template that says what a-warm invokes could not be read"
            )
            #expect(try await scenario.verdict("feat-a") == "undecided" && outcome.notes.count == 1)
            #expect(try await scenario.verdict("feat-b") == "stale")
        }
    }

    @Test func `two readings that saw nothing say so of both their times, and nothing is written anew for it`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(), SignalWorld())
            _ = try await ready(scenario, resource(.function, "Api", "a-api"))
            try await scenario.scan(signals)
            let first = try #require(try await scenario.signal("feat-a")?.noneSince)
            scenario.clock.pass(.seconds(20 * 86_400))
            try await scenario.scan(signals)
            #expect(try await scenario.signal("feat-a")?.noneSince == first)
            // Not where there is a gap between them: the window is ninety days.
            scenario.clock.pass(.seconds(91 * 86_400))
            try await scenario.scan(signals)
            let later = try #require(try await scenario.signal("feat-a")?.noneSince)
            #expect(later > first.addingTimeInterval(20 * 86_400))
        }
    }
}
