import Core

extension Shell {
    /// On a terminal, asks for the name of each environment of the plan that was not given yet.
    func confirmed(_ plan: PlanRecord, beside given: Set<EnvironmentName>, to verb: String) -> Set<EnvironmentName> {
        var typed: Set<EnvironmentName> = []
        for environment in plan.document.environments where !given.contains(environment.key.name) {
            let losses = plan.document.losses.count
            guard
                let answer = ask(
                    "\(plan.id) takes down the environment \(environment.key.name): "
                        + "\(counted(environment.components.count, "stack")), "
                        + "\(counted(losses, "resource")) with data.\n"
                        + "To \(verb) this plan, type the environment's name; anything else leaves it as it is: "
                )
            else { break }
            if EnvironmentName(answer) == environment.key.name { typed.insert(environment.key.name) }
        }
        return typed
    }

    private func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}
