import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// A reap of the full fleet that nobody disturbed: every point it came by, and how it ended.
struct Recording: Sendable {
    var points: [Point] = []
    var ending = Ending()

    private static let once = Once<Recording>()

    /// Made once; without points where there is no emulator.
    static func undisturbed() async throws -> Recording {
        try await once.value {
            let made = Mutex(Recording())
            try await FullFleet.with { house in
                var patient = house
                patient.reapFor = "5m"
                let crossing = try Crossing(patient)
                defer { crossing.stop() }
                crossing.begin(Crossing.Strike(call: { _ in .passes }, commit: { _ in .passes }))
                try await crossing.house.curfew("reap")
                crossing.end()
                let recording = Recording(points: crossing.watch.seen, ending: try await Ending(of: crossing))
                made.withLock { $0 = recording }
            }
            return made.withLock { $0 }
        }
    }

    /// Every point that leaves another world behind.
    ///
    /// A killed process leaves nothing but AWS and the database, so all that counts of a commit or a call that changes
    /// something is whether it has happened. Before a commit the world is as after the change before it.
    var everything: [Point] {
        points.flatMap { point in
            point.event.isChange ? (point.event.isCommit ? [point.after] : [point, point.after]) : [point]
        }
    }

    /// One point of each kind of change, in the order in which they came; for calls, both sides.
    var ofEachKind: [Point] {
        let changes = points.filter(\.event.isChange)
        let kinds = Dictionary(grouping: changes, by: \.kind)
        let chosen = Set(kinds.values.map { $0[$0.count / 2] })
        return changes.filter(chosen.contains).flatMap { $0.event.isCommit ? [$0.after] : [$0, $0.after] }
    }
}

extension Point {
    var before: Point { on(.before) }
    var after: Point { on(.after) }

    private func on(_ side: Side) -> Point {
        var point = self
        point.side = side
        return point
    }

    /// Without what it is about: a call's action, the statement that a commit is called after.
    var kind: String {
        if event.isCommit { return event.text }
        let action = event.text.split(separator: " ").first.map(String.init) ?? ""
        return action == "DeleteStack" && number > 1 ? "DeleteStack again" : action
    }
}

/// How it ended: nothing in it differs between runs that end alike.
struct Ending: Sendable {
    /// Plans, steps, environments, components, tombstones, and what stands.
    var state: [String] = []
    /// What there is beside stacks.
    var logGroups: [String] = []
    /// Tokens of requests to AWS, without what is random in them.
    var tokens: Set<String> = []
    /// What was written to the audit log about each step, each kind once: attempts differ.
    var events: Set<String> = []
    /// What is known to have stayed behind.
    var leftovers: [String] = []

    init() {}

    /// What only one of them has.
    func differences(from other: Ending) -> [String] {
        lines.subtracting(other.lines).sorted().map { "now: \($0)" }
            + other.lines.subtracting(lines).sorted().map { "undisturbed: \($0)" }
    }

    private var lines: Set<String> {
        // Equal lines are told apart by their numbers.
        var counts: [String: Int] = [:]
        var all: Set<String> = []
        for line in state + logGroups + leftovers.map({ "leftover \($0)" }) + tokens + events {
            counts[line, default: 0] += 1
            all.insert("\(line) (\(counts[line, default: 0]))")
        }
        return all
    }

    init(of crossing: Crossing) async throws {
        let house = crossing.house
        state = try await house.endState().map(\.withoutRandomNames)
        logGroups = try await house.contents(house.shop, "eu-west-1").logGroups()
        let deletions = crossing.aws.calls.filter { $0.action == "DeleteStack" }
        tokens = Set(deletions.compactMap { $0.token?.split(separator: "-").prefix(3).joined(separator: "-") })
        events = Set(
            try await house.lines(
                """
                SELECT concat_ws(' ', a.event, 'P' || a.plan_id, e.name, a.details ->> 'step') FROM audit_log a
                LEFT JOIN environments e USING (environment_id)
                WHERE a.event IN ('step gone', 'step done', 'step obstructed', 'component reaped', 'environment ended')
                """
            )
        )
        leftovers = try await house.lines(
            "SELECT concat_ws(' ', type, reason, gone_at IS NULL) FROM leftovers ORDER BY 1"
        )
    }
}

extension String {
    /// Nested stacks have names with something random in them.
    fileprivate var withoutRandomNames: String { replacing(/outer-feat-g-N-[0-9a-f-]+/, with: "outer-feat-g-N") }
}

/// What must hold of every run, however often it was disturbed.
func expectHonest(
    _ crossing: Crossing,
    _ recording: Recording,
    after struck: [Point],
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let house = crossing.house
    let ending = try await Ending(of: crossing)
    let differences = ending.differences(from: recording.ending)
    #expect(differences.isEmpty, "\(differences) after \(struck)", sourceLocation: sourceLocation)
    let standing = ending.state.filter { $0.hasPrefix("stands") }
    #expect(standing == FullFleet.survivors.map { "stands \($0)" }, sourceLocation: sourceLocation)

    let deletions = crossing.aws.calls.filter { $0.action == "DeleteStack" }
    let used = Dictionary(grouping: deletions) { $0.token ?? "none" }
    #expect(
        used.values.allSatisfy { Set($0.map(\.stack)).count == 1 },
        "a token is used for one stack only",
        sourceLocation: sourceLocation
    )
    // The very tokens of the plan's steps, and none for a step that another token was used for before.
    let steps = try await house.lines(
        "SELECT token FROM steps WHERE action IN ('delete stack', 'delete again') AND state IN ('gone', 'obstructed')"
    )
    #expect(Set(used.keys) == Set(steps), "after \(struck)", sourceLocation: sourceLocation)
    let intents = try await house.lines(
        """
        SELECT concat_ws(' ', details ->> 'token', details ->> 'component', extract(epoch FROM at)) FROM audit_log
        WHERE event = 'step intended' AND actor = 'ada'
        """
    ).map { $0.split(separator: " ") }
    for call in deletions {
        let mine = intents.filter { $0.count == 3 && $0[0] == call.token ?? "" && $0[1] == call.stack ?? "" }
        let before = mine.filter { Double($0[2]) ?? .infinity <= call.at.timeIntervalSince1970 }
        #expect(
            !before.isEmpty,
            "P13 no intent before the call for \(call.stack ?? "")",
            sourceLocation: sourceLocation
        )
    }
    try await house.curfew("audit", "--verify", sourceLocation: sourceLocation)
    let running = try await house.lines("SELECT name FROM work_leases WHERE released_at IS NULL")
    #expect(running.isEmpty, "the lease is given back", sourceLocation: sourceLocation)
}
