/// How often and when a failed call is made again.
///
/// A value: chance and sleep are injected.
///
/// AWS's standard mode: `random × min(2^(attempt-1), 20 s)`, three attempts (botocore/retries/standard.py).
package struct RetryPolicy: Sendable {
    /// Calls in all, the first included.
    package let attempts: Int
    private let longest: Duration
    private let random: @Sendable () -> Double
    private let sleep: @Sendable (Duration) async throws -> Void

    /// `random` gives 0..<1.
    package init(
        attempts: Int = 3,
        longest: Duration = .seconds(20),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        self.attempts = max(1, attempts)
        self.longest = longest
        self.random = random
        self.sleep = sleep
    }

    package static let standard = RetryPolicy()

    /// Every failure is final.
    package static let never = RetryPolicy(attempts: 1)

    /// How long to wait after this attempt (from 1) failed so, or nil to give up.
    ///
    /// What the server asked for in `retry-after` is a minimum, of which at most `longest` is obeyed.
    package func delay(after attempt: Int, _ error: AWSError, changesSomething: Bool) -> Duration? {
        guard attempt < attempts, error.retryable else { return nil }
        // From CloudFormation this code can mean a quota: harmless to ask again for a reading, not for a change.
        if changesSomething, error.code == "LimitExceededException" { return nil }
        var seconds = 1.0
        for _ in 1..<max(1, attempt) where seconds < 1_000 { seconds *= 2 }
        let ceiling = min(Duration.seconds(seconds), longest)
        let jittered = ceiling * random()
        return max(jittered, min(error.retryAfter ?? .zero, longest))
    }

    /// False when the task was cancelled meanwhile.
    func wait(_ delay: Duration) async -> Bool {
        do {
            try await sleep(delay)
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}
