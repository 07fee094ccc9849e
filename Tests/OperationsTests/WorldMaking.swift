import Core
import Foundation
import Settings

/// Stacks are made as CloudFormation makes them: asked for, in progress, then there or taken back.
extension World: ProviderMaking, ProviderLimits {
    enum Making {
        /// There after this many readings by id.
        case works(after: Int)
        case fails(String)
        case isRefused(ProviderFailure)
        /// The request is taken, and its answer is lost.
        case losesTheAnswer
        /// The request never arrives.
        case neverArrives
    }

    func stackLimit(in target: Target) async throws(ProviderFailure) -> Int? {
        try note("stackLimit", target)
        return stackLimit
    }

    func makeStack(
        _ stack: StackToMake,
        in target: Target,
        token: StepToken,
        window: CallWindow
    ) async throws(ProviderFailure) -> ComponentID {
        try note("make", target)
        makings.append((stack.name, token))
        let making = onMake[stack.name] ?? .works(after: 1)
        switch making {
        case .isRefused(let failure): throw failure
        case .neverArrives:
            onMake[stack.name] = nil
            throw Self.down
        case .works, .fails, .losesTheAnswer: break
        }
        if let made = madeByToken[token] { return made }
        guard !stacks.values.contains(where: { $0.component.name == stack.name && $0.component.target == target })
        else {
            throw ProviderFailure(.refused, "the stack already exists", advice: "", code: "AlreadyExistsException")
        }
        let id = grown(stack, in: target, token: token)
        switch making {
        case .works(let after): growing[id] = after
        case .losesTheAnswer:
            onMake[stack.name] = nil
            growing[id] = 1
            throw Self.down
        case .fails(let reason):
            stacks[id]?.events.insert(made(id, "Bucket", "CREATE_FAILED", reason, token), at: 0)
            stacks[id]?.component.status = ComponentStatus("DELETE_IN_PROGRESS")
            stacks[id]?.onDelete = .goes(after: 1)
        case .isRefused, .neverArrives: break
        }
        return id
    }

    private func grown(_ stack: StackToMake, in target: Target, token: StepToken) -> ComponentID {
        let secrets = TemplateFile.needs(stack.template)?.secrets ?? []
        let id = add(
            stack.name,
            in: target,
            created: Date(timeIntervalSince1970: 1_760_000_000),
            tags: stack.tags,
            status: "CREATE_IN_PROGRESS"
        ) {
            $0.template = stack.template
            for (name, value) in stack.parameters {
                $0.component.parameters[name] = secrets.contains(name) ? "****" : value
            }
            $0.component.capabilities = stack.capabilities
            $0.component.notificationTopics = stack.notificationTopics
            $0.component.serviceRole = stack.serviceRole
            $0.component.terminationProtection = stack.terminationProtection
        }
        stacks[id]?.component.outputs = outputsOf[stack.name] ?? []
        stacks[id]?.exports = (outputsOf[stack.name] ?? []).compactMap(\.exportName)
        stacks[id]?.imports = TemplateFile.needs(stack.template)?.imports(values: stack.parameters).sorted() ?? []
        stacks[id]?.events = [made(id, stack.name, "CREATE_IN_PROGRESS", "User Initiated", token)]
        stackPolicies[id] = stack.stackPolicy
        madeByToken[token] = id
        return id
    }

    func grow(_ id: ComponentID) {
        let left = growing[id] ?? 0
        growing[id] = left - 1
        if left <= 0 { stacks[id]?.component.status = ComponentStatus("CREATE_COMPLETE") }
    }

    private func made(
        _ id: ComponentID,
        _ logicalID: String,
        _ status: String,
        _ reason: String,
        _ token: StepToken
    ) -> ObservedEvent {
        ObservedEvent(
            at: Date(timeIntervalSince1970: 1_760_000_000),
            logicalID: logicalID,
            physicalID: nil,
            type: logicalID == "Bucket" ? "AWS::S3::Bucket" : "AWS::CloudFormation::Stack",
            status: status,
            reason: reason,
            token: token.text
        )
    }
}
