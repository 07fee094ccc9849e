import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// What the reaper of a whole fleet needs breaks away under it: AWS, the database's server, the connection to it.
///
/// It has to end, in time and with words, and the following nights have to come to the end of a run that nothing
/// disturbed.
@Suite struct CutTests {
    private static let houses = 2

    /// Some of the points, far apart, so that several runs of the program share them all.
    private static func share(_ points: [Point], _ house: Int) -> [Point] {
        points.indices.filter { $0 % houses == house }.map { points[$0] }
    }

    @Test(arguments: 0..<houses) func `N3 P12 AWS resets the connection, before and after it took the call`(
        house: Int
    ) async throws {
        let recording = try await Recording.undisturbed()
        let readings = Dictionary(grouping: recording.points.filter { !$0.event.isChange }, by: \.kind)
        let chosen = Set(readings.values.map { $0[$0.count / 2] })
        let changes = recording.ofEachKind.filter { !$0.event.isCommit }
        let points = Self.share(recording.points.filter(chosen.contains) + changes, house)
        try await FullFleet.with { house in
            let crossing = try Crossing(house)
            defer { crossing.stop() }
            crossing.begin(Crossing.Strike(call: { .isReset(taken: $0.side == .after) }, commit: { _ in .passes }))
            try await crossing.comesToItsEnd(recording, striking: points) { outcome in
                #expect([0, 5].contains(outcome.status), "\(outcome)")
                if outcome.status == 5 { #expect(outcome.messages.contains("cannot go on now"), "\(outcome)") }
            }
        }
    }

    @Test func `N3 P8 AWS stays away for the rest of the night`() async throws {
        let recording = try await Recording.undisturbed()
        let deletions = recording.points.filter { $0.kind == "DeleteStack" }
        guard deletions.count > 10 else { return }
        let points = [deletions[10].after]
        try await FullFleet.with { house in
            let crossing = try Crossing(house)
            defer { crossing.stop() }
            let isAway = Mutex(false)
            crossing.begin(Crossing.Strike(call: { _ in .passes }, commit: { _ in .passes }))
            crossing.aws.decide { call, _ in
                if isAway.withLock(\.self) { return .isReset(taken: false) }
                guard let point = crossing.watch.note(PointEvent(call)) else { return .passes }
                isAway.withLock { $0 = true }
                return .isReset(taken: point.side == .after)
            }
            try await crossing.comesToItsEnd(recording, striking: points) { outcome in
                let wasAway = isAway.withLock { away in
                    defer { away = false }
                    return away
                }
                #expect(outcome.status == (wasAway ? 5 : 0), "\(outcome)")
                guard wasAway else { return }
                #expect(outcome.messages.contains("no answer for deletion of"), "\(outcome)")
                #expect(outcome.output.contains("Not finished; the next run looks again"), "\(outcome)")
            }
        }
    }

    @Test(arguments: 0..<houses) func `N3 P8 the connection to the database is cut at each kind of commit`(
        house: Int
    ) async throws {
        let recording = try await Recording.undisturbed()
        // Before it arrives, or before its answer does.
        let commits = recording.ofEachKind.filter(\.event.isCommit).enumerated()
            .map { $0.offset % 2 == 0 ? $0.element : $0.element.before }
        let points = Self.share(commits, house)
        try await FullFleet.with { house in
            let crossing = try Crossing(house)
            defer { crossing.stop() }
            let proxy = crossing.database
            let cut = { @Sendable () -> Void in proxy.cut() }
            crossing.begin(
                Crossing.Strike(
                    call: { _ in .passes },
                    commit: { $0.side == .before ? .isLost(cut) : .losesItsAnswer(cut) }
                )
            )
            try await crossing.comesToItsEnd(recording, striking: points) { Self.expectDatabaseWords($0) }
        }
    }

    @Test(arguments: [false, true]) func `N3 P8 P13 the database's server dies, and comes back at once or too late`(
        late: Bool
    ) async throws {
        let recording = try await Recording.undisturbed()
        let calls = recording.points.filter { $0.event.isChange && !$0.event.isCommit }
        let intents = recording.points.filter { $0.event.isCommit && $0.event.text.contains("fence = $") }
        guard intents.count > 10, calls.count > 10 else { return }
        let points =
            late
            ? [calls[2], intents[10].after, calls[calls.count - 4]]
            : [intents[3].after, calls[calls.count / 2], intents[intents.count - 4]]
        // A server that does not wait for its disk forgets its newest commits when it dies.
        let server = try await MortalServer(
            late ? ["synchronous_commit": "off", "wal_writer_delay": "10s"] : ["synchronous_commit": "on"]
        )
        try await FullFleet.with(database: server.database) { house in
            let crossing = try Crossing(house)
            defer { crossing.stop() }
            let die = { @Sendable () -> Void in server.die() }
            crossing.begin(
                Crossing.Strike(
                    call: { _ in .passesAfter(die) },
                    commit: { $0.side == .before ? .isLost(die) : .losesItsAnswer(die) }
                )
            )
            try await crossing.comesToItsEnd(
                recording,
                striking: points,
                meanwhile: { isOver in
                    while !isOver() || !server.isAlive {
                        if !late || isOver() { try await server.rise() }
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
            ) { Self.expectDatabaseWords($0) }
        }
        try await server.stop()
    }

    private static func expectDatabaseWords(_ outcome: Program.Outcome) {
        #expect([0, 69].contains(outcome.status), "\(outcome)")
        guard outcome.status == 69 else { return }
        let last = outcome.messageLines.suffix(2).joined(separator: "\n")
        #expect(last.contains("curfew: ") && last.contains("database"), "\(outcome)")
    }
}
