import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Several workers of one scan, as the database keeps them apart.
@Suite struct SharingTests {
    private static let targets = (1...6).map {
        Target(account: AccountID("11111111111\($0)"), region: Region("eu-central-1"))
    }

    private func extent(
        _ targets: [Target] = targets,
        whole: Bool = true,
        full: Bool = false,
        naming: String = "",
        shared: Bool = true
    ) -> ScanExtent {
        ScanExtent(targets: targets, whole: whole, full: full, naming: Digest(of: naming), isShared: shared)
    }

    private func join(
        _ fixture: LedgerFixture,
        _ extent: ScanExtent,
        _ name: String = "one",
        lease: Duration = .seconds(600)
    ) async throws -> ScanShare {
        try await fixture.ledger.joinScan(extent, worker: name, lease: lease, at: day(1))
    }

    private func expire(_ claim: TargetClaim, _ fixture: LedgerFixture) async throws {
        try await fixture.sql(
            """
            UPDATE scan_targets SET lease_until = clock_timestamp() - interval '1 s'
            WHERE scan_id = \(claim.scan.number) AND fence = \(claim.fence) AND worker_id = \(claim.worker.number)
                AND target_id = (SELECT target_id FROM targets
                    WHERE account = \(claim.target.account.text) AND region = \(claim.target.region.text))
            """
        )
    }

    private func reading(_ target: Target, _ names: [String] = [], at: Double = 1) -> TargetReading {
        complete(names.map { component($0, in: target) }, of: target, at: day(at))
    }

