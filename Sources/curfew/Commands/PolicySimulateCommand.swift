import ArgumentParser
import Core
import Ledger
import Operations
import Reports

extension PolicyCommand {
    struct Simulate: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what policy files would change for the environments that stand now; nothing is written.",
            discussion: """
                Examples:
                  curfew policy simulate policy.yaml
                  curfew policy simulate strict.yaml --days 60 --json
                  curfew policy simulate policy.yaml --exit-code       in a pipeline

                It compares with the policy in force: what is newly stale, what no longer is, when each would be due at the
                earliest while nothing happens, how many per owner and account, whether the breaker would hold an account,
                and how the budgets pace it.
                With --exit-code: 3 when something turns stale or its grace starts again, 5 when the breaker would hold.
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Option(help: ArgumentHelp("How far what time alone brings is followed.", valueName: "number")) var days = 30
        @Flag(help: "Exit with status 3 or 5 when the change concerns somebody.") var exitCode = false
        @OptionGroup var policy: PolicyFileArguments

        func validate() throws {
            guard (1...365).contains(days) else { throw ValidationError("--days is a number from 1 to 365") }
        }

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let texts = try shell.policyTexts(policy.files, session.found)
                let policies = try texts.meaning(session.found.settings)
                let outcome = try await Simulating(session.wiring)
                    .simulate(policies, horizon: .seconds(days * 86_400))
                let simulation = outcome.simulation
                shell.print(
                    output.json
                        ? JSONText.render(
                            SimulationJSON(
                                simulation,
                                of: texts.names,
                                against: outcome.revision,
                                reportOnly: outcome.reportOnly
                            )
                        )
                        : SimulationText.text(
                            simulation,
                            of: texts.names,
                            against: outcome.revision,
                            scan: outcome.scan,
                            reportOnly: outcome.reportOnly,
                            on: session.canvas
                        )
                )
                guard exitCode else { return .done }
                let concerned = simulation.count(.newlyStale) + simulation.count(.stricter)
                return (concerned > 0 ? ExitStatus.stale : .done)
                    .and(.undone, when: simulation.accounts.contains(where: \.wouldHold))
            }
        }
    }
}
