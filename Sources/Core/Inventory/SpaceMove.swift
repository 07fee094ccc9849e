/// An environment that is in another space than before, because the settings put its account there.
///
/// It goes on as a new life of its name: protections, leases and claims go along, and findings begin anew.
package struct SpaceMove: Sendable, Hashable {
    package let name: EnvironmentName
    package let from: SpaceName
    package let to: SpaceName

    /// `feat-x from 111122223333 to team`.
    package var text: String { "\(name) from \(from) to \(to)" }
}

/// Environments that keep their name and get another space, by name.
package func movedSpaces(_ before: [GroupingInput], to groups: [GroupedEnvironment]) -> [SpaceMove] {
    var homes: [ComponentID: EnvironmentKey] = [:]
    for input in before { homes[input.id] = input.environment }
    var moves: Set<SpaceMove> = []
    for group in groups {
        for member in group.members {
            guard let home = homes[member], home.name == group.name, home.space != group.space else { continue }
            moves.insert(SpaceMove(name: group.name, from: home.space, to: group.space))
        }
    }
    return moves.sorted { ($0.name, $0.from, $0.to) < ($1.name, $1.from, $1.to) }
}
