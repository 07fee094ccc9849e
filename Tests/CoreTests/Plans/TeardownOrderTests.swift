import Core
import Testing

@Suite struct TeardownOrderTests {
    private func id(_ number: Int) -> ComponentID {
        ComponentID("c" + (number < 10 ? "00" : number < 100 ? "0" : "") + String(number))
    }

    @Test func `importers go before what they import from`() {
        let importers = [id(1): Set([id(2)]), id(2): Set([id(3)])]
        #expect(TeardownOrder.order([id(1), id(2), id(3)], importers: importers) == .ordered([id(3), id(2), id(1)]))
    }

    @Test func `a circle is named, beginning with its smallest id, and what hangs on it does not hide it`() {
        let importers = [id(2): Set([id(3)]), id(3): Set([id(2)]), id(1): Set([id(2)]), id(4): Set<ComponentID>()]
        #expect(TeardownOrder.order([id(1), id(2), id(3), id(4)], importers: importers) == .cycles([[id(2), id(3)]]))
    }

    @Test func `in generated graphs of up to 500 components every order respects every edge`() {
        var seed: UInt64 = 0x5EED
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        for size in [1, 2, 10, 50, 500] {
            for _ in 0..<10 {
                // Edges only from lower to higher numbers: no circle by construction.
                var importers: [ComponentID: Set<ComponentID>] = [:]
                for number in 0..<(size - 1) {
                    for _ in 0..<next(4) {
                        importers[id(number), default: []].insert(id(number + 1 + next(size - number - 1)))
                    }
                }
                let all = Set((0..<size).map(id))
                guard case .ordered(let order) = TeardownOrder.order(all, importers: importers) else {
                    Issue.record("a circle was found where there is none")
                    return
                }
                let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
                #expect(Set(order) == all)
                for (exporter, needed) in importers {
                    for importer in needed { #expect(position[importer, default: 0] < position[exporter, default: 0]) }
                }
                // One edge back makes a circle, which is found.
                guard size > 1, let (exporter, needed) = importers.first, let importer = needed.first else { continue }
                importers[importer, default: []].insert(exporter)
                guard case .cycles(let cycles) = TeardownOrder.order(all, importers: importers) else {
                    Issue.record("the circle was not found")
                    continue
                }
                #expect(
                    cycles.allSatisfy { cycle in
                        zip(cycle, cycle.dropFirst() + cycle.prefix(1)).allSatisfy {
                            importers[$0]?.contains($1) ?? false
                        }
                    }
                )
            }
        }
    }
}
