import Core
import Foundation

/// One process's work on a scan that others may be working on as well.
struct ScanWork: Sendable {
    let scan: Scan
    let share: ScanShare
    let extent: ScanExtent
    let until: Date?
    let clock: @Sendable () -> Date
    let tell: @Sendable (Scan.Progress) -> Void

    /// A target at which this many workers ended is not given to another: it may be what ends them.
    static let attempts = 3
    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)

    /// What bringing a scan to its end came to.
    struct Conclusion: Sendable {
        /// Environments that are in another space than before.
        var moved: [SpaceMove]
        /// What is unknown about environments.
        var notes: [EvidenceNote]
        var environments: Int
    }

    private var store: any ScanStore & ScanSharing & EnvironmentStore { scan.store }
    private var sharing: Scan.Sharing { scan.sharing }
    private var rules: ReadingRules { ReadingRules(naming: extent.naming) }

    /// Reads, waits for what others read, and brings the scan to its end unless somebody else does.
    ///
    /// - Returns: what this process found out at the end; nil where another one brought it there.
    func run() async throws -> Conclusion? {
        if share.joined {
            tell(.joined(share.scan, others: try await store.progress(of: share).others))
        }
        var waited = Duration.zero
        var pause = Self.shortestPause
        var unread = extent.targets.count
        while true {
            try Task.checkCancellation()
            if try await readWhatIsFree(atMost: unread) > 0 { pause = Self.shortestPause }
            let progress = try await store.progress(of: share)
            unread = progress.unread
            guard progress.isRunning else { return nil }
            if unread == 0, let conclusion = try await concluded() { return conclusion }
            if isLate, !progress.others.isEmpty { throw leaving(progress) }
            guard waited < sharing.patience else { throw tooLong(progress) }
            tell(.waiting(unread: progress.unread, holders: progress.holders))
            try await sharing.sleep(pause)
            waited += pause
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Runs the body while it is made known beside it that this process is alive.
    func beingHeard(
        _ body: @escaping @Sendable @concurrent () async throws -> Conclusion?
    ) async throws -> Conclusion? {
        let outcome: Result<Conclusion?, any Error>? = await withTaskGroup { group in
            group.addTask { () async -> Result<Conclusion?, any Error>? in
                do { return .success(try await body()) } catch { return .failure(error) }
            }
            group.addTask { () async -> Result<Conclusion?, any Error>? in
                await beHeard()
                return nil
            }
            var outcome: Result<Conclusion?, any Error>?
            for await result in group {
                if let result { outcome = result }
                group.cancelAll()
            }
            return outcome
        }
        guard let outcome else { throw CancellationError() }
        return try outcome.get()
    }

    /// Until it is cancelled, which it is when the body has ended.
    ///
    /// A database that is away for a moment is no reason to end: the leases themselves may still hold.
    @concurrent
    private func beHeard() async {
        while !Task.isCancelled {
            do { try await sharing.sleep(sharing.lease / 4) } catch { return }
            do throws(StoreFailure) { try await store.renewClaims(of: share, lease: sharing.lease) } catch { continue }
        }
    }
}

// MARK: - Reading

extension ScanWork {
    private var isLate: Bool { until.map { clock() >= $0 } ?? false }

    /// Reads until nothing is free; how many readings this process recorded.
    private func readWhatIsFree(atMost unread: Int) async throws -> Int {
        guard unread > 0 else { return 0 }
        // Whoever has no more time leaves the rest to those who have.
        if isLate, !(try await store.progress(of: share).others.isEmpty) { return 0 }
        let reader = TargetScan(
            provider: scan.provider,
            store: store,
            names: scan.rules.names,
            rules: rules,
            full: extent.full
        )
        let slots = Array(0..<min(scan.rules.width, unread))
        let results = await fanOut(slots, width: slots.count) { _ in
            await gathering { () async throws in try await readOneByOne(reader) }
        }
        return try results.reduce(0) { try $0 + $1.get() }
    }

    private func readOneByOne(_ reader: TargetScan) async throws -> Int {
        var recorded = 0
        while let claim = try await store.claimTarget(in: share, lease: sharing.lease) {
            let target = claim.target
            let reading =
                if claim.attempt > Self.attempts { TargetReading.deadly(target, at: clock()) } else if isLate {
                    TargetReading.late(target, at: clock())
                } else {
                    try await reader.read(
                        target,
                        accepted: claim.accepted,
                        limits: scan.limits,
                        until: until,
                        clock: clock
                    )
                }
            // What was cut off by our own end says nothing about the target.
            try Task.checkCancellation()
            do throws(StoreFailure) {
                try await store.record(reading, under: claim, calls: scan.provider.calls())
            } catch {
                guard error.kind == .conflict else { throw error }
                // Where it is still ours, others were in the way: without this nobody would read it before our end.
                try await store.giveBack(claim)
                tell(.lost(target))
                continue
            }
            recorded += 1
            tell(.read(reading))
            if isLate, !(try await store.progress(of: share).others.isEmpty) { break }
        }
        return recorded
    }
}

// MARK: - The end

extension ScanWork {
    /// Nil where somebody else is about it.
    ///
    /// Killed in the middle, it is done again by another: whatever it does comes to the same when it is done twice.
    private func concluded() async throws -> Conclusion? {
        // Grouping is one transaction by itself; only evidence is for one process at a time, and may take long.
        guard !scan.evidence.isEmpty else { return try await conclude() }
        return try await scan.locks.holding("curfew scan") { () async throws -> Conclusion? in
            guard try await store.progress(of: share).isRunning else { return nil }
            return try await conclude()
        } ?? nil
    }

    private func conclude() async throws -> Conclusion? {
        let spaces = scan.rules.spaces
        let regrouping = try await store.regroup(under: rules, at: clock()) { regrouped($0, spaces: spaces) }
        var notes: [EvidenceNote] = []
        for kind in scan.evidence { notes += try await kind.read(full: extent.full, until: until, clock: clock) }
        let environments = try await scan.nameOwners()
        let ended = try await store.finishScan(
            share,
            isWhole: scan.troubles.isEmpty,
            calls: scan.provider.calls(),
            notes: notes,
            at: clock()
        )
        let moved = regrouping.map { movedSpaces($0.before, to: $0.after) } ?? []
        return ended ? Conclusion(moved: moved, notes: notes, environments: environments) : nil
    }

    private func leaving(_ progress: ScanProgress) -> Problem {
        let left =
            progress.unread == 0
            ? "everything is read, and \(progress.named) is bringing the scan to its end"
            : "\(progress.unread) targets are left to \(progress.named)"
        return Problem(
            .partial,
            "the time of this run was over while others were at work: \(left)",
            advice: "what they read is recorded; see: curfew coverage"
        )
    }

    private func tooLong(_ progress: ScanProgress) -> Problem {
        let what =
            progress.unread == 0
            ? "scan \(share.scan) is read, and another process is bringing it to its end"
            : "\(progress.unread) targets of scan \(share.scan) are being read by \(progress.named)"
        return Problem(
            .locked,
            "\(what): this one has waited for \(DurationText.format(sharing.patience))",
            advice: "wait for it, or end it where it hangs: what it had begun is then read by the next scan"
        )
    }
}

extension ScanProgress {
    /// Those who hold what is missing, for people.
    fileprivate var named: String {
        let names = holders.isEmpty ? others : holders
        return names.isEmpty ? "another process" : names.joined(separator: ", ")
    }
}

extension TargetReading {
    /// R1: nobody came back with a reading of it.
    fileprivate static func deadly(_ target: Target, at now: Date) -> TargetReading {
        let failure = ProviderFailure(
            .unreachable,
            "\(target) was not read: \(ScanWork.attempts) workers ended or froze while they were reading it",
            advice: "run curfew scan --target \(target) by hand, and see what ends it"
        )
        return TargetReading(target: target, startedAt: now, finishedAt: now, outcome: .failed(failure))
    }
}
