import Core
import Testing

@Suite struct NamesGroupingTests {
    private func component(
        _ id: String,
        _ stack: String,
        _ tags: [String: String] = [:],
        account: String = "111111111111"
    ) -> NamedComponent {
        NamedComponent(
            id: ComponentID(id),
            account: AccountID(account),
            evaluation: evaluate(stackName: stack, tags: tags, rules: NameRules())
        )
    }

    private func ids(_ texts: String...) -> [ComponentID] { texts.map(ComponentID.init) }

    @Test func `components of one name in one space are one environment`() {
        let components = [
            component("b", "shop-feat-x"), component("a", "orders", ["feature": "x"]),
            component("c", "shop-feat-x", account: "222222222222"), component("d", "shop-feat-y"),
        ]
        let apart = group(components, spaces: [:])
        #expect(
            apart.groups.map { "\($0.space)/\($0.name)" } == [
                "111111111111/feat-x", "111111111111/feat-y", "222222222222/feat-x",
            ]
        )
        #expect(apart.groups.first?.members == ids("a", "b"))
        #expect(apart.groups.allSatisfy { $0.classification == .feature && $0.heldBy.isEmpty })
        let space = SpaceName("development")
        let together = group(
            components,
            spaces: [AccountID("111111111111"): space, AccountID("222222222222"): space]
        )
        #expect(together.groups.map(\.members) == [ids("a", "b", "c"), ids("d")])
        #expect(together.addsUp)
    }

    @Test func `D1 a permanent component makes every environment it names permanent`() {
        let grouping = group(
            [
                component("a", "shop-hotfix-12"), component("b", "payments-prod", ["branch": "hotfix-12"]),
                component("c", "shop-feat-x"), component("d", "orders-feat-x", ["branch": "main", "feature": "y"]),
                component("e", "shop-feat-y", account: "222222222222"),
            ],
            spaces: [:]
        )
        #expect(
            grouping.groups.map { "\($0.space.text.prefix(1)) \($0.name) \($0.classification)" } == [
                "1 feat-x permanent", "1 feat-y permanent", "1 hotfix-12 permanent", "2 feat-y feature",
            ]
        )
        #expect(grouping.groups.map(\.members) == [ids("c"), [], ids("a"), ids("e")])
        #expect(grouping.groups.map(\.heldBy) == [ids("d"), ids("d"), ids("b"), []])
        #expect(grouping.permanent == ids("b", "d"))
        #expect(grouping.addsUp)
    }

    @Test func `D1 an ambiguous component makes every environment it names ambiguous, and permanent outweighs that`() {
        let permanent = component("p", "prod-feat-y")
        let feature = component("c", "s-feat-x")
        // Before and behind the permanent one in the order of ids.
        for id in ["a", "z"] {
            let grouping = group([component(id, "shop-feat-x", ["feature": "y"]), permanent, feature], spaces: [:])
            #expect(grouping.groups.map(\.classification) == [.ambiguous, .permanent])
            #expect(grouping.groups.map(\.members) == [ids("c"), []])
            #expect(grouping.ambiguous == ids(id))
            #expect(grouping.addsUp)
        }
    }

    @Test func `unmatched and excluded components hold nothing back and are not dropped`() {
        let grouping = group(
            [
                component("a", "shop-feat-x"), component("b", "shop-pr-3-extra"),
                component("c", "StackSet-prod", ["feature": "x"]), component("d", "orders"),
            ],
            spaces: [:]
        )
        #expect(grouping.groups.map(\.name.text) == ["feat-x"])
        #expect(grouping.groups.first?.classification == .feature)
        #expect(grouping.unmatched == ids("b", "d"))
        #expect(grouping.excluded == ids("c"))
        #expect(grouping.addsUp && grouping.read == 4)
    }

    @Test func `a component given twice counts once, with the most careful verdict`() {
        let same = component("a", "shop-feat-x")
        let grouping = group([same, same], spaces: [:])
        #expect(grouping.groups.first?.members == ids("a"))
        #expect(grouping.read == 1 && grouping.addsUp)
        #expect(
            group([same, component("a", "shop-feat-y")], spaces: [:]).groups.map(\.classification) == [
                .ambiguous, .ambiguous,
            ]
        )
        #expect(group([same, component("a", "shop-prod")], spaces: [:]).groups.map(\.classification) == [.permanent])
    }

    @Test func `R6 every component is in exactly one place, whatever came in`() {
        var random = SeededNames(seed: 6)
        for _ in 0..<80 {
            let evaluator = random.evaluator()
            let components = (0..<random.number(below: 60)).map { index in
                NamedComponent(
                    id: ComponentID("id-\(index)"),
                    account: AccountID("\(random.number(below: 3))"),
                    evaluation: evaluator.evaluate(stackName: random.stackName(), tags: random.tags())
                )
            }
            let spaces = [AccountID("0"): SpaceName("one"), AccountID("1"): SpaceName("one")]
            let grouping = group(components.shuffled(using: &random), spaces: spaces)
            let places =
                grouping.groups.flatMap(\.members) + grouping.permanent + grouping.ambiguous + grouping.unmatched
                + grouping.excluded
            #expect(places.sorted() == components.map(\.id).sorted())
            #expect(grouping.addsUp && grouping.read == components.count)
            #expect(grouping == group(components, spaces: spaces))
            // Nothing that a permanent component names is left a feature.
            for component in components {
                guard case .permanent = component.evaluation.verdict else { continue }
                let space = spaces[component.account] ?? SpaceName(component.account.text)
                for name in component.evaluation.named {
                    let found = grouping.groups.first { $0.space == space && $0.name == name }
                    #expect(found?.classification == .permanent)
                }
            }
        }
    }
}
