import Core
import Foundation
import Ledger
import Operations
import Synchronization
import Testing

/// A request to stop that a test makes.
final class Stop: Sendable {
    private let by = Mutex<String?>(nil)

    func ask(_ name: String = "SIGTERM") { by.withLock { $0 = name } }
    var request: StopRequest { StopRequest(every: .milliseconds(5)) { [self] in by.withLock(\.self) } }
}

/// Never answers by itself; says what is known once it is cancelled.
private struct HangingPost: Courier {
    let stop: Stop

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        stop.ask()
        do { try await Task.sleep(for: .seconds(600)) } catch { return .uncertain("cancelled") }
        return .accepted("after ten minutes")
    }
}

/// Who is asked to stop brings what is under way to a known state, begins nothing more, and says what was left.
@Suite struct StopTests {
    private static func warned(_ body: (Scenario, PostOffice, Stop) async throws -> Void) async throws {
        try await Scenario.run { scenario in
            for owner in ["ada", "ben"] { await scenario.world.old("shop-feat-\(owner)", tags: ["owner": owner]) }
            try await scenario.ready(Scenario.warning)
            try await body(scenario, scenario.post(), Stop())
        }
    }

    private static func states(_ scenario: Scenario) async throws -> [String] {
        try await scenario.ledger.messages(open: false, limit: 10).map(\.state.rawValue).sorted()
    }

    @Test func `N2 asked to stop while it sends, a sender ends after the message under way`() async throws {
        try await Self.warned { scenario, post, stop in
            try await scenario.look()
            let asking = EventfulPost(post: post) { stop.ask() }
            let outcome = try await scenario.notifying(asking, stop: stop.request).run(until: nil).sent
            #expect(outcome.accepted == 1 && outcome.untried == 1)
            #expect(outcome.stopped == "stopped by SIGTERM")
            #expect(outcome.kinds == [.undone])
            #expect(try await Self.states(scenario) == ["accepted", "queued"])
            try await scenario.notify(post)
            #expect(Set(post.accepted.map(\.recipient)) == [Scenario.ada, Scenario.ben])
            #expect(post.deliveries.count == 2)
        }
    }

    @Test func `N2 a message that hangs is not waited for, and what is known of it is written down`() async throws {
        try await Self.warned { scenario, _, stop in
            try await scenario.look()
            let began = ContinuousClock.now
            let outcome = try await scenario.notifying(HangingPost(stop: stop), stop: stop.request).run(until: nil).sent
            #expect(outcome.uncertain.count == 1 && outcome.untried == 1)
            #expect(try await Self.states(scenario) == ["queued", "uncertain"])
            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    @Test func `N1 a night that is stopped in the middle says what it did not do, and is not done`() async throws {
        try await Self.warned { scenario, post, stop in
            let provider = ProviderInBetween(world: scenario.world, onComponents: { stop.ask("SIGINT") })
            let outcome = try await scenario.nightly(post, provider: provider, stop: stop.request).run(progress: { _ in
            })
            #expect(outcome.status == Problem.Kind.undone.rawValue)
            for step in ["evaluate", "plan", "notify"] {
                #expect(outcome.leftUndone.contains("\(step): not begun, the night was stopped by SIGINT"))
            }
            #expect(post.deliveries.isEmpty)
            let night = try #require(try await scenario.ledger.nights(since: .distantPast).first)
            #expect(night.outcome == .undone && night.leftUndone == outcome.leftUndone)
            // The next one does all of it.
            try await scenario.night(post)
            #expect(post.accepted.count == 2)
        }
    }

    @Test func `N1 a night that is stopped while it sends says which message is in which state`() async throws {
        try await Self.warned { scenario, _, stop in
            let post = HangingPost(stop: stop)
            let outcome = try await scenario.nightly(post, stop: stop.request).run(progress: { _ in })
            #expect(outcome.status == Problem.Kind.undone.rawValue)
            #expect(outcome.leftUndone.contains { $0.hasPrefix("nobody knows whether a message to ") })
            #expect(
                outcome.leftUndone.contains { $0.hasPrefix("1 more message was not tried: stopped by SIGTERM") }
            )
        }
    }
}