    @Test func `what could not be recorded is given back, unless it was taken over`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(1))
            let share = ScanShare(scan: scan, worker: WorkerID(1), joined: false)
            let claim = try #require(try await ledger.claimTarget(in: share, lease: .seconds(60)))
            #expect(try await ledger.claimTarget(in: share, lease: .seconds(60)) == nil)
            try await ledger.giveBack(claim)
            let again = try #require(try await ledger.claimTarget(in: share, lease: .seconds(60)))
            #expect(again.fence > claim.fence)
            // The first claim is over: it gives nothing back that is somebody's by now.
            try await ledger.giveBack(claim)
            #expect(try await ledger.claimTarget(in: share, lease: .seconds(60)) == nil)
        }
    }

    @Test func `workers that mean the same share a scan, all others have one of their own`() async throws {
        try await LedgerFixture.with { fixture in
            let first = try await join(fixture, extent())
            let second = try await join(fixture, extent(Self.targets.reversed()), "two")
            #expect(first.scan == second.scan && first.worker != second.worker && second.joined && !first.joined)
            let others = [
                extent(Array(Self.targets.dropLast())), extent(whole: false), extent(full: true),
                extent(naming: "other"), extent(shared: false),
            ]
            for other in others {
                let apart = try await join(fixture, other)
                #expect(apart.scan != first.scan && !apart.joined)
            }
            // One that nobody may join is not joined by its own like either.
            #expect(try await join(fixture, extent(shared: false)).joined == false)
        }
    }

    @Test func `two that begin at the same moment begin one scan`() async throws {
        try await LedgerFixture.with { fixture in
            let scans = try await withThrowingTaskGroup(of: ScanID.self) { group in
                for index in 0..<8 {
                    group.addTask { try await join(fixture, extent(), "worker \(index)").scan }
                }
                return try await group.reduce(into: Set<ScanID>()) { $0.insert($1) }
            }
            #expect(scans.count == 1)
            #expect(try await fixture.number("SELECT count(*) FROM scan_targets") == Self.targets.count)
        }
    }

    @Test func `each target is given to one worker, in order, whoever asks at the same time`() async throws {
        try await LedgerFixture.with { fixture in
            let shares = [try await join(fixture, extent()), try await join(fixture, extent(), "two")]
            #expect(try await fixture.ledger.claimTarget(in: shares[1], lease: .seconds(60))?.target == Self.targets[0])
            let claimed = try await withThrowingTaskGroup(of: TargetClaim?.self) { group in
                for index in 0..<12 {
                    group.addTask { try await fixture.ledger.claimTarget(in: shares[index % 2], lease: .seconds(60)) }
                }
                return try await group.reduce(into: [TargetClaim]()) { if let claim = $1 { $0.append(claim) } }
            }
            #expect(claimed.map(\.target).sorted() == Array(Self.targets.dropFirst()))
            let progress = try await fixture.ledger.progress(of: shares[0])
            #expect(progress.claimed == Self.targets.count && progress.waiting == 0 && progress.isRunning)
            #expect(progress.others == ["two"] && progress.holders == ["two"])
        }
    }

    @Test func `what was claimed and not heard of is given to the next, with a higher fence`() async throws {
        try await LedgerFixture.with { fixture in
            let one = try await join(fixture, extent([target]))
            let two = try await join(fixture, extent([target]), "two")
            let dead = try #require(try await fixture.ledger.claimTarget(in: one, lease: .seconds(60)))
            #expect(try await fixture.ledger.claimTarget(in: two, lease: .seconds(60)) == nil)
            try await expire(dead, fixture)
            let taken = try #require(try await fixture.ledger.claimTarget(in: two, lease: .seconds(60)))
            #expect(taken.target == target && taken.fence > dead.fence && taken.attempt == 2)
            // Whoever was taken for dead and was not records nothing, neither before nor after the other.
            for time in 0..<2 {
                let late = await failure {
                    try await fixture.ledger.record(reading(target, ["late"]), under: dead, calls: [:])
                }
                #expect(late?.kind == .conflict)
                #expect(try await fixture.number("SELECT count(*) FROM components WHERE name = 'late'") == 0)
                guard time == 0 else { break }
                try await fixture.ledger.record(reading(target, ["a"]), under: taken, calls: ["x": 2])
            }
            #expect(try await fixture.number("SELECT count(*) FROM readings") == 1)
            // Nor does the second record it twice.
            let again = await failure {
                try await fixture.ledger.record(reading(target, ["b"]), under: taken, calls: [:])
            }
            #expect(again?.kind == .conflict)
        }
    }

    @Test func `a lease that has run out is neither renewed nor recorded under, taken over or not`() async throws {
        try await LedgerFixture.with { fixture in
            let share = try await join(fixture, extent([target]))
            let claim = try #require(try await fixture.ledger.claimTarget(in: share, lease: .seconds(60)))
            try await fixture.ledger.renewClaims(of: share, lease: .seconds(600))
            let left = try await fixture.number(
                "SELECT extract(epoch FROM lease_until - clock_timestamp())::int FROM scan_targets"
            )
            #expect((590...600).contains(left))
            try await expire(claim, fixture)
            // A process that was frozen wakes up: it renews before it records.
            try await fixture.ledger.renewClaims(of: share, lease: .seconds(600))
            let late = await failure {
                try await fixture.ledger.record(reading(target, ["late"]), under: claim, calls: [:])
            }
            #expect(late?.kind == .conflict)
            #expect(try await fixture.number("SELECT count(*) FROM components") == 0)
            // It is read anew, by the same worker if nobody else is there.
            let anew = try #require(try await fixture.ledger.claimTarget(in: share, lease: .seconds(60)))
            #expect(anew.fence > claim.fence)
        }
    }

    @Test func `one scan at a time holds a target, and the other waits for it`() async throws {
        try await LedgerFixture.with { fixture in
            let whole = try await join(fixture, extent([target, otherTarget]))
            let alone = try await join(fixture, extent([target], whole: false, shared: false), "two")
            let held = try #require(try await fixture.ledger.claimTarget(in: alone, lease: .seconds(60)))
            // The whole scan goes on with the others.
            let other = try #require(try await fixture.ledger.claimTarget(in: whole, lease: .seconds(60)))
            #expect(other.target == otherTarget)
            #expect(try await fixture.ledger.claimTarget(in: whole, lease: .seconds(60)) == nil)
            #expect(try await fixture.ledger.progress(of: whole).holders == ["two"])
            try await fixture.ledger.record(reading(target, ["a"]), under: held, calls: [:])
            let then = try #require(try await fixture.ledger.claimTarget(in: whole, lease: .seconds(60)))
            #expect(then.target == target && then.fence > held.fence)
            // What the database would refuse, whatever a program does.
            let refused = try await fixture.refusal(
                """
                UPDATE scan_targets SET state = 'claimed', worker_id = \(alone.worker.number), fence = 99,
                    lease_until = clock_timestamp() WHERE scan_id = \(alone.scan.number)
                """
            )
            #expect(refused?.sqlState?.code == "23000")
            let third = try await join(fixture, extent([target], whole: false, shared: false), "three")
            let twice = try await fixture.refusal(
                """
                UPDATE scan_targets SET state = 'claimed', worker_id = \(third.worker.number), fence = 99,
                    lease_until = clock_timestamp() WHERE scan_id = \(third.scan.number)
                """
            )
            #expect(twice?.sqlState == .uniqueViolation)
        }
    }

    @Test func `the newest reading is the one that was begun last, whichever scan began first`() async throws {
        try await LedgerFixture.with { fixture in
            let whole = try await join(fixture, extent([target]))
            let alone = try await join(fixture, extent([target], whole: false, shared: false), "two")
            #expect(alone.scan > whole.scan)
            let first = try #require(try await fixture.ledger.claimTarget(in: alone, lease: .seconds(60)))
            let reason = ProviderFailure(.denied, "DescribeStacks was denied", advice: "allow it")
            let failed = TargetReading(target: target, startedAt: day(1), finishedAt: day(1), outcome: .failed(reason))
            try await fixture.ledger.record(failed, under: first, calls: [:])
            #expect(try await fixture.ledger.finishScan(alone, isWhole: true, calls: [:], notes: [], at: day(1)))
            let second = try #require(try await fixture.ledger.claimTarget(in: whole, lease: .seconds(60)))
            try await fixture.ledger.record(reading(target, ["a"], at: 2), under: second, calls: [:])
            try await fixture.ledger.group(at: day(2))
            #expect(try await fixture.ledger.finishScan(whole, isWhole: true, calls: [:], notes: [], at: day(2)))

            let covered = try await fixture.ledger.environments().first?.targets.first
            #expect(covered?.failure == nil && covered?.scan == whole.scan && covered?.at == day(2))
            #expect(try await fixture.ledger.targetStates().first?.lastFailure == nil)
            #expect(try await fixture.ledger.coverage().first?.newest?.outcome == "complete")
            #expect(try await fixture.ledger.newestScan()?.id == alone.scan)
            #expect(try await fixture.ledger.newestWholeScan()?.id == whole.scan)
        }
    }

    @Test func `a scan ends once, when everything is read, with the calls of all workers`() async throws {
        try await LedgerFixture.with { fixture in
            let shares = [
                try await join(fixture, extent([target, otherTarget])),
                try await join(fixture, extent([target, otherTarget]), "two"),
            ]
            let claims = [
                try #require(try await fixture.ledger.claimTarget(in: shares[0], lease: .seconds(60))),
                try #require(try await fixture.ledger.claimTarget(in: shares[1], lease: .seconds(60))),
            ]
            let unknown = EvidenceNote("branches of acme/store", why: "its \"host\" is away", advice: "wait")
            try await fixture.ledger.record(reading(claims[0].target), under: claims[0], calls: ["a": 2])
            #expect(
                try await fixture.ledger.finishScan(shares[0], isWhole: true, calls: ["a": 3], notes: [], at: day(1))
                    == false
            )
            try await fixture.ledger.record(reading(claims[1].target), under: claims[1], calls: ["a": 4, "b": 1])
            let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
                for share in [shares[0], shares[0], shares[0]] {
                    group.addTask {
                        try await fixture.ledger.finishScan(
                            share,
                            isWhole: true,
                            calls: ["a": 5],
                            notes: [unknown],
                            at: day(2)
                        )
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(ended == 1)
            // Whoever is late changes nothing of it.
            #expect(
                try await fixture.ledger.finishScan(shares[1], isWhole: true, calls: [:], notes: [], at: day(3))
                    == false
            )
            let summary = try #require(try await fixture.ledger.scan(shares[0].scan))
            #expect(summary.state == "complete" && summary.calls == ["a": 9, "b": 1])
            #expect(summary.notes == [unknown])
            #expect(summary.workers.map(\.name) == ["one", "two"] && summary.workers.map(\.read) == [1, 1])
            // Whoever comes now begins another.
            #expect(try await join(fixture, extent([target, otherTarget])).scan > shares[0].scan)
        }
    }

    @Test func `a scan whose workers ended is taken up within the hour, and abandoned after it`() async throws {
        try await LedgerFixture.with { fixture in
            let share = try await join(fixture, extent())
            func silent(for minutes: Int) async throws {
                try await fixture.sql(
                    "UPDATE scan_workers SET heard_until = clock_timestamp() - make_interval(mins => \(Int32(minutes)))"
                )
            }
            try await silent(for: 59)
            let next = try await join(fixture, extent(), "two")
            #expect(next.scan == share.scan && next.joined)
            try await silent(for: 61)
            let other = try await join(fixture, extent(), "three")
            #expect(other.scan != share.scan)
            #expect(try await fixture.ledger.progress(of: next).isRunning == false)
            #expect(try await fixture.ledger.claimTarget(in: next, lease: .seconds(60)) == nil)
        }
    }

    @Test func `only scanners take part in a scan`() async throws {
        try await LedgerFixture.with { fixture in
            let share = try await join(fixture, extent([target]))
            let scanner = fixture.ledger(as: try await fixture.login("one_scanner", "curfew_scanner"))
            let own = try await scanner.joinScan(extent([target]), worker: "two", lease: .seconds(60), at: day(1))
            #expect(own.scan == share.scan)
            let claim = try #require(try await scanner.claimTarget(in: own, lease: .seconds(60)))
            try await scanner.renewClaims(of: own, lease: .seconds(60))
            try await scanner.record(reading(target, ["a"]), under: claim, calls: ["x": 1])
            #expect(try await scanner.finishScan(own, isWhole: true, calls: ["x": 2], notes: [], at: day(1)))
            await scanner.close()
            for group in ["curfew_member", "curfew_operator", "curfew_reaper", "curfew_verifier", "curfew_reader"] {
                let login = try await fixture.login("no_\(group)", group)
                for statement in ["UPDATE scan_targets SET attempts = 0", "UPDATE scan_workers SET read = 9"] as [SQL] {
                    #expect(
                        try await fixture.refusal(statement, as: login)?.isInsufficientPrivilege == true,
                        "\(group)"
                    )
                }
            }
        }
    }

    /// Six workers of two scans that live, die and wake up as chance will; the seed is fixed.
    @Test(arguments: [1 as UInt64, 2, 3])
    func `whatever the order of claims, deaths and awakenings, each target is read once and in order`(
        _ seed: UInt64
    ) async throws {
        try await LedgerFixture.with { fixture in
            var chance = SplitMix(state: seed)
            var shares: [ScanShare] = []
            for index in 0..<3 { shares.append(try await join(fixture, extent(), "worker \(index)")) }
            for index in 0..<3 {
                shares.append(try await join(fixture, extent(whole: false), "other \(index)"))
            }
            var held: [TargetClaim] = []
            var recorded: [TargetClaim] = []
            var asked = 0
            while recorded.count < 2 * Self.targets.count {
                asked += 1
                #expect(asked < 2_000)
                guard asked < 2_000 else { break }
                switch chance.next() % 4 {
                case 0, 1:
                    let share = shares[Int(chance.next() % 6)]
                    if let claim = try await fixture.ledger.claimTarget(in: share, lease: .seconds(600)) {
                        held.append(claim)
                    }
                case 2 where !held.isEmpty:
                    // Its worker dies, or is only asleep: the claim stays among those that may yet be recorded.
                    try await expire(held[Int(chance.next() % UInt64(held.count))], fixture)
                case 3 where !held.isEmpty:
                    let claim = held.remove(at: Int(chance.next() % UInt64(held.count)))
                    let name = "s\(claim.fence)"
                    let refused = await failure {
                        try await fixture.ledger.record(reading(claim.target, [name]), under: claim, calls: [:])
                    }
                    if refused == nil { recorded.append(claim) } else { #expect(refused?.kind == .conflict) }
                default: break
                }
            }
            #expect(Set(recorded.map { "\($0.scan) \($0.target)" }).count == recorded.count)
            for target in Self.targets {
                let fences = recorded.filter { $0.target == target }.map(\.fence)
                #expect(fences.count == 2 && fences == fences.sorted())
            }
            for share in [shares[0], shares[3]] {
                #expect(try await fixture.ledger.finishScan(share, isWhole: true, calls: [:], notes: [], at: day(3)))
            }
            #expect(try await fixture.number("SELECT count(*) FROM readings") == recorded.count)
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
