import Core
import Foundation
import Operations
import Testing

/// Generated environments that import from each other, from the first scan to the last stack.
///
/// The world cancels the deletion of whatever is still imported, as AWS does, so a wrong order fails its plan.
@Suite struct GraphTests {
    @Test(arguments: [(20, 1), (20, 2), (60, 3), (500, 4)])
    func `P5 whatever imports whatever, what can go goes in order, and the rest is blocked by exactly what holds it`(
        size: Int,
        seed: Int
    ) async throws {
        try await Scenario.run { scenario in
            let fleet = try await Fleet(size, seed: UInt64(seed)).built(scenario)
            let plans = try await planned(scenario)
            #expect(plans.flatMap(\.document.environments).count == fleet.environments.count)
            for plan in plans { expectBlocked(plan, fleet) }
            let approved = plans.filter(\.blockers.isEmpty)
            #expect(!approved.isEmpty && approved.count < plans.count)
            // The largest is planned only: what is reaped is read anew for each environment.
            guard size < 500 else { return }
            let outcome = try await reaped(approved, scenario)
            #expect(outcome.plans.allSatisfy { $0.state == .done }, "\(outcome.plans.compactMap(\.endedBecause))")
            let gone = Set(approved.flatMap(\.document.steps).map(\.component))
            #expect(await scenario.world.present == Set(fleet.stacks.map(\.id)).subtracting(gone))
            #expect(await scenario.world.deletions.count == gone.count)
        }
    }

    @Test func `P10 a stack that is stuck holds back exactly what it leans on, and what that leans on`() async throws {
        try await Scenario.run { scenario in
            let fleet = try await Fleet(60, seed: 5).built(scenario)
            let plans = try await planned(scenario).filter(\.blockers.isEmpty)
            let all = Set(plans.flatMap(\.document.steps).map(\.component))
            let stuck = Set(all.sorted().enumerated().filter { $0.offset % 7 == 3 }.map(\.element))
            for id in stuck { await scenario.world.change(id) { $0.onDelete = .fails("it is held") } }
            _ = try await reaped(plans, scenario)
            // Whoever stays keeps what it imports from.
            var staying = stuck
            while true {
                let imports = fleet.stacks.filter { staying.contains($0.id) }.reduce(into: Set<String>()) {
                    $0.formUnion($1.imports)
                }
                let more = fleet.stacks.filter { imports.contains($0.export) && all.contains($0.id) }.map(\.id)
                if staying.isSuperset(of: more) { break }
                staying.formUnion(more)
            }
            #expect(staying.count > stuck.count && staying.count < all.count)
            #expect(await scenario.world.present.intersection(all) == staying)
            // What waits for something stuck was never asked for.
            let asked = await Set(scenario.world.deletedIDs)
            #expect(asked.subtracting(stuck) == all.subtracting(staying))
        }
    }

    private func planned(_ scenario: Scenario) async throws -> [PlanRecord] {
        let wide = "share: 100%, per_account: 1000, per_run: 1000, per_day: 1000, per_owner: 1000"
        try await scenario.ready(Scenario.strict.replacing("share: 100%", with: wide))
        try await scenario.look()
        return try await scenario.planDue().plans
    }

    private func reaped(_ plans: [PlanRecord], _ scenario: Scenario) async throws -> Reap.Outcome {
        for plan in plans { try await scenario.approve(plan) }
        return try await scenario.reap(pacing: Pacing(parallel: 50, waves: false, stopAfterFailures: 100))
    }

