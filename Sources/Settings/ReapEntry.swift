import Core

extension YAMLEntry {
    /// How a run of teardowns is paced.
    func pacing() -> Pacing? {
        let example = "{ parallel: 3, waves: true, stop_after_failures: 25%, alarms: [checkout-errors] }"
        guard let parts = mapping(["parallel", "waves", "stop_after_failures", "alarms"], example: example) else {
            return nil
        }
        var pacing = Pacing()
        pacing.parallel = parts["parallel"]?.integer(1...50, example: 3) ?? pacing.parallel
        pacing.waves = (parts["waves"]?.choice(Waving.self) ?? .yes) == .yes
        pacing.stopAfterFailures = parts["stop_after_failures"]?.percentage() ?? pacing.stopAfterFailures
        pacing.alarms = parts["alarms"]?.strings("a list of CloudWatch alarms", example: "[checkout-errors]") ?? []
        return pacing
    }

    /// How much of an account may turn stale at once before it is held.
    func breaker() -> Breaker? { percentage().map { Breaker(percent: $0) } }

    private func percentage() -> Int? {
        guard let text = scalar, text.hasSuffix("%"), let number = Int(text.dropLast()), (0...100).contains(number),
            text.first != "+"
        else { return unexpected("a whole percentage from 0% to 100%", example: "25%") }
        return number
    }
}

private enum Waving: String, CaseIterable {
    case yes = "true"
    case no = "false"
}
