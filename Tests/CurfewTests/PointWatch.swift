import Foundation
import Postgres
import Synchronization
import TestSupport

/// A moment in a run at which a test can strike: a call to AWS or a commit, the n-th of its kind, on its way there or
/// with its answer on its way back.
struct Point: Hashable, Sendable, CustomStringConvertible {
    enum Side: String, Sendable, CaseIterable {
        case before = "before it arrives"
        case after = "before its answer does"
    }

    let event: PointEvent
    /// From 1, among those that look the same.
    let number: Int
    var side = Side.before

    var description: String { "\(event.text) #\(number), \(side.rawValue)" }
}

/// What happens at a point, in words that are the same in each run.
struct PointEvent: Hashable, Sendable {
    let text: String
    /// It changes something: at AWS, or by a commit.
    let isChange: Bool
    let isCommit: Bool

    init(_ call: Proxy.Call) {
        let target = call.request[header: "x-amz-target"]?.split(separator: ".").last.map(String.init)
        let path = call.request.path.split(separator: "?").first.map(String.init) ?? ""
        let name = call.stack?.split(separator: "/").dropFirst().first.map(String.init) ?? call.stack
        let what = target ?? call.fields["Action"] ?? "\(call.request.method) \(Self.withoutNumbers(path))"
        let changes = ["DeleteStack", "UpdateTerminationProtection", "BatchDeleteImage", "DeleteLogGroup"]
        // Nested stacks have names with something random in them.
        let known = name.map { $0.hasPrefix("outer-feat-g-N-") ? "outer-feat-g-N" : $0 }
        text = ([what] + (known.map { [$0] } ?? [])).joined(separator: " ")
        isChange =
            changes.contains(what)
            || (target == nil && call.fields["Action"] == nil && !["GET", "HEAD"].contains(call.request.method))
        isCommit = false
    }

    /// The commit of a transaction, called after the first of its statements that writes, and the words in that.
    init(commitOf statements: [PostgresProxy.Statement]) {
        let words = ["INSERT", "UPDATE", "DELETE", "WITH", "SELECT seal()"]
        let inside = statements.dropFirst().dropLast()
        let writing = inside.first { statement in words.contains { statement.text.hasPrefix($0) } } ?? inside.first
        let values = writing?.words.joined(separator: ", ") ?? ""
        text = "commit of \(writing?.text.prefix(100) ?? "nothing") (\(values))"
        isChange = true
        isCommit = true
    }

    private static func withoutNumbers(_ text: String) -> String {
        text.replacing(/[0-9]{12}/, with: "N")
    }
}

/// Sees the points of a run go by, in their order, and strikes at some of them.
final class PointWatch: Sendable {
    private struct State {
        var counts: [PointEvent: Int] = [:]
        var seen: [Point] = []
        var targets: Set<Point> = []
        var struck: [Point] = []
    }

    private let state = Mutex(State())

    /// Every point so far.
    var seen: [Point] { state.withLock(\.seen) }
    /// Those at which it struck.
    var struck: [Point] { state.withLock(\.struck) }

    /// From now on it strikes at these, each once.
    func aim(at points: [Point]) { state.withLock { $0.targets = Set(points) } }

    /// Notes that an event is about to happen; the point where it is one to strike at.
    func note(_ event: PointEvent) -> Point? {
        state.withLock { state in
            let number = state.counts[event, default: 0] + 1
            state.counts[event] = number
            state.seen.append(Point(event: event, number: number))
            for side in Point.Side.allCases {
                guard let point = state.targets.remove(Point(event: event, number: number, side: side)) else {
                    continue
                }
                state.struck.append(point)
                return point
            }
            return nil
        }
    }
}

/// What stands between the program and everything else: AWS on one side, PostgreSQL on the other.
struct Crossing: Sendable {
    let house: House
    let aws: Proxy
    let database: PostgresProxy
    let watch: PointWatch

    /// How a point is struck at.
    struct Strike: Sendable {
        var call: @Sendable (Point) -> Proxy.Fate
        var commit: @Sendable (Point) -> PostgresProxy.Fate
    }

    init(_ house: House, shortLease: Bool = true) throws {
        let watch = PointWatch()
        aws = try Proxy(to: house.emulator)
        let folder = house.database.overrides["host"] ?? ""
        database = try PostgresProxy(toSocket: "\(folder)/.s.PGSQL.\(house.database.overrides["port"] ?? "5432")")
        var behind = try house.reaching(aws.url, shortLease: shortLease)
        behind.databasePlace = database.place
        self.house = behind
        self.watch = watch
    }

    /// Watches, and strikes at the points that the watch is aimed at.
    func begin(_ strike: Strike) {
        let watch = watch
        aws.decide { call, _ in watch.note(PointEvent(call)).map(strike.call) ?? .passes }
        database.decide { statements in watch.note(PointEvent(commitOf: statements)).map(strike.commit) ?? .passes }
    }

    /// Nothing is watched any more.
    func end() {
        aws.decide { _, _ in .passes }
        database.decide { _ in .passes }
    }

    func stop() {
        aws.stop()
        database.stop()
    }
}
