import Core

extension Shell {
    /// On a terminal, asks for the name of each environment of the plan that was not given yet.
    func confirmed(_ plan: PlanRecord, beside given: Set<EnvironmentName>, to verb: String) -> Set<EnvironmentName> {
        var typed: Set<EnvironmentName> = []
        for environment in plan.document.environments where !given.contains(environment.key.name) {
            let losses = plan.document.losses.count
            guard
                let answer = ask(
                    "\(plan.id) takes down \(environment.key.name) (\(environment.components.count) stacks, \(losses) data-bearing "
                        + "resources).\nType its name to \(verb): "
                )
            else { break }
            if EnvironmentName(answer) == environment.key.name { typed.insert(environment.key.name) }
        }
        return typed
    }
}
