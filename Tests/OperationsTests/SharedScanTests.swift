import Core
import Foundation
import Operations
import Postgres
import Testing

@testable import Ledger

/// Several processes read one scan; here each is a scan of its own over the same database and world.
@Suite struct SharedScanTests {
    private static let targets = (1...9).map {
        Target(account: AccountID("10000000000\($0)"), region: Region("eu-west-1"))
    }

    /// A wait that ends when somebody says so.
    private actor Gate {
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private(set) var came = 0

        func pass() async {
            came += 1
            guard !isOpen else { return }
            await withCheckedContinuation { waiting.append($0) }
        }

        func open() {
            isOpen = true
            for one in waiting { one.resume() }
            waiting = []
        }
    }

    /// Evidence that nobody can read twice; it waits until all are there.
    private actor Once: EvidenceReading {
        let gate: Gate
        private var isRead = false

        init(_ gate: Gate) { self.gate = gate }

        func read(
            full: Bool,
            until: Date?,
            clock: @Sendable () -> Date
        ) async throws(StoreFailure) -> [EvidenceNote] {
            await gate.pass()
            if isRead { return [] }
            isRead = true
            return [EvidenceNote("branches of acme/store", why: "its host is away", advice: "wait")]
        }
    }

    private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<2_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("never: \(what)")
    }

    private func number(_ statement: SQL, _ scenario: Scenario) async throws -> Int {
        let connection = try await Connection.open(scenario.ledger.settings)
        let rows = try await connection.query(statement)
        await connection.close()
        return try rows.only()[0]
    }

    private func execute(_ statement: SQL, _ scenario: Scenario) async throws {
        let connection = try await Connection.open(scenario.ledger.settings)
        try await connection.execute(statement)
        await connection.close()
    }

    private func scan(
        _ scenario: Scenario,
        _ name: String,
        provider: (any ProviderReading)? = nil,
        lease: Duration = .seconds(30),
        joins: Bool = true,
        isHeard: Bool = true,
        evidence: [any EvidenceReading] = []
    ) -> Scan {
        let sleep: @Sendable (Duration) async throws -> Void = { duration in
            // What a frozen process does not do is to say that it is alive.
            try await Task.sleep(for: !isHeard && duration == lease / 4 ? .seconds(3_600) : duration)
        }
        return Scan(
            provider: provider ?? scenario.world,
            store: scenario.ledger,
            rules: scenario.wiring.rules,
            locks: scenario.ledger,
            evidence: evidence,
            sharing: Scan.Sharing(worker: name, lease: lease, joins: joins, sleep: sleep)
        )
    }

    private func run(
        _ scan: Scan,
        _ scenario: Scenario,
        only targets: [Target]? = nil,
        until end: Date? = nil,
        progress: @escaping @Sendable (Scan.Progress) -> Void = { _ in }
    ) async throws -> ScanOutcome {
        try await scan.run(only: targets, full: false, until: end, clock: scenario.wiring.clock, progress: progress)
    }

    private func reads(_ scenario: Scenario) async -> [String] {
        await scenario.world.log.filter { $0.hasPrefix("components ") }.sorted()
    }

    @Test func `several at once share one scan: each target is read once, and all end with the same summary`()
        async throws
    {
        try await Scenario.run(targets: Self.targets) { scenario in
            for target in Self.targets {
                await scenario.world.add("shop-feat-a", in: target, created: Scenario.longAgo)
            }
            // Nobody reads before all are there.
            let provider = ProviderInBetween(
                world: scenario.world,
                beforeComponents: { _ in
                    try? await until("four workers") {
                        try await number("SELECT count(*) FROM scan_workers", scenario) == 4
                    }
                }
            )
            let outcomes = try await withThrowingTaskGroup(of: ScanOutcome.self) { group in
                for index in 0..<4 {
                    group.addTask { try await run(scan(scenario, "worker \(index)", provider: provider), scenario) }
                }
                return try await group.reduce(into: [ScanOutcome]()) { $0.append($1) }
            }
            #expect(await reads(scenario) == Self.targets.map { "components \($0)" })
            #expect(Set(outcomes.map(\.summary.id)).count == 1 && Set(outcomes.map(\.worker)).count == 4)
            for outcome in outcomes {
                #expect(outcome.isComplete && outcome.environments == Self.targets.count)
                #expect(outcome.summary.readings.map(\.target) == Self.targets)
                #expect(outcome.summary.workers.map(\.read).reduce(0, +) == Self.targets.count)
            }
            #expect(try await number("SELECT count(*) FROM scans", scenario) == 1)
        }
    }

    @Test func `N1 what could not be read is told by all who share the scan, whoever ends it`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let gate = Gate()
            let once = Once(gate)
            let outcomes = try await withThrowingTaskGroup(of: ScanOutcome.self) { group in
                group.addTask { try await run(scan(scenario, "first", evidence: [once]), scenario) }
                try await until("the first reads evidence") { await gate.came == 1 }
                group.addTask { try await run(scan(scenario, "second", evidence: [once]), scenario) }
                try await until("the second is there") {
                    try await number("SELECT count(*) FROM scan_workers", scenario) == 2
                }
                await gate.open()
                return try await group.reduce(into: [ScanOutcome]()) { $0.append($1) }
            }
            #expect(Set(outcomes.map(\.summary.id)).count == 1 && Set(outcomes.map(\.worker)).count == 2)
            #expect(outcomes.map { $0.notes.map(\.why) } == [["its host is away"], ["its host is away"]])
        }
    }

    @Test func `R1 what a frozen worker was reading is read by another, and its own late reading is refused`()
        async throws
    {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let old = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.away, created: Scenario.longAgo)
            let gate = Gate()
            let world = scenario.world
            let frozen = ProviderInBetween(
                world: world,
                beforeComponents: { target in if target == Scenario.home { await gate.pass() } }
            )
            let lost = AsyncStream<Target>.makeStream()
            let outcomes = try await withThrowingTaskGroup(of: ScanOutcome.self) { group in
                group.addTask {
                    try await run(
                        scan(scenario, "frozen", provider: frozen, lease: .milliseconds(300), isHeard: false),
                        scenario,
                        progress: { if case .lost(let target) = $0 { lost.continuation.yield(target) } }
                    )
                }
                try await until("the first reads") { await gate.came == 1 }
                // What the frozen one will see is what was there before this.
                await world.remove(old)
                await world.add("shop-feat-c", in: Scenario.home, created: Scenario.longAgo)
                let second = try await run(scan(scenario, "second", lease: .milliseconds(300)), scenario)
                await gate.open()
                return try await group.reduce(into: [second]) { $0.append($1) }
            }
            lost.continuation.finish()
            #expect(await lost.stream.reduce(into: []) { $0.append($1) } == [Scenario.home])
            #expect(Set(outcomes.map(\.summary.id)).count == 1)
            #expect(outcomes.allSatisfy { $0.isComplete })
            // Two: of the two that are there now. The reading of each target is recorded once.
            #expect(try await number("SELECT count(*) FROM readings", scenario) == 2)
            #expect(try await scenario.environment("feat-a") == nil)
            #expect(try await scenario.environment("feat-c") != nil)
        }
    }

    @Test func `a scan whose worker ended is taken up: only what is left is read, and it has its end`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let gate = Gate()
            let stuck = ProviderInBetween(
                world: scenario.world,
                beforeComponents: { target in if target == Scenario.away { await gate.pass() } }
            )
            let first = scan(scenario, "first", provider: stuck, lease: .milliseconds(300))
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await run(first, scenario) }
                try? await until("one is recorded") {
                    let read = try await number("SELECT count(*) FROM readings", scenario)
                    let came = await gate.came
                    return read == 1 && came == 1
                }
                group.cancelAll()
                await gate.open()
            }
            #expect(try await number("SELECT count(*) FROM scans WHERE state = 'running'", scenario) == 1)
            await scenario.world.clearLog()
            let outcome = try await run(scan(scenario, "second", lease: .milliseconds(300)), scenario)
            #expect(await reads(scenario) == ["components \(Scenario.away)"])
            #expect(outcome.isComplete && outcome.summary.workers.map(\.name) == ["first", "second"])

            // Killed after its last reading: whoever comes next brings it to its end and reads nothing.
            try await execute(
                "UPDATE scans SET state = 'running', finished_at = NULL WHERE scan_id = \(outcome.summary.id.number)",
                scenario
            )
            await scenario.world.clearLog()
            let end = try await run(scan(scenario, "third"), scenario)
            #expect(end.summary.id == outcome.summary.id && end.isComplete)
            #expect(await reads(scenario).isEmpty)
        }
    }

    @Test func `R1 a target at which three workers ended is a failed reading, not a fourth one's end`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let extent = ScanExtent(
                targets: [Scenario.home, Scenario.away],
                whole: true,
                full: false,
                naming: try await namingHash(scenario),
                isShared: true
            )
            let share = try await scenario.ledger.joinScan(
                extent,
                worker: "first",
                lease: .seconds(30),
                at: scenario.clock.now
            )
            try await execute(
                """
                UPDATE scan_targets SET attempts = 3 WHERE scan_id = \(share.scan.number) AND target_id =
                    (SELECT target_id FROM targets WHERE account = \(Scenario.home.account.text))
                """,
                scenario
            )
            let outcome = try await run(scan(scenario, "second"), scenario)
            #expect(outcome.summary.id == share.scan && !outcome.isComplete)
            let failed = outcome.summary.readings.filter { $0.outcome != "complete" }
            #expect(failed.map(\.target) == [Scenario.home])
            #expect(failed.first?.failure?.contains("3 workers ended") == true)
            #expect(await reads(scenario) == ["components \(Scenario.away)"])
        }
    }

    /// As the program calculates it.
    private func namingHash(_ scenario: Scenario) async throws -> Digest {
        _ = try await run(scan(scenario, "somebody"), scenario)
        await scenario.world.clearLog()
        let connection = try await Connection.open(scenario.ledger.settings)
        let rows = try await connection.query("SELECT hash FROM naming_revisions ORDER BY naming_id DESC LIMIT 1")
        await connection.close()
        return Digest(bytes: try rows.only()[0])
    }

    @Test func `one target is read at once beside a whole scan, after whoever is just reading it`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let (gate, world) = (Gate(), scenario.world)
            let held = ProviderInBetween(
                world: world,
                beforeComponents: { target in if target == Scenario.home { await gate.pass() } }
            )
            try await withThrowingTaskGroup(of: ScanOutcome.self) { group in
                group.addTask { try await run(scan(scenario, "whole", provider: held), scenario) }
                try await until("the whole scan holds a target") { await gate.came == 1 }
                await world.add("shop-feat-b", in: Scenario.away, created: Scenario.longAgo)
                // Another target is not in anybody's way.
                let beside = try await run(scan(scenario, "prompt", joins: false), scenario, only: [Scenario.away])
                #expect(beside.isComplete && beside.summary.whole == false)
                #expect(try await scenario.environment("feat-b") != nil)

                // The same one waits until it is free: what the other reads may be older than what it was called for.
                group.addTask { try await run(scan(scenario, "late", joins: false), scenario, only: [Scenario.home]) }
                try await until("it waits") {
                    try await number("SELECT count(*) FROM scan_workers WHERE name = 'late'", scenario) == 1
                }
                await world.add("shop-feat-c", in: Scenario.home, created: Scenario.longAgo)
                await gate.open()
                let outcomes = try await group.reduce(into: [ScanOutcome]()) { $0.append($1) }
                #expect(outcomes.count == 2 && outcomes.allSatisfy { $0.isComplete })
                let whole = try #require(outcomes.first { $0.summary.whole })
                #expect(whole.summary.readings.count == 2)
            }
            #expect(try await scenario.environment("feat-c") != nil)
            let covered = try await scenario.environment("feat-c")?.targets.first
            let newest = try await number("SELECT max(scan_id) FROM scans", scenario)
            #expect(covered?.scan == ScanID(Int64(newest)) && covered?.failure == nil)
        }
    }

    @Test func `N1 whoever has no more time leaves the rest to those who are at work, and says to whom`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let gate = Gate()
            let held = ProviderInBetween(world: scenario.world, beforeComponents: { _ in await gate.pass() })
            try await withThrowingTaskGroup(of: ScanOutcome.self) { group in
                group.addTask { try await run(scan(scenario, "patient", provider: held), scenario) }
                try await until("both are held") { await gate.came == 2 }
                var problem: Problem?
                do {
                    _ = try await run(scan(scenario, "late"), scenario, until: scenario.clock.now)
                } catch let error as Problem { problem = error }
                #expect(problem?.kind == .partial && problem?.summary.contains("2 targets are left to patient") == true)
                await gate.open()
                let outcomes = try await group.reduce(into: [ScanOutcome]()) { $0.append($1) }
                #expect(outcomes.allSatisfy { $0.isComplete })
            }
        }
    }

    @Test func `a database that refuses one reading ends the scan with its reason, and the next goes on`() async throws
    {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let store = StoreInBetween(
                store: scenario.ledger,
                onReading: { (claim) throws(StoreFailure) in
                    if claim.target == Scenario.home { throw StoreFailure(.unreachable, "it went away") }
                }
            )
            let broken = Scan(
                provider: scenario.world,
                store: store,
                rules: scenario.wiring.rules,
                locks: scenario.ledger,
                sharing: Scan.Sharing(worker: "broken", lease: .milliseconds(300))
            )
            var problem: Problem?
            do { _ = try await run(broken, scenario) } catch let error as Problem { problem = error }
            #expect(problem?.kind == .unavailable && problem?.summary == "it went away")
            let outcome = try await run(scan(scenario, "next"), scenario)
            #expect(outcome.isComplete && outcome.summary.workers.map(\.name) == ["broken", "next"])
        }
    }
}
