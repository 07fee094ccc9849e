import Core
import Foundation

extension StoreInBetween: ScanSharing {
    func joinScan(
        _ extent: ScanExtent,
        worker: String,
        lease: Duration,
        at: Date
    ) async throws(StoreFailure) -> ScanShare {
        try await store.joinScan(extent, worker: worker, lease: lease, at: at)
    }
    func claimTarget(in share: ScanShare, lease: Duration) async throws(StoreFailure) -> TargetClaim? {
        try await store.claimTarget(in: share, lease: lease)
    }
    func renewClaims(of share: ScanShare, lease: Duration) async throws(StoreFailure) {
        try await store.renewClaims(of: share, lease: lease)
    }
    func record(
        _ reading: TargetReading,
        under claim: TargetClaim,
        calls: [String: Int]
    ) async throws(StoreFailure) {
        try await onReading(claim)
        try await store.record(reading, under: claim, calls: calls)
    }
    func giveBack(_ claim: TargetClaim) async throws(StoreFailure) { try await store.giveBack(claim) }
    func progress(of share: ScanShare) async throws(StoreFailure) -> ScanProgress {
        try await store.progress(of: share)
    }
    func regroup(
        under rules: ReadingRules,
        at: Date,
        by grouping: @Sendable ([GroupingInput]) -> [GroupedEnvironment]
    ) async throws(StoreFailure) -> (before: [GroupingInput], after: [GroupedEnvironment])? {
        try await store.regroup(under: rules, at: at, by: grouping)
    }
    func finishScan(
        _ share: ScanShare,
        isWhole: Bool,
        calls: [String: Int],
        notes: [EvidenceNote],
        at: Date
    ) async throws(StoreFailure) -> Bool {
        try await store.finishScan(share, isWhole: isWhole, calls: calls, notes: notes, at: at)
    }
    func scan(_ id: ScanID) async throws(StoreFailure) -> ScanSummary? { try await store.scan(id) }
    func newestWholeScan() async throws(StoreFailure) -> ScanSummary? { try await store.newestWholeScan() }
}
