import Core
import Foundation
import Testing

@testable import Operations

/// Which functions a scan lists, what that costs, and what a policy makes of it.
@Suite struct RuntimeTests {
    private static func function(_ logical: String, _ name: String) -> ObservedResource {
        ObservedResource(logicalID: logical, physicalID: name, type: "AWS::Lambda::Function", status: "CREATE_COMPLETE")
    }

    private static let table = RuntimeTable(
        asOf: nil,
        entries: [
            // The tests' clock begins in October 2025.
            RuntimeTable.Entry(identifier: "nodejs16.x", deprecation: CalendarDay(text: "2024-06-12")),
            RuntimeTable.Entry(identifier: "nodejs24.x", deprecation: CalendarDay(text: "2028-04-30")),
        ]
    )

    private static let byRuntime = Scenario.strict.replacing("{ age: 1d }", with: "{ runtime: deprecated }")

    private func listings(_ scenario: Scenario) async -> Int {
        await scenario.world.log.count { $0 == "functions \(Scenario.home)" }
    }

    @Test func `N4 functions are listed only where a stack has one and something may have changed`() async throws {
        try await Scenario.run { scenario in
            let world = scenario.world
            let plain = await world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.scan()
            try await scenario.scan()
            #expect(await listings(scenario) == 0)
            let id = await world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo) {
                $0.resources = [Self.function("Api", "b-api")]
            }
            await world.setFunctions([ObservedFunction(name: "b-api", runtime: "nodejs16.x")], in: Scenario.home)
            try await scenario.scan()
            #expect(await listings(scenario) == 1)
            #expect(try await scenario.environment("feat-b")?.runtimes.uses.map(\.runtime) == ["nodejs16.x"])
            // Unchanged: nothing but the identity and the listing of stacks.
            await world.clearLog()
            try await scenario.scan()
            #expect(await world.log == ["identity \(Scenario.home)", "components \(Scenario.home)"])
            // Another stack changed, so that a function may have, too.
            await world.change(plain) { $0.component.updated = scenario.clock.now }
            try await scenario.scan()
            #expect(await listings(scenario) == 1)
            // Somebody changed the runtime by hand: seen by a full scan, and by any after seven days.
            await world.setFunctions([ObservedFunction(name: "b-api", runtime: "nodejs24.x")], in: Scenario.home)
            scenario.clock.pass(.seconds(6 * 86_400))
            try await scenario.scan()
            #expect(try await scenario.environment("feat-b")?.runtimes.uses.map(\.runtime) == ["nodejs16.x"])
            scenario.clock.pass(.seconds(86_400))
            try await scenario.scan()
            #expect(try await scenario.environment("feat-b")?.runtimes.uses.map(\.runtime) == ["nodejs24.x"])
            #expect(await listings(scenario) == 2)
            try await scenario.scan(full: true)
            #expect(await listings(scenario) == 3)
            // With the last function's stack goes the last reason to list any.
            await world.remove(id)
            try await scenario.scan()
            #expect(await listings(scenario) == 4)
            await world.change(plain) { $0.component.updated = scenario.clock.now }
            try await scenario.scan()
            #expect(await listings(scenario) == 4)
        }
    }

    @Test func `R1 a listing that fails spoils nothing, is asked for again, and is said`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            scenario.wiring.runtimes = Self.table
            let world = scenario.world
            await world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.resources = [Self.function("Api", "a-api")]
            }
            await world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            await world.setFunctions([ObservedFunction(name: "a-api", runtime: "nodejs16.x")], in: Scenario.home)
            await world.fail("functions", World.denied)
            try await scenario.ready(Self.byRuntime)
            let outcome = try await scenario.scan()
            #expect(outcome.isComplete)
            #expect(outcome.summary.readings.map(\.functionsFailure) == ["access denied"])
            try await scenario.evaluate()
            let blind = try #require(try await scenario.environment("feat-a"))
            #expect(blind.verdict?.verdict == "undecided" && blind.findingState == nil)
            #expect(blind.verdict?.reason.contains("functions not read: \(Scenario.home): access denied") == true)
            // No function is not an unknown one.
            #expect(try await scenario.environment("feat-b")?.verdict?.verdict == "keep")
            await world.fail("functions", nil)
            try await scenario.look()
            #expect(try await scenario.environment("feat-a")?.verdict?.verdict == "stale")
            #expect(await listings(scenario) == 2)
        }
    }

    @Test func `R1 a target that failed keeps the functions that were read before`() async throws {
        try await Scenario.run { scenario in
            let world = scenario.world
            await world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.resources = [Self.function("Api", "a-api")]
            }
            await world.setFunctions([ObservedFunction(name: "a-api", runtime: "nodejs16.x")], in: Scenario.home)
            try await scenario.ready()
            try await scenario.scan()
            await world.fail("components", World.down)
            scenario.clock.pass(.seconds(30 * 86_400))
            try await scenario.scan()
            #expect(await listings(scenario) == 1)
            #expect(try await scenario.environment("feat-a")?.runtimes.uses.map(\.functions) == [1])
        }
    }

    @Test func `functions of nested stacks are their root's, and cost a call only when something changed`() async throws
    {
        try await Scenario.run { scenario in
            let world = scenario.world
            let inner = await world.add("shop-feat-a-inner", in: Scenario.home, created: Scenario.longAgo) {
                $0.resources = [Self.function("Api", "a-api")]
            }
            let root = await world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.resources = [
                    ObservedResource(
                        logicalID: "Inner",
                        physicalID: inner.text,
                        type: "AWS::CloudFormation::Stack",
                        status: "CREATE_COMPLETE"
                    )
                ]
            }
            await world.change(inner) {
                $0.component = ObservedComponent(
                    id: inner,
                    target: Scenario.home,
                    name: "shop-feat-a-inner",
                    status: ComponentStatus("CREATE_COMPLETE"),
                    created: Scenario.longAgo,
                    updated: nil,
                    parent: root,
                    root: root,
                    tags: [:]
                )
            }
            await world.setFunctions([ObservedFunction(name: "a-api", runtime: "nodejs16.x")], in: Scenario.home)
            try await scenario.ready()
            let outcome = try await scenario.scan()
            #expect(outcome.summary.readings.first?.counts[.nested] == 1)
            let record = try #require(try await scenario.environment("feat-a"))
            #expect(record.componentCount == 1 && record.runtimes.uses == [.init(runtime: "nodejs16.x", functions: 1)])
            await world.clearLog()
            try await scenario.scan()
            #expect(await world.log == ["identity \(Scenario.home)", "components \(Scenario.home)"])
        }
    }

    @Test func `D8 a policy on runtimes judges by the table, and a moved date is seen`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            scenario.wiring.runtimes = Self.table
            let world = scenario.world
            for (name, runtime) in [("feat-old", "nodejs16.x"), ("feat-new", "nodejs24.x"), ("feat-odd", "cobol1.x")] {
                await world.add("shop-\(name)", in: Scenario.home, created: Scenario.longAgo) {
                    $0.resources = [Self.function("Api", name)]
                }
                let before = await world.listedFunctions[Scenario.home] ?? []
                await world.setFunctions(before + [ObservedFunction(name: name, runtime: runtime)], in: Scenario.home)
            }
            try await scenario.ready(Self.byRuntime)
            try await scenario.look()
            func verdicts() async throws -> [String] {
                var verdicts: [String] = []
                for name in ["feat-new", "feat-odd", "feat-old"] {
                    verdicts.append(try await scenario.environment(name)?.verdict?.verdict ?? "none")
                }
                return verdicts
            }
            #expect(try await verdicts() == ["keep", "undecided", "stale"])
            // Evaluating the same again writes nothing: the trace holds days, not ages.
            scenario.clock.pass(.seconds(86_400))
            let again = try await scenario.evaluate()
            #expect(again.changes.isEmpty)
            scenario.wiring.runtimes = RuntimeTable(
                asOf: nil,
                entries: [RuntimeTable.Entry(identifier: "nodejs16.x", deprecation: CalendarDay(text: "2030-01-01"))]
            )
            try await scenario.look()
            #expect(try await verdicts() == ["undecided", "undecided", "keep"])
        }
    }
}
