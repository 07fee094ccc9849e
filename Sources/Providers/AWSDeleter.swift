package import AWS
package import Core

/// The power that destroys.
package struct AWSDeleter: ProviderDeleting {
    private enum Reach: Sendable {
        /// Everything that the credentials of each account reach.
        case everything([AccountID: AWSClient])
        /// Stacks of one account by id, and what stands in or beside them.
        case only(Set<ComponentID>, AccountID, AWSClient)
        case nothing(ProviderFailure)
    }

    private let reach: Reach

    package init(clients: [AccountID: AWSClient]) { reach = .everything(clients) }

    /// Over these stacks of that account; other stacks are refused before anything is sent, whatever the client's
    /// credentials could do.
    package init(over components: some Sequence<ComponentID>, in account: AccountID, client: AWSClient) {
        reach = .only(Set(components), account, client)
    }

    /// Over nothing: whatever is asked of it fails so.
    package init(refusing failure: ProviderFailure) { reach = .nothing(failure) }

    package func requestDeletion(
        of id: ComponentID,
        in target: Target,
        token: StepToken,
        retaining: [String],
        window: CallWindow
    ) async throws(ProviderFailure) {
        try await changing(target, component: id) { (client, region) throws(AWSError) in
            try await CloudFormationDeletion(client, region: region).deleteStack(
                id: id.text,
                token: token.text,
                retaining: retaining,
                window: WriteWindow(window)
            )
        }
    }

    package func switchProtectionOff(
        of id: ComponentID,
        in target: Target,
        window: CallWindow
    ) async throws(ProviderFailure) {
        try await changing(target, component: id) { (client, region) throws(AWSError) in
            try await CloudFormationDeletion(client, region: region).switchTerminationProtectionOff(
                id: id.text,
                window: WriteWindow(window)
            )
        }
    }

    /// A bucket that is not there any more has nothing left.
    package func emptyBucket(
        _ name: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try await changing(target) { (client, region) throws(AWSError) in
            try await trueIfMissing("NoSuchBucket") { () throws(AWSError) in
                try await BucketEmptying(client, region: region).empty(
                    name,
                    atMost: atMost,
                    window: WriteWindow(window)
                )
            }
        }
    }

    /// A repository that is not there any more has nothing left.
    package func deleteImages(
        of repository: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try await changing(target) { (client, region) throws(AWSError) in
            try await trueIfMissing("RepositoryNotFoundException") { () throws(AWSError) in
                try await RepositoryEmptying(client, region: region).empty(
                    repository,
                    atMost: atMost,
                    window: WriteWindow(window)
                )
            }
        }
    }

    package func deleteLogGroup(
        _ name: String,
        in target: Target,
        window: CallWindow
    ) async throws(ProviderFailure) {
        try await changing(target) { (client, region) throws(AWSError) in
            try await LogGroupDeletion(client, region: region).delete(name, window: WriteWindow(window))
        }
    }

    private func trueIfMissing(
        _ code: String,
        _ ask: () async throws(AWSError) -> Bool
    ) async throws(AWSError) -> Bool {
        do throws(AWSError) { return try await ask() } catch {
            guard error.code == code else { throw error }
            return true
        }
    }

    private func changing<Answer>(
        _ target: Target,
        component: ComponentID? = nil,
        _ ask: (AWSClient, String) async throws(AWSError) -> Answer
    ) async throws(ProviderFailure) -> Answer {
        let client = try client(for: target, component)
        do { return try await ask(client, target.region.text) } catch { throw ProviderFailure(error) }
    }

    private func client(for target: Target, _ component: ComponentID?) throws(ProviderFailure) -> AWSClient {
        switch reach {
        case .nothing(let failure): throw failure
        case .everything(let clients):
            guard let client = clients[target.account] else { throw ProviderFailure.notConfigured(target) }
            return client
        case .only(let components, let account, let client):
            guard target.account == account else {
                throw .beyond("the power given is over account \(account), not over \(target.account)")
            }
            if let component, !components.contains(component) {
                throw .beyond("the power given is over \(components.count) stacks, and \(component) is none of them")
            }
            return client
        }
    }
}

extension WriteWindow {
    init(_ window: CallWindow) { self.init(signedAt: window.signedAt, notAfter: window.notAfter) }
}

extension ProviderFailure {
    /// Something was asked of a power that it was not given for (P18).
    static func beyond(_ what: String) -> ProviderFailure {
        ProviderFailure(.refused, what, advice: "nothing was sent; please report this", code: "PowerRefused")
    }
}