    /// Exactly the imports from outside and the circles that are there, each counted from the edges alone.
    private func expectBlocked(_ plan: PlanRecord, _ fleet: Fleet) {
        let environments = Set(plan.document.environments.map(\.key.name.text))
        let inside = fleet.stacks.filter { environments.contains($0.environment) }
        let names = Set(inside.map(\.name))
        var expected: Set<String> = []
        for stack in inside {
            for importer in fleet.importers[stack.export] ?? [] where !names.contains(importer.name) {
                // All that import from each other are in the same plan, if they are due.
                #expect(!fleet.environments.contains(importer.environment))
                expected.insert(
                    "\(stack.name) exports \(stack.export), which \(importer.name) outside this plan imports: "
                        + "plan both, or remove that import"
                )
            }
        }
        #expect(Set(plan.blockers.filter { $0.kind == .importer }.map(\.text)) == expected)
        let circles = plan.blockers.filter { $0.kind == .cycle }.map(\.text)
        #expect(circles.isEmpty == !fleet.hasCircle(inside))
        for circle in circles {
            let words = circle.dropFirst("these import from each other in a circle: ".count)
                .split(separator: ";")[0].components(separatedBy: " → ")
            let along = words.compactMap { name in inside.first { $0.name == name } }
            #expect(along.count == words.count && along.count > 1, "\(circle)")
            for (exporter, importer) in zip(along, along.dropFirst() + along.prefix(1)) {
                #expect(importer.imports.contains(exporter.export), "\(circle)")
            }
        }
        #expect(plan.blockers.allSatisfy { $0.kind == .importer || $0.kind == .cycle })
        #expect((plan.state == .awaitingApproval) == plan.blockers.isEmpty)
    }

    /// Stacks with an export each; most imports stay in an environment, some bind two, some come from outside.
    private struct Fleet {
        struct Stack {
            let name: String
            let environment: String
            let export: String
            var imports: Set<String> = []
            var id = ComponentID("")

            init(_ name: String, _ environment: String) {
                (self.name, self.environment, export) = (name, environment, "\(name)-out")
            }
        }

        var stacks: [Stack] = []
        let environments: Set<String>
        /// By export.
        private(set) var importers: [String: [Stack]] = [:]

        init(_ size: Int, seed: UInt64) {
            var dice = Dice(state: seed)
            var environments: Set<String> = []
            while stacks.count < size {
                let environment = "feat-\(environments.count)"
                let first = stacks.count
                for number in 0..<min(1 + dice.roll(7), size - first) {
                    var stack = Stack("s\(number)-\(environment)", environment)
                    for earlier in stacks[first...] where dice.roll(3) == 0 { stack.imports.insert(earlier.export) }
                    // Of another environment, which then can only go together with this one.
                    if first > 10, dice.roll(25) == 0 {
                        stack.imports.insert(stacks[first - 1 - dice.roll(10)].export)
                    }
                    stacks.append(stack)
                }
                // One environment in eight bites its tail.
                if dice.roll(8) == 0, let last = stacks[first...].last, stacks[first].name != last.name {
                    stacks[first].imports.insert(last.export)
                    stacks[stacks.count - 1].imports.insert(stacks[first].export)
                }
                environments.insert(environment)
            }
            self.environments = environments
            // Nobody plans these: one is permanent, the other was deployed a moment ago.
            for (name, environment) in [("web-prod", "prod"), ("new-fix-1", "fix-1")] {
                var stack = Stack(name, environment)
                for _ in 0...(size / 100) { stack.imports.insert(stacks[dice.roll(size)].export) }
                stacks.append(stack)
            }
        }

        /// Takes away whoever nobody imports from, until nothing more goes.
        func hasCircle(_ inside: [Stack]) -> Bool {
            var left = Dictionary(uniqueKeysWithValues: inside.map { ($0.name, $0) })
            while true {
                let free = left.values.filter { stack in
                    !(importers[stack.export] ?? []).contains { left[$0.name] != nil }
                }
                if free.isEmpty { return !left.isEmpty }
                for stack in free { left[stack.name] = nil }
            }
        }

        /// The same in the scenario's world.
        func built(_ scenario: Scenario) async throws -> Fleet {
            var fleet = self
            for index in stacks.indices {
                let stack = stacks[index]
                let created = stack.environment == "fix-1" ? scenario.clock.now : Scenario.longAgo
                fleet.stacks[index].id = await scenario.world.add(stack.name, in: Scenario.home, created: created) {
                    $0.exports = [stack.export]
                    $0.imports = stack.imports.sorted()
                }
                for export in stack.imports { fleet.importers[export, default: []].append(fleet.stacks[index]) }
            }
            return fleet
        }
    }

    /// The same numbers on every machine.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
