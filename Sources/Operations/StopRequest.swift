/// Somebody asks a command to end: what is under way is brought to a known state, and nothing further is begun.
///
/// Only for commands that would leave something half said. All others may be killed at any instruction.
package struct StopRequest: Sendable {
    /// What asks, such as `SIGTERM`; nil as long as nobody does.
    package let asked: @Sendable () -> String?
    private let every: Duration

    /// Nobody ever asks.
    package static let never = StopRequest(every: .seconds(3_600)) { nil }

    package init(every: Duration = .milliseconds(100), asked: @escaping @Sendable () -> String?) {
        self.asked = asked
        self.every = every
    }

    /// Runs the body; once somebody has asked, it may go on for this long, and is cancelled then.
    func bounding<Value: Sendable>(
        within grace: Duration,
        _ body: @escaping @Sendable @concurrent () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await wait(grace)
                return nil
            }
            var value: Value?
            for await result in group {
                if let result { value = result }
                group.cancelAll()
            }
            return value
        }
    }

    /// Until somebody has asked and the grace is over, or this is cancelled.
    @concurrent
    private func wait(_ grace: Duration) async {
        do {
            while asked() == nil { try await Task.sleep(for: every) }
            try await Task.sleep(for: grace)
        } catch {
            // Cancelled: the body has ended by itself.
        }
    }
}
