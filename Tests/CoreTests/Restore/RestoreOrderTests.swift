import Core
import Testing

@Suite struct RestoreOrderTests {
    private static let targets = ["eu-west-1", "us-east-1"].map {
        Target(account: AccountID("111122223333"), region: Region($0))
    }

    private static func stack(
        _ number: Int,
        in target: Int = 0,
        exports: Set<String> = [],
        imports: Set<String> = []
    ) -> RestoreOrder.Stack {
        RestoreOrder.Stack(
            id: ComponentID("c\(1_000 + number)"),
            target: targets[target],
            exports: exports,
            imports: imports
        )
    }

    @Test func `in generated graphs every stack comes after all that it imports from`() {
        var numbers = SeededNumbers(state: 0x5EED)
        for size in [1, 2, 10, 50, 300] {
            for _ in 0..<8 {
                // Everybody imports from some that have a higher number, and so a later id; in a target of their own
                // the same names mean other exports.
                let stacks = (0..<size).map { number in
                    let later = (0..<Int.random(in: 0...3, using: &numbers)).compactMap { _ -> Int? in
                        number + 1 < size ? Int.random(in: (number + 1)..<size, using: &numbers) : nil
                    }
                    return Self.stack(
                        number,
                        in: number % 2,
                        exports: ["e\(number)"],
                        imports: Set(later.map { "e\($0)" })
                    )
                }
                guard case .ordered(let order) = RestoreOrder.order(stacks.shuffled(using: &numbers)) else {
                    Issue.record("a circle was found where there is none")
                    return
                }
                #expect(Set(order) == Set(stacks.map(\.id)) && order.count == size)
                let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
                for importer in stacks {
                    for exporter in stacks
                    where exporter.target == importer.target && !exporter.exports.isDisjoint(with: importer.imports) {
                        #expect(position[exporter.id, default: .max] < position[importer.id, default: -1])
                    }
                }
            }
        }
    }

    @Test func `what was recorded when the stacks stood counts where a template does not tell`() {
        let stacks = [Self.stack(1), Self.stack(2), Self.stack(3)]
        let known = [stacks[2].id: Set([stacks[0].id]), ComponentID("elsewhere"): Set([stacks[1].id])]
        #expect(RestoreOrder.order(stacks, known: known) == .ordered([stacks[1].id, stacks[2].id, stacks[0].id]))
    }

    @Test func `an export of another region is another export`() {
        let stacks = [Self.stack(1, imports: ["e"]), Self.stack(2, in: 1, exports: ["e"])]
        #expect(RestoreOrder.needs(stacks)[stacks[0].id] == [])
    }

    @Test func `a circle is said`() {
        let stacks = [Self.stack(1, exports: ["a"], imports: ["b"]), Self.stack(2, exports: ["b"], imports: ["a"])]
        guard case .cycles(let cycles) = RestoreOrder.order(stacks) else {
            Issue.record("no circle was found")
            return
        }
        #expect(cycles == [stacks.map(\.id)])
    }

    @Test func `a given value is read up to its first equals sign, and shown by its name alone`() {
        let given = GivenParameter(text: "shop/Word=a=b/c", isPublic: false)
        #expect(given?.stack == "shop" && given?.name == "Word" && given?.value == "a=b/c")
        #expect(given.map { "\($0)" } == "shop/Word")
        for text in ["", "shop", "shop/Word", "Word=x", "/Word=x", "shop/=x", "=x", "Word=shop/x"] {
            #expect(GivenParameter(text: text, isPublic: true) == nil, "\(text)")
        }
    }
}
