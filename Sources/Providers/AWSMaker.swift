package import AWS
package import Core

/// The power that makes stacks, over everything its credentials reach.
package struct AWSMaker: ProviderMaking {
    private let clients: [AccountID: AWSClient]

    package init(clients: [AccountID: AWSClient]) { self.clients = clients }

    /// What fails is taken back whole: the name is free again for the next try.
    package func makeStack(
        _ stack: StackToMake,
        in target: Target,
        token: StepToken,
        window: CallWindow
    ) async throws(ProviderFailure) -> ComponentID {
        guard let client = clients[target.account] else { throw ProviderFailure.notConfigured(target) }
        let creation = StackCreation(
            name: stack.name,
            template: stack.template,
            parameters: stack.parameters,
            tags: stack.tags,
            capabilities: stack.capabilities,
            notificationARNs: stack.notificationTopics,
            roleARN: stack.serviceRole,
            stackPolicy: stack.stackPolicy,
            terminationProtection: stack.terminationProtection,
            onFailure: .delete
        )
        do {
            let id = try await CloudFormationCreation(client, region: target.region.text)
                .createStack(creation, token: token.text, window: WriteWindow(window))
            return ComponentID(id)
        } catch {
            throw ProviderFailure(error)
        }
    }
}

extension AWSProvider: ProviderLimits {
    package func stackLimit(in target: Target) async throws(ProviderFailure) -> Int? {
        try await asking(target) { (client, region) throws(AWSError) in
            try await CloudFormation(client, region: region).accountLimits()["StackLimit"]
        }
    }
}
