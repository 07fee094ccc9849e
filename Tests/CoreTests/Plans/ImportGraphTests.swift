import Core
import Testing

/// Generated exports and imports of up to 500 stacks.
@Suite struct ImportGraphTests {
    /// The same numbers on every machine.
    private struct Dice {
        var seed: UInt64
        mutating func roll(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return bound <= 0 ? 0 : Int(seed >> 33) % bound
        }
    }

    private static func id(_ number: Int) -> ComponentID {
        ComponentID("c" + String(repeating: "0", count: 4 - String(number).count) + String(number))
    }

    /// Importers have higher numbers than exporters, so there is no circle; some are unknown to the listing.
    private static func graph(_ size: Int, _ dice: inout Dice) -> ImportGraph {
        var exports: [ComponentID: [ExportReading]] = [:]
        for number in 0..<size {
            exports[id(number)] = (0..<dice.roll(3)).map { export in
                let importers = (0..<dice.roll(4)).map { _ -> ImporterReading in
                    let importer = number + 1 + dice.roll(size - number + 2)
                    return ImporterReading(
                        name: "s\(importer)",
                        id: dice.roll(20) == 0 || importer >= size ? nil : id(importer)
                    )
                }
                return ExportReading(name: "e\(number)-\(export)", importers: importers)
            }
        }
        return ImportGraph(exports)
    }

    private static let sizes = [1, 2, 10, 60, 200, 500]

    private static func each(_ size: Int, _ body: (ImportGraph, Set<ComponentID>, inout Dice) -> Void) {
        for round in 0..<8 {
            var dice = Dice(seed: UInt64(size * 1_000 + round))
            let graph = graph(size, &dice)
            // Everything, or some of it: what is left out is outside the plan.
            let inside = Set((0..<size).filter { _ in round % 2 == 0 || dice.roll(4) > 0 }.map(id))
            body(graph, inside, &dice)
        }
    }

    @Test(arguments: sizes)
    func `P5 importers outside block exactly what they import from`(size: Int) {
        Self.each(size) { graph, inside, _ in
            let outside = graph.outside(inside)
            // Counted the other way round: every import edge, and whether its importer goes with the plan.
            var expected: Set<String> = []
            for (exporter, exports) in graph.exports where inside.contains(exporter) {
                for export in exports {
                    for importer in export.importers where importer.id.map({ !inside.contains($0) }) ?? true {
                        expected.insert("\(exporter) \(export.name) \(importer.text)")
                    }
                }
            }
            #expect(Set(outside.map { "\($0.exporter) \($0.export) \($0.importer.text)" }) == expected)
            #expect(outside.allSatisfy { inside.contains($0.exporter) })
        }
    }

    @Test(arguments: sizes)
    func `every step comes after the last deletion of everything that it waits for`(size: Int) {
        Self.each(size) { graph, inside, dice in
            let waitsFor = graph.waitsFor(inside)
            guard case .ordered(let order) = TeardownSequence(inside, importers: waitsFor, needs: []).outcome else {
                Issue.record("a circle was found where there is none")
                return
            }
            #expect(Set(order) == inside && order.count == inside.count)
            let chains = order.map { component in
                StepChain(
                    environment: EnvironmentKey(space: SpaceName("s"), name: EnvironmentName("feat"), incarnation: 1),
                    component: component,
                    target: Target(account: AccountID("1"), region: Region("r")),
                    name: component.text,
                    switchesProtectionOff: dice.roll(5) == 0,
                    buckets: dice.roll(5) == 0 ? ["b"] : [],
                    logGroups: dice.roll(5) == 0 ? ["g"] : []
                )
            }
            let steps = StepChain.steps(chains, waitsFor: waitsFor)
            #expect(steps.map(\.number) == Array(1...max(1, steps.count)).prefix(steps.count).map(\.self))
            #expect(steps.allSatisfy { step in step.after.allSatisfy { $0 < step.number } })
            var last: [ComponentID: Int] = [:]
            for step in steps where step.action.deletesComponent { last[step.component] = step.number }
            for step in steps where step.action == .deleteStack || step.action == .switchProtectionOff {
                let needed = (waitsFor[step.component] ?? []).compactMap { last[$0] }
                #expect(Set(needed).isSubset(of: step.after))
            }
        }
    }

    @Test(arguments: sizes.dropFirst())
    func `an import back makes a circle, and the circle that is named is one`(size: Int) {
        Self.each(size) { graph, inside, _ in
            let waitsFor = graph.waitsFor(inside)
            guard let (exporter, importers) = waitsFor.min(by: { $0.key < $1.key }), let importer = importers.min()
            else {
                return
            }
            var circular = waitsFor
            circular[importer, default: []].insert(exporter)
            guard case .cycles(let cycles) = TeardownSequence(inside, importers: circular, needs: []).outcome else {
                Issue.record("the circle was not found")
                return
            }
            #expect(!cycles.isEmpty)
            for cycle in cycles {
                #expect(cycle.first == cycle.min())
                for (one, next) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) {
                    #expect(circular[one]?.contains(next) == true)
                }
            }
        }
    }

    @Test(arguments: sizes)
    func `needs are met where they make no circle, and never at the price of an import`(size: Int) {
        Self.each(size) { graph, inside, dice in
            let waitsFor = graph.waitsFor(inside)
            let all = inside.sorted()
            guard let first = all.first else { return }
            let needs = (0..<dice.roll(6)).map { number in
                TeardownNeed(
                    component: all[dice.roll(all.count)],
                    owner: number == 0 ? first : all[dice.roll(all.count)],
                    what: "a function"
                )
            }
            let sequence = TeardownSequence(inside, importers: waitsFor, needs: needs)
            guard case .ordered(let order) = sequence.outcome else {
                Issue.record("needs made a circle of what had an order")
                return
            }
            let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            for (exporter, importers) in waitsFor {
                #expect(importers.allSatisfy { position[$0, default: 0] < position[exporter, default: 0] })
            }
            let unmet = Set(
                needs.filter { position[$0.component, default: 0] > position[$0.owner, default: 0] }
            )
            #expect(Set(sequence.unmet) == unmet)
        }
    }

    @Test func `five hundred stacks are put in order within milliseconds`() {
        var dice = Dice(seed: 7)
        let graph = Self.graph(500, &dice)
        let inside = Set(graph.exports.keys)
        let took = ContinuousClock().measure {
            for _ in 0..<10 {
                _ = graph.outside(inside)
                _ = TeardownSequence(inside, importers: graph.waitsFor(inside), needs: [])
            }
        }
        // Some 5 ms each on an idle machine of two cores; a quadratic step would take seconds.
        #expect(took < .seconds(5))
    }
}
