import Foundation
import Postgres
import Synchronization
import Testing

extension Crossing {
    /// Reaps as often as it is disturbed, and once more, and expects the end of a run that was not.
    ///
    /// `meanwhile` runs beside each reap, and has to return soon after that is over. `expect` is given each outcome.
    /// Returns the points that never came.
    @discardableResult
    func comesToItsEnd(
        _ recording: Recording,
        striking points: [Point],
        meanwhile: @escaping @Sendable (_ isOver: @Sendable () -> Bool) async throws -> Void = { _ in },
        reap: (Crossing) async throws -> Program.Outcome = { try await $0.house.curfew("reap", expecting: nil) },
        expect: (Program.Outcome) -> Void
    ) async throws -> [Point] {
        watch.aim(at: points)
        var isQuiet = false
        for _ in 0...points.count where !isQuiet {
            let before = watch.struck.count
            let over = Over()
            async let other: Void = meanwhile { over.isTrue }
            let outcome = try await reap(self)
            over.note()
            try await other
            expect(outcome)
            isQuiet = watch.struck.count == before
            #expect(!isQuiet || outcome.status == 0, "undisturbed after \(watch.struck): \(outcome)")
            try await awaitLease()
        }
        #expect(isQuiet, "it never came to its end: \(watch.struck)")
        end()
        try await expectHonest(self, recording, after: watch.struck)
        // Another run finds nothing to do.
        let calls = aws.calls.count { PointEvent($0).isChange }
        try await house.curfew("reap")
        #expect(aws.calls.count { PointEvent($0).isChange } == calls)
        let struck = Set(watch.struck)
        let missed = points.filter { !struck.contains($0) }
        // How often something is read depends on how long it takes; and so do some commits.
        #expect(missed.allSatisfy { !$0.event.isChange || $0.event.isCommit }, "\(missed) never came")
        return missed
    }

    /// Returns when the lease of a reaper that was killed, and the window of its last call, have run out.
    private func awaitLease() async throws {
        try await house.awaitQuiet()
        for _ in 0..<100 {
            let left = try await house.lines(
                """
                SELECT pg_sleep(greatest(0, extract(epoch FROM expires_at + signature_window - clock_timestamp()))
                    + 0.01)::text
                FROM work_leases WHERE released_at IS NULL AND expires_at + signature_window >= clock_timestamp()
                """
            )
            if left.isEmpty { return }
        }
    }
}

/// Whether a reap is over.
private final class Over: Sendable {
    private let state = Mutex(false)

    var isTrue: Bool { state.withLock(\.self) }

    func note() { state.withLock { $0 = true } }
}
