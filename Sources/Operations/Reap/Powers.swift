import Core

/// The power that destroys, bounded to the stacks of one environment, at most 8 of them at once (P18).
actor Powers {
    private struct Scope: Hashable {
        let plan: PlanID
        let account: AccountID
        let components: [ComponentID]
    }

    static let most = 8

    private let source: any ProviderPower
    private var given: [Scope: any ProviderDeleting] = [:]

    init(_ source: any ProviderPower) { self.source = source }

    /// Over the component of the step and those of its environment that share its chunk.
    ///
    /// `nested`: stacks inside it, which CloudFormation deletes in our name; then it is over these and the component.
    func power(for step: PlanStep, of plan: PlanRecord, nested: [ComponentID]) -> any ProviderDeleting {
        let scope = Scope(
            plan: plan.id,
            account: step.target.account,
            components: nested.isEmpty
                ? Self.chunk(of: step, in: plan.document.steps) : ([step.component] + nested).sorted()
        )
        if let power = given[scope] { return power }
        let power = source.power(over: scope.components, plan: plan.id, in: scope.account)
        given[scope] = power
        return power
    }

    static func chunk(of step: PlanStep, in steps: [PlanStep]) -> [ComponentID] {
        let mine = steps.filter {
            $0.environment == step.environment && $0.target.account == step.target.account
        }
        let ids = Set(mine.map(\.component)).sorted()
        guard let index = ids.firstIndex(of: step.component) else { return [step.component] }
        let start = index / most * most
        return Array(ids[start..<min(start + most, ids.count)])
    }
}
