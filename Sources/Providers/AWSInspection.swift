package import Core

extension AWSProvider: ProviderInspecting {
    private static var absent: ProviderFailure {
        ProviderFailure(.configuration, "this is not read yet", advice: "please report this")
    }
    package func content(
        of resource: ObservedResource,
        in target: Target
    ) async throws(ProviderFailure) -> ResourceContent? { throw Self.absent }
    package func roleExists(_ arn: String, in target: Target) async throws(ProviderFailure) -> Bool {
        throw Self.absent
    }
    package func function(_ name: String, in target: Target) async throws(ProviderFailure) -> FunctionReading? {
        throw Self.absent
    }
    package func logGroups(prefix: String, in target: Target) async throws(ProviderFailure) -> [LogGroupReading] {
        throw Self.absent
    }
    package func alarmStates(_ names: [String], in target: Target) async throws(ProviderFailure) -> [String: String] {
        throw Self.absent
    }
    package func tagged(withStack id: ComponentID, in target: Target) async throws(ProviderFailure) -> [String] {
        throw Self.absent
    }
    package func stackPolicy(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> String? {
        throw Self.absent
    }
}
