import Core
import Foundation

/// Plans of steps for tests, by short words.
enum Steps {
    static let environment = EnvironmentKey(space: SpaceName("all"), name: EnvironmentName("feat-a"), incarnation: 1)
    static let target = Target(account: AccountID("111111111111"), region: Region("eu-west-1"))

    static func record(
        _ number: Int,
        _ component: String,
        _ action: StepAction = .deleteStack,
        after: [Int] = [],
        state: StepState = .pending,
        in key: EnvironmentKey = environment
    ) -> StepRecord {
        StepRecord(
            step: PlanStep(
                number: number,
                environment: key,
                component: ComponentID(component),
                target: target,
                name: component,
                action: action,
                after: after,
                serviceRole: nil
            ),
            token: StepToken("token-\(number)"),
            state: state,
            reason: nil,
            intendedAt: nil,
            requestedAt: nil,
            firstGoneAt: nil,
            endedAt: nil
        )
    }

    /// Protection off, delete, empty, delete images, delete again, log group.
    static func chain(_ states: [StepState] = []) -> [StepRecord] {
        let steps: [(StepAction, [Int])] = [
            (.switchProtectionOff, []), (.deleteStack, [1]), (.emptyBucket("b"), [2]),
            (.deleteImages(repository: "r"), [2]), (.deleteAgain(retaining: []), [2, 3, 4]),
            (.deleteLogGroup("l"), [5]),
        ]
        return steps.enumerated().map { index, step in
            record(index + 1, "a", step.0, after: step.1, state: index < states.count ? states[index] : .pending)
        }
    }

    /// As many chains as wanted, in several environments, each waiting for some of those before it.
    static func generated(_ components: Int, using random: inout some RandomNumberGenerator) -> [StepRecord] {
        var chains: [StepChain] = []
        var waitsFor: [ComponentID: Set<ComponentID>] = [:]
        for index in 0..<components {
            let id = ComponentID("stack-\(index)")
            let name = EnvironmentName("feat-\(Int.random(in: 0...2, using: &random))")
            var chain = StepChain(
                environment: EnvironmentKey(space: SpaceName("all"), name: name, incarnation: 1),
                component: id,
                target: target,
                name: id.text
            )
            chain.switchesProtectionOff = Int.random(in: 0...3, using: &random) == 0
            chain.buckets = (0..<Int.random(in: 0...2, using: &random)).map { "bucket-\(index)-\($0)" }
            chain.repositories = (0..<Int.random(in: 0...1, using: &random)).map { "images-\(index)-\($0)" }
            chain.logGroups = (0..<Int.random(in: 0...1, using: &random)).map { "logs-\(index)-\($0)" }
            chains.append(chain)
            waitsFor[id] = Set(
                chains.dropLast().filter { _ in Int.random(in: 0...4, using: &random) == 0 }.map(\.component)
            )
        }
        return StepChain.steps(chains, waitsFor: waitsFor).map { step in
            record(step.number, step.component.text, step.action, after: step.after, in: step.environment)
        }
    }
}
