/// One call that will be made: delete exactly this component.
package struct PlanStep: Sendable, Hashable, Codable {
    /// 1, 2, 3 … in an order that respects every dependency.
    package let number: Int
    package let environment: EnvironmentKey
    package let component: ComponentID
    package let target: Target
    package let name: String
    /// Steps that must be done before this one starts.
    package let after: [Int]
    /// With whose power the provider deletes it: its service role, or ours when nil.
    package let serviceRole: String?

    package init(
        number: Int,
        environment: EnvironmentKey,
        component: ComponentID,
        target: Target,
        name: String,
        after: [Int],
        serviceRole: String?
    ) {
        self.number = number
        self.environment = environment
        self.component = component
        self.target = target
        self.name = name
        self.after = after
        self.serviceRole = serviceRole
    }
}
