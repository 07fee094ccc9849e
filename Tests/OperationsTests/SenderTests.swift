import Core
import Foundation
import Operations
import Postgres
import Synchronization
import Testing

@testable import Ledger

/// What is known of a try is written down once, by whoever made that try, whatever becomes of the database meanwhile.
@Suite struct SenderTests {
    /// A store that does not take what came of a message so many times.
    private static func failing(
        _ scenario: Scenario,
        times: Int,
        after: Bool = false
    ) -> Scenario {
        let left = Mutex(times)
        let fail: @Sendable () throws(StoreFailure) -> Void = { () throws(StoreFailure) in
            let fails = left.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw StoreFailure(.unreachable, "the connection broke") }
        }
        var store = StoreInBetween(store: scenario.ledger)
        if after { store.afterConclude = fail } else { store.onConclude = fail }
        var broken = scenario
        broken.wiring.store = store
        return broken
    }

    private static func warned(_ owners: [String], _ body: (Scenario, PostOffice) async throws -> Void) async throws {
        try await Scenario.run { scenario in
            for owner in owners { await scenario.world.old("shop-feat-\(owner)", tags: ["owner": owner]) }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await body(scenario, scenario.post())
        }
    }

    @Test func `N2 of two senders that race for one message the late one writes nothing over the other's try`()
        async throws
    {
        try await Self.warned(["ada"]) { scenario, post in
            let ledger = scenario.ledger
            let clock = scenario.clock
            let settings = ledger.settings
            let second = Mutex<OutgoingMessage?>(nil)
            let racing = EventfulPost(post: post) {
                // The connection that holds the lock is cut, and another sender begins.
                let connection = try await Connection.open(settings)
                try await connection.execute(
                    """
                    SELECT pg_terminate_backend(l.pid) FROM pg_locks l
                    WHERE l.locktype = 'advisory' AND l.database = (
                        SELECT oid FROM pg_database WHERE datname = current_database()
                    )
                    """
                )
                await connection.close()
                let found = try await ledger.holding("curfew outbox") {
                    _ = try await ledger.recoverMessages(at: clock.now)
                    return try await ledger.beginSending(without: [], kind: nil, at: clock.now)
                }
                second.withLock { $0 = found ?? nil }
            }
            let late = await problem { try await scenario.notify(racing) }
            #expect(late?.kind == .locked)
            #expect(late?.summary.contains("ada@example.com") == true)
            let begun = second.withLock(\.self)
            let other = try #require(begun)
            #expect(other.tries == 2)
            let between = try await ledger.message(other.id)
            #expect(between.state == .sending && between.tries == 2)
            #expect(try await scenario.finding("feat-ada") == "flagged")
            try await ledger.conclude(
                other.id,
                try: other.tries,
                as: .refused,
                reason: "550",
                nextTry: nil,
                at: clock.now
            )
            #expect(try await ledger.message(other.id).state == .refused)
        }
    }

    @Test(arguments: [false, true])
    func `N3 what is known of a message is written down although the database was away for a moment`(
        after: Bool
    ) async throws {
        try await Self.warned(["ada", "ben"]) { scenario, post in
            let outcome = try await Self.failing(scenario, times: 2, after: after).notify(post)
            #expect(outcome.sent.accepted == 1)
            #expect(outcome.sent.stopped?.contains("the database was lost") == true)
            // Whoever has the lock by now sends the rest.
            #expect(outcome.sent.untried == 1 && outcome.sent.isUndone)
            let states = try await scenario.ledger.messages(open: false, limit: 10).map(\.state)
            #expect(states.sorted { $0.rawValue < $1.rawValue } == [.accepted, .queued])
            try await scenario.notify(post)
            #expect(Set(post.accepted.map(\.recipient)) == [Scenario.ada, Scenario.ben])
            #expect(post.deliveries.count == 2)
        }
    }

    @Test func `N3 a database that stays away ends the sending, and what was known is said`() async throws {
        try await Self.warned(["ada"]) { scenario, post in
            let began = scenario.clock.now
            let gone = await problem { try await Self.failing(scenario, times: 1_000).notify(post) }
            #expect(gone?.kind == .unavailable)
            #expect(gone?.summary.contains("a message to ada@example.com (M1, try 1) is accepted") == true)
            #expect(scenario.clock.now.timeIntervalSince(began) < 30)
            #expect(try await scenario.ledger.message(MessageID(1)).state == .sending)
            // A warning whose end nobody knows is sent once more.
            try await scenario.notify(post)
            #expect(try await scenario.ledger.message(MessageID(1)).state == .accepted)
            #expect(post.deliveries.count == 2)
        }
    }
}
