package import Core
package import Foundation
import Postgres

extension PostgresLedger: ScanSharing {
    package func joinScan(
        _ extent: ScanExtent,
        worker: String,
        lease: Duration,
        at: Date
    ) async throws(StoreFailure) -> ScanShare {
        try await transact { (session) async throws(LedgerError) in
            // Two that begin at the same moment begin one scan.
            try await session.serialise("curfew scans")
            try await session.run(SharingStatements.abandonUnheard(at: at))
            let running =
                extent.isShared
                ? try await session.first(SharingStatements.running(extent.digest), ScanID.init(row:)) : nil
            let scan: ScanID
            if let running {
                scan = running
            } else {
                scan = try await session.begin(extent, at: at)
            }
            let added = SharingStatements.addWorker(worker, to: scan, lease: lease)
            let number = try await session.first(added) { (row) throws(PostgresError) in
                WorkerID(try row["worker_id"])
            }
            guard let number else { throw .store(StoreFailure(.broken, "a new worker has no number")) }
            return ScanShare(scan: scan, worker: number, joined: running != nil)
        }
    }

    package func claimTarget(in share: ScanShare, lease: Duration) async throws(StoreFailure) -> TargetClaim? {
        try await transact(counts: false) { (session) async throws(LedgerError) in
            if let claim = try await session.claimNext(share, lease: lease) { return claim }
            guard try await session.run(SharingStatements.giveBack(for: share.scan)) > 0 else { return nil }
            return try await session.claimNext(share, lease: lease)
        }
    }

    package func renewClaims(of share: ScanShare, lease: Duration) async throws(StoreFailure) {
        try await transact(counts: false) { (session) async throws(LedgerError) in
            _ = try await session.run(SharingStatements.renew(share, lease: lease))
        }
        // Apart, because records that are under way may hold the worker's row for a moment.
        try await transact(counts: false) { (session) async throws(LedgerError) in
            _ = try await session.run(SharingStatements.hear(share, lease: lease))
        }
    }

    package func giveBack(_ claim: TargetClaim) async throws(StoreFailure) {
        try await transact(counts: false) { (session) async throws(LedgerError) in
            _ = try await session.run(SharingStatements.giveBack(claim))
        }
    }

    package func progress(of share: ScanShare) async throws(StoreFailure) -> ScanProgress {
        let found = try await read(SharingStatements.progress(of: share)) { (row) throws(PostgresError) in
            ScanProgress(
                isRunning: try row["running"],
                waiting: try row["waiting"],
                claimed: try row["claimed"],
                read: try row["read"],
                others: try row["others"],
                holders: try row["holders"]
            )
        }
        guard let progress = found.first else {
            throw StoreFailure(.notFound, "scan \(share.scan) is not there any more", advice: "run: curfew scan")
        }
        return progress
    }

    package func finishScan(
        _ share: ScanShare,
        isWhole: Bool,
        calls: [String: Int],
        notes: [EvidenceNote],
        at: Date
    ) async throws(StoreFailure) -> Bool {
        try await transact { (session) async throws(LedgerError) in
            let noted = SharingStatements.noteCalls(of: share.worker, try jsonb(calls), read: 0)
            try await session.run(noted)
            let finish = SharingStatements.finish(share.scan, isWhole: isWhole, notes: try jsonb(notes), at: at)
            return try await session.run(finish) == 1
        }
    }

    package func scan(_ id: ScanID) async throws(StoreFailure) -> ScanSummary? {
        try await summary(ScanStatements.ended(id))
    }

    package func newestScan() async throws(StoreFailure) -> ScanSummary? {
        try await summary(ScanStatements.newest())
    }

    package func newestWholeScan() async throws(StoreFailure) -> ScanSummary? {
        try await summary(ScanStatements.newestWhole())
    }

    private func summary(_ statement: SQL) async throws(StoreFailure) -> ScanSummary? {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            guard var summary = try await session.first(statement, ScanSummary.init(row:)) else { return nil }
            summary.readings = try await session.rows(
                ScanStatements.readings(of: summary.id),
                ReadingSummary.init(row:)
            )
            summary.workers = try await session.rows(ScanStatements.workers(of: summary.id)) {
                (row) throws(PostgresError) in
                ScanWorker(id: WorkerID(try row["worker_id"]), name: try row["name"], read: try row["read"])
            }
            return summary
        }
    }
}

extension Session {
    fileprivate func begin(_ extent: ScanExtent, at: Date) async throws(LedgerError) -> ScanID {
        try await run(ScanStatements.addAccounts(extent.targets.map(\.account.text)))
        try await run(ScanStatements.addTargets(extent.targets))
        guard let scan = try await first(SharingStatements.begin(extent, at: at), ScanID.init(row:)) else {
            throw .store(StoreFailure(.broken, "a new scan has no number"))
        }
        try await run(SharingStatements.line(up: extent.targets, for: scan))
        return scan
    }

    fileprivate func claimNext(_ share: ScanShare, lease: Duration) async throws(LedgerError) -> TargetClaim? {
        let free = try await first(SharingStatements.nextFree(in: share.scan)) { (row) throws(PostgresError) in
            try row["target_id", as: Int64.self]
        }
        guard let free else { return nil }
        return try await first(SharingStatements.claim(free, for: share, lease: lease)) {
            (row) throws(PostgresError) in
            TargetClaim(
                scan: share.scan,
                worker: share.worker,
                target: try row.target(),
                fence: try row["fence"],
                attempt: try row["attempts"],
                accepted: try row["accepted"]
            )
        }
    }
}

extension ScanID {
    fileprivate init(row: Row) throws(PostgresError) { self.init(try row["scan_id"]) }
}
