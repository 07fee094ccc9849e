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
            try await house.awaitLease()
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
}

/// Whether a reap is over.
private final class Over: Sendable {
    private let state = Mutex(false)

    var isTrue: Bool { state.withLock(\.self) }

    func note() { state.withLock { $0 = true } }
}
