import Foundation
import Synchronization
import TestSupport
import Testing

/// The reaper of a whole fleet is killed at the points of a run, and has to come to the end of one that never was.
///
/// By default at one point of each kind; with `CURFEW_KILL_MATRIX=all` at every point that was recorded, with
/// `CURFEW_KILL_MATRIX=2/5` at the second fifth of them.
@Suite struct KillMatrixTests {
    /// Kills in one run; the points of one run lie far apart.
    private static let kills = 6
    /// Runs at the same time.
    private static let lanes = 6

    private static var share: (number: Int, of: Int)? {
        guard let text = ProcessInfo.processInfo.environment["CURFEW_KILL_MATRIX"], !text.isEmpty else { return nil }
        let parts = text.split(separator: "/").compactMap { Int($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : (1, 1)
    }

    /// The points of each run.
    private static func runs(_ recording: Recording) -> [[Point]] {
        var points = recording.ofEachKind
        if let share {
            let all = recording.everything
            points = all.indices.filter { $0 % share.of == share.number - 1 }.map { all[$0] }
        }
        let count = (points.count + kills - 1) / kills
        return (0..<count).map { run in points.indices.filter { $0 % count == run }.map { points[$0] } }
    }

    @Test(arguments: 0..<lanes) func `P12 P13 killed at each kind of point, a whole fleet is brought to the same end`(
        lane: Int
    ) async throws {
        let recording = try await Recording.undisturbed()
        let runs = Self.runs(recording)
        for (number, points) in runs.enumerated() where number % Self.lanes == lane {
            let missed = try await Self.kill(at: points, recording)
            guard Self.share != nil else { continue }
            print(
                "run \(number + 1) of \(runs.count): killed at \(points.count - missed.count) points; never came: \(missed)"
            )
        }
    }

    /// The points that never came.
    private static func kill(at points: [Point], _ recording: Recording) async throws -> [Point] {
        let missed = Mutex<[Point]>([])
        try await FullFleet.with { house in
            let crossing = try Crossing(house)
            defer { crossing.stop() }
            let victim = Mutex(Program.Handle())
            let kill = { @Sendable () -> Void in victim.withLock(\.self).kill() }
            crossing.begin(
                Crossing.Strike(
                    call: { $0.side == .before ? .isLost(kill) : .losesItsAnswer(kill) },
                    commit: { $0.side == .before ? .isLost(kill) : .losesItsAnswer(kill) }
                )
            )
            let never = try await crossing.comesToItsEnd(
                recording,
                striking: points,
                reap: { crossing in
                    let handle = Program.Handle()
                    victim.withLock { $0 = handle }
                    return try await crossing.house.curfew("reap", expecting: nil, handle: handle)
                },
                expect: { #expect([0, -9].contains($0.status), "\($0)") }
            )
            missed.withLock { $0 = never }
        }
        return missed.withLock(\.self)
    }
}
