import Core

/// The environments that fresh listings make, put together once for each set of targets that belong together.
///
/// What an environment is depends on everything in its targets: a stack anywhere in them may hold its name back. Asked
/// for each environment alone, that reads every listing as often as there are environments.
struct SurveyGroups: Sendable {
    private struct Place: Hashable {
        let space: SpaceName
        let name: EnvironmentName
    }

    private var sets: [Set<Target>: [Place: GroupedEnvironment]] = [:]

    init() {}

    /// `nested`: components that stand as a resource inside another one.
    ///
    /// A set with a target that could not be listed makes nothing.
    init(
        of environments: [EnvironmentRecord],
        in listings: [Target: Result<Survey.Listing, ProviderFailure>],
        nested: Set<ComponentID>,
        rules: ScanRules
    ) {
        let classifying = Classifying(rules: rules.names, nestedByResource: nested)
        var inputs: [Target: [GroupingInput]] = [:]
        for case (let target, .success(let listing)) in listings {
            inputs[target] = listing.components.values.map { classifying.groupingInput($0, in: target) }
        }
        for targets in Set(environments.map(Self.targets)) where targets.allSatisfy({ inputs[$0] != nil }) {
            let together = targets.flatMap { inputs[$0] ?? [] }
            let groups = regrouped(together, spaces: rules.spaces, keepingEmpty: true)
            sets[targets] = Dictionary(
                groups.map { (Place(space: $0.space, name: $0.name), $0) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// A failure where its targets were not put together: what nobody looked at has no members that could be right.
    func group(
        of environment: EnvironmentRecord
    ) -> Result<(kind: EnvironmentClass, members: [ComponentID]), ProviderFailure> {
        guard let groups = sets[Self.targets(of: environment)] else {
            return .failure(
                ProviderFailure(
                    .malformed,
                    "the listings of \(environment.key) were not put together",
                    advice: "please report this"
                )
            )
        }
        let mine = groups[Place(space: environment.key.space, name: environment.key.name)]
        return .success((mine?.kind ?? .feature, mine?.members ?? []))
    }

    private static func targets(of environment: EnvironmentRecord) -> Set<Target> {
        Set(environment.targets.map(\.target))
    }
}
