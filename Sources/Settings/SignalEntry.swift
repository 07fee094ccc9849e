import Core

extension YAMLEntry {
    /// What scans read of environments beyond their stacks.
    func signalRules() -> SignalRules? {
        guard let parts = mapping(["invocations"], example: "{ invocations: off }") else { return nil }
        var rules = SignalRules()
        rules.invocations = (parts["invocations"]?.choice(Reading.self) ?? .on) == .on
        return rules
    }
}

private enum Reading: String, CaseIterable {
    case on
    case off
}
