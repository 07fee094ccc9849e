import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// The request rate as the database keeps it; every process asks the same row.
@Suite struct PaceTests {
    private let lane = PaceLane(account: target.account, region: target.region, service: "cloudformation")
    private let limits = PaceLimits(perSecond: 10, burst: 5)

    private func rate(_ fixture: LedgerFixture) async throws -> Double {
        try await fixture.sql("SELECT rate FROM request_paces").only()[0]
    }

    /// As if it had been so long ago.
    private func pass(_ seconds: Double, _ fixture: LedgerFixture) async throws {
        try await fixture.sql(
            """
            UPDATE request_paces SET free_at = free_at - make_interval(secs => \(seconds)),
                adapted_at = adapted_at - make_interval(secs => \(seconds)),
                throttled_at = throttled_at - make_interval(secs => \(seconds))
            """
        )
    }

    @Test func `N4 after a pause a burst goes at once, and everything after it at the rate`() async throws {
        try await LedgerFixture.with { fixture in
            var waits: [Double] = []
            for _ in 0..<15 {
                let turns = try await fixture.ledger.reserveTurns(lane, count: 1, limits: limits)
                #expect(turns.apart == .milliseconds(100))
                waits.append(turns.wait / .seconds(1))
            }
            #expect(waits.prefix(5).allSatisfy { $0 <= 0 })
            // Ten more at ten a second, less what the statements themselves took.
            #expect(waits[14] > 0.5 && waits[14] <= 1.0, "\(waits)")
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 < $1 + 0.05 })
            try await pass(3_600, fixture)
            let rested = try await fixture.ledger.reserveTurns(lane, count: 6, limits: limits)
            // However long the pause was: five at once, the sixth after them.
            #expect((-0.55 ... -0.45).contains(rested.wait / .seconds(1)), "\(rested.wait)")
        }
    }

    @Test func `N4 all who ask together get no more than one alone`() async throws {
        try await LedgerFixture.with { fixture in
            let others = [fixture.ledger(as: fixture.settings), fixture.ledger(as: fixture.settings)]
            let began = ContinuousClock.now
            let due = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for ledger in others {
                    for _ in 0..<10 {
                        group.addTask {
                            let turns = try await ledger.reserveTurns(lane, count: 3, limits: limits)
                            let now = ContinuousClock.now - began
                            return (0..<turns.count).map { now + turns.wait + turns.apart * $0 }
                        }
                    }
                }
                return try await group.reduce(into: [Duration]()) { $0 += $1 }
            }
            for ledger in others { await ledger.close() }
            #expect(due.count == 60)
            // The last of sixty is due when five have gone at once and fifty-five at ten a second.
            let last = (due.max() ?? .zero) / .seconds(1)
            #expect(last > 5.2, "\(last)")
        }
    }

    @Test func `N4 throttling halves the rate once, down to a sixteenth, and time gives it back`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.ledger.reserveTurns(lane, count: 1, limits: limits)
            #expect(try await rate(fixture) == 10)
            // Those that were under way at the same time say the same once more.
            for _ in 0..<4 { try await fixture.ledger.noteThrottled(lane, limits: limits) }
            let halved = try await rate(fixture)
            #expect((4.9...5.1).contains(halved))
            // Nothing is saved up where it was too much.
            let next = try await fixture.ledger.reserveTurns(lane, count: 1, limits: limits)
            #expect(next.wait > .milliseconds(-50) && next.apart > .milliseconds(190))
            for _ in 0..<10 {
                try await pass(2.1, fixture)
                try await fixture.ledger.noteThrottled(lane, limits: limits)
            }
            let slowest = try await rate(fixture)
            #expect(slowest < 1 && slowest >= limits.slowest)
            try await pass(60, fixture)
            _ = try await fixture.ledger.reserveTurns(lane, count: 1, limits: limits)
            let recovering = try await rate(fixture)
            #expect((5.0...6.5).contains(recovering), "\(recovering)")
            try await pass(60, fixture)
            _ = try await fixture.ledger.reserveTurns(lane, count: 1, limits: limits)
            #expect(try await rate(fixture) == 10)
            // Another lane never heard of it.
            let other = PaceLane(account: otherTarget.account, region: otherTarget.region, service: "cloudformation")
            _ = try await fixture.ledger.reserveTurns(other, count: 1, limits: limits)
            #expect(try await fixture.number("SELECT count(*) FROM request_paces WHERE throttles > 0") == 1)
        }
    }

    @Test func `whoever asks AWS may take turns, and a reader may not`() async throws {
        try await LedgerFixture.with { fixture in
            for group in ["curfew_scanner", "curfew_operator", "curfew_reaper", "curfew_reader"] {
                let ledger = fixture.ledger(as: try await fixture.login("turns_\(group)", group))
                let refused = await failure {
                    _ = try await ledger.reserveTurns(lane, count: 1, limits: limits)
                    try await ledger.noteThrottled(lane, limits: limits)
                }
                #expect(refused?.kind == (group == "curfew_reader" ? .refused : nil))
                await ledger.close()
            }
        }
    }
}
