/// The power that makes stacks, and nothing else.
///
/// Only `restore --apply` is given it: whoever shows what would be made has no type that could (P1).
package protocol ProviderMaking: Sendable {
    /// Asks for the making of a stack, and returns its id; the answer says that it was accepted, not that it is done.
    ///
    /// The same token again is the same request. A name that is taken is `refused`. What was made before a failure is
    /// taken back by the provider.
    func makeStack(
        _ stack: StackToMake,
        in target: Target,
        token: StepToken,
        window: CallWindow
    ) async throws(ProviderFailure) -> ComponentID
}

/// What bounds an account from outside.
package protocol ProviderLimits: Sendable {
    /// How many stacks the account may have in this region; nil when the provider does not say.
    func stackLimit(in target: Target) async throws(ProviderFailure) -> Int?
}

/// Everything that a stack is made from.
///
/// Its values can be secrets: a description of it is its name.
package struct StackToMake: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    package var name: String
    package var template: String
    package var parameters: [String: String]
    package var tags: [String: String]
    package var capabilities: [String]
    package var notificationTopics: [String]
    /// With whose power the provider makes it; nil: ours.
    package var serviceRole: String?
    package var stackPolicy: String?
    package var terminationProtection: Bool

    package init(
        name: String,
        template: String,
        parameters: [String: String],
        tags: [String: String],
        capabilities: [String],
        notificationTopics: [String],
        serviceRole: String?,
        stackPolicy: String?,
        terminationProtection: Bool
    ) {
        self.name = name
        self.template = template
        self.parameters = parameters
        self.tags = tags
        self.capabilities = capabilities
        self.notificationTopics = notificationTopics
        self.serviceRole = serviceRole
        self.stackPolicy = stackPolicy
        self.terminationProtection = terminationProtection
    }

    package var description: String { "stack \(name)" }
    package var debugDescription: String { description }
}
