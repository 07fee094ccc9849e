import Core

/// How fast AWS is asked: for each account and region, by all processes on all machines together (N4).
package struct LoadSettings: Sendable, Hashable {
    /// Of CloudFormation; it is halved where AWS throttles, and slowly given back.
    package var requestsPerSecond: Double
    /// Requests that may go at once after a pause.
    package var burst: Int

    package init(requestsPerSecond: Double = 2.5, burst: Int = 20) {
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
    }

    /// As it could be written: `2.5`, or `10`.
    static func text(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

extension YAMLEntry {
    func load() -> LoadSettings? {
        let example = "{ requests_per_second: 2.5, burst: 20 }"
        guard let parts = mapping(["requests_per_second", "burst"], example: example) else { return nil }
        var load = LoadSettings()
        load.requestsPerSecond = parts["requests_per_second"]?.rate() ?? load.requestsPerSecond
        load.burst = parts["burst"]?.integer(1...100_000, example: 20) ?? load.burst
        return load
    }

    private func rate() -> Double? {
        guard let text = scalar, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let rate = Double(text), (0.1...10_000).contains(rate)
        else { return unexpected("a number from 0.1 to 10000", example: "2.5") }
        return rate
    }
}
