/// One present component as grouping needs it.
package struct GroupingInput: Sendable {
    package var id: ComponentID
    package var account: AccountID
    package var kind: ComponentClass
    package var named: [EnvironmentName]
    /// The environment it belongs to now.
    package var environment: EnvironmentKey?

    package init(
        id: ComponentID,
        account: AccountID,
        kind: ComponentClass,
        named: [EnvironmentName],
        environment: EnvironmentKey?
    ) {
        self.id = id
        self.account = account
        self.kind = kind
        self.named = named
        self.environment = environment
    }
}

/// One environment as it should be now: its class, its owner and its members.
package struct GroupedEnvironment: Sendable {
    package typealias Class = EnvironmentClass

    package var space: SpaceName
    package var name: EnvironmentName
    package var kind: Class
    package var members: [ComponentID]

    package init(space: SpaceName, name: EnvironmentName, kind: Class, members: [ComponentID]) {
        self.space = space
        self.name = name
        self.kind = kind
        self.members = members
    }
}
