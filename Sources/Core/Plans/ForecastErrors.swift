/// The audit log's word for a teardown that went otherwise than its plan had said.
package let forecastWrong = "forecast wrong"

/// How the teardown of one environment really went.
package struct TeardownOutcome: Sendable, Hashable {
    /// What was found afterwards: names, ids or ARNs.
    package var leftovers: [String]
    /// From its first request to its end; nil where it did not end well.
    package var seconds: Int?
    /// Why steps failed.
    package var failures: [String]

    package init(leftovers: [String] = [], seconds: Int? = nil, failures: [String] = []) {
        self.leftovers = leftovers
        self.seconds = seconds
        self.failures = failures
    }
}

/// Where a forecast was wrong, one sentence each; empty when it was right.
///
/// Only a plan without blockers is carried out, so every failure is one that the forecast did not see. What took less
/// time than forecast is no error: nobody is surprised by it.
package func forecastErrors(forecast: EnvironmentForecast, outcome: TeardownOutcome) -> [String] {
    var errors = outcome.leftovers.sorted().compactMap { leftover in
        forecast.stays.contains { isSame($0.name, leftover) } ? nil : "\(leftover) stayed, which was not forecast"
    }
    if let seconds = outcome.seconds, seconds > forecast.duration.most, forecast.duration.most > 0 {
        let took = DurationText.format(.seconds(seconds))
        errors.append(
            "it took \(took), longer than the \(DurationText.format(.seconds(forecast.duration.most))) forecast"
        )
    }
    errors += outcome.failures.map { "it failed, which was not forecast: \($0)" }
    return errors
}

/// A name and an ARN of the same thing: the ARN ends in it, behind a `:` or `/`.
private func isSame(_ name: String, _ other: String) -> Bool {
    guard name != other else { return true }
    let (short, long) = name.count < other.count ? (name, other) : (other, name)
    guard !short.isEmpty, long.hasPrefix("arn:") else { return false }
    // A log group's ARN has `:*` behind its name.
    let end = long.hasSuffix(":*") ? long.dropLast(2) : Substring(long)
    guard end.hasSuffix(short) else { return false }
    return end.dropLast(short.count).last.map { $0 == ":" || $0 == "/" } ?? false
}
