/// Puts what is present together as environments, from what scans recorded of it.
///
/// With `keepingEmpty` also the names that only permanent or ambiguous components hold back, without members.
///
/// A permanent component belongs to the environment named by its permanent word; an ambiguous one to the first of the
/// names it could mean. Both hold back every other environment that any of their evidence names.
package func regrouped(
    _ inputs: [GroupingInput],
    spaces: [AccountID: SpaceName],
    keepingEmpty: Bool = false
) -> [GroupedEnvironment] {
    let named = inputs.filter { $0.kind != .nested }
    let grouping = group(
        named.map { NamedComponent(id: $0.id, account: $0.account, evaluation: $0.evaluation) },
        spaces: spaces
    )
    struct Place: Hashable {
        let space: SpaceName
        let name: EnvironmentName
    }
    var result: [Place: GroupedEnvironment] = [:]
    for group in grouping.groups {
        result[Place(space: group.space, name: group.name)] = GroupedEnvironment(
            space: group.space,
            name: group.name,
            kind: group.classification,
            members: group.members
        )
    }
    for input in named {
        guard let home = input.homeName else { continue }
        let space = spaces[input.account] ?? SpaceName(input.account.text)
        let place = Place(space: space, name: home)
        var environment =
            result[place] ?? GroupedEnvironment(space: space, name: home, kind: .ambiguous, members: [])
        environment.members.append(input.id)
        if input.kind == .permanent { environment.kind = .permanent }
        result[place] = environment
    }
    return result.values.filter { keepingEmpty || !$0.members.isEmpty }
        .map { GroupedEnvironment(space: $0.space, name: $0.name, kind: $0.kind, members: Set($0.members).sorted()) }
        .sorted { ($0.space, $0.name) < ($1.space, $1.name) }
}

extension GroupingInput {
    /// The environment of a component that is no plain feature; nil for features and for what belongs nowhere.
    fileprivate var homeName: EnvironmentName? {
        kind == .permanent || kind == .ambiguous ? named.first : nil
    }

    fileprivate var evaluation: NameEvaluation {
        let verdict: NameVerdict =
            switch kind {
            case .feature: named.first.map(NameVerdict.feature) ?? .unmatched(reason: "recorded without a name")
            case .permanent: .permanent(word: named.first?.text ?? "", source: .stackName)
            case .ambiguous: .ambiguous(named)
            case .excluded: .excluded(rule: "recorded")
            case .unmatched, .nested: .unmatched(reason: "recorded")
            }
        let held = kind == .permanent ? Set(named.dropFirst()) : Set(named)
        return NameEvaluation(verdict: verdict, named: held, trace: [], remedy: nil)
    }
}
