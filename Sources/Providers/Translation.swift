import AWS
import Core

extension ObservedComponent {
    /// A protection that the answer does not mention stays unknown: an unnamed listing never says, and unknown is not off.
    init(_ stack: Stack, in target: Target) {
        self.init(
            id: ComponentID(stack.stackID),
            target: target,
            name: stack.name,
            status: ComponentStatus(stack.status),
            statusReason: stack.statusReason,
            created: stack.creationTime,
            updated: stack.lastUpdatedTime,
            parent: stack.parentID.map { ComponentID($0) },
            root: stack.rootID.map { ComponentID($0) },
            serviceRole: stack.roleARN,
            terminationProtection: stack.enableTerminationProtection,
            tags: Dictionary(stack.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            parameters: Dictionary(stack.parameters.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            outputs: stack.outputs.map { ComponentOutput(key: $0.key, value: $0.value, exportName: $0.exportName) },
            capabilities: stack.capabilities,
            notificationTopics: stack.notificationARNs,
            summary: stack.stackDescription
        )
    }
}

extension ObservedEvent {
    init(_ event: StackEvent) {
        self.init(
            at: event.timestamp,
            logicalID: event.logicalID ?? "",
            physicalID: event.physicalID,
            type: event.resourceType ?? "",
            status: event.status ?? "",
            reason: event.statusReason,
            token: event.clientRequestToken
        )
    }
}

extension ProviderFailure {
    static func notConfigured(_ target: Target) -> ProviderFailure {
        ProviderFailure(
            .configuration,
            "account \(target.account) is not in the settings file",
            advice: "add it under `accounts:`, or retire its targets: curfew accounts retire \(target)"
        )
    }

    /// Whoever shows it says which target it was about.
    init(_ error: AWSError) {
        let kind: Kind =
            switch error.kind {
            case .refused: .refused
            case .throttled: .throttled
            case .accessDenied: .denied
            case .expiredCredentials, .wrongCredentials, .noCredentials: .credentials
            // A signature that came too late, or by a wrong clock, says nothing about what it was for.
            case .serviceFailure, .unreachable, .brokenOff, .cancelled, .deadlinePassed, .clockSkewed: .unreachable
            case .malformedAnswer, .notUnderstood: .malformed
            case .misconfigured: .configuration
            }
        let lines = error.description.split(separator: "\n", maxSplits: 1).map(String.init)
        self.init(
            kind,
            lines.first ?? error.message,
            advice: lines.count > 1
                ? lines[1] : kind == .refused ? "mend what it says, then try again" : "try again later",
            code: error.code.isEmpty ? nil : error.code
        )
    }
}
