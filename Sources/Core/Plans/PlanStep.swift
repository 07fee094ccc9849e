/// One thing that will be done to one component.
package struct PlanStep: Sendable, Hashable {
    /// 1, 2, 3 … in an order that respects every dependency.
    package let number: Int
    package let environment: EnvironmentKey
    package let component: ComponentID
    package let target: Target
    package let name: String
    package let action: StepAction
    /// Steps that must have ended well before this one starts.
    package let after: [Int]
    /// With whose power the provider deletes it: its service role, or ours when nil.
    package let serviceRole: String?

    package init(
        number: Int,
        environment: EnvironmentKey,
        component: ComponentID,
        target: Target,
        name: String,
        action: StepAction = .deleteStack,
        after: [Int],
        serviceRole: String?
    ) {
        self.number = number
        self.environment = environment
        self.component = component
        self.target = target
        self.name = name
        self.action = action
        self.after = after
        self.serviceRole = serviceRole
    }
}

extension PlanStep: Codable {
    private enum CodingKeys: String, CodingKey {
        case number, environment, component, target, name, action, after, serviceRole
    }

    /// A step stored before there were several kinds deletes its stack.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            number: try values.decode(Int.self, forKey: .number),
            environment: try values.decode(EnvironmentKey.self, forKey: .environment),
            component: try values.decode(ComponentID.self, forKey: .component),
            target: try values.decode(Target.self, forKey: .target),
            name: try values.decode(String.self, forKey: .name),
            action: try values.decodeIfPresent(StepAction.self, forKey: .action) ?? .deleteStack,
            after: try values.decode([Int].self, forKey: .after),
            serviceRole: try values.decodeIfPresent(String.self, forKey: .serviceRole)
        )
    }
}
