package import Foundation

/// Scans that several processes read together, on several machines.
///
/// Each method is one transaction; leases and fences are on the database's clock. A target is held by one worker of one
/// scan at a time, so that readings of it never overlap: what is recorded is in the order in which it was read.
package protocol ScanSharing: Sendable {
    /// Joins the running scan of the same extent, where its workers were heard of within the last hour; begins another
    /// one otherwise. Those not heard of for longer are `abandoned`, whatever their extent.
    ///
    /// `lease`: how long the worker counts as alive without a word.
    func joinScan(
        _ extent: ScanExtent,
        worker: String,
        lease: Duration,
        at: Date
    ) async throws(StoreFailure) -> ScanShare
    /// The next target that nobody holds, in the scan's order; nil where there is none now.
    func claimTarget(in share: ScanShare, lease: Duration) async throws(StoreFailure) -> TargetClaim?
    /// Prolongs what the worker holds, as far as it has not run out; a lease that has is never revived.
    func renewClaims(of share: ScanShare, lease: Duration) async throws(StoreFailure)
    /// Writes one target's reading in bulk: new and changed components, gone ones, resources, counts; and notes how many
    /// calls of each kind the worker has made until now.
    ///
    /// An unchanged component is not written. A complete reading ends `suspect` and spends an acceptance. Throws
    /// `conflict`, and writes nothing, where the claim was taken over or its lease has run out.
    func record(_ reading: TargetReading, under claim: TargetClaim, calls: [String: Int]) async throws(StoreFailure)
    /// Lets others read a target that could not be recorded; nothing where the claim was taken over.
    func giveBack(_ claim: TargetClaim) async throws(StoreFailure)
    func progress(of share: ScanShare) async throws(StoreFailure) -> ScanProgress
    /// Groups what is present as `grouping` has it, in one transaction that nobody else groups in; nothing, and nil, where
    /// nothing of it is different from what was grouped last, under the same rules.
    ///
    /// First ends every life all of whose components are gone, then moves the present ones to the environments given,
    /// opening a new life where there is none; a name without any member left open keeps its open life only while
    /// it has a component that is not confirmed gone.
    ///
    /// - Returns: what was grouped, with the environments it was in before, and what became of it.
    func regroup(
        under rules: ReadingRules,
        at: Date,
        by grouping: @Sendable ([GroupingInput]) -> [GroupedEnvironment]
    ) async throws(StoreFailure) -> (before: [GroupingInput], after: [GroupedEnvironment])?
    /// Ends a scan all of whose targets are read; false where somebody else did, or something is left to read.
    ///
    /// It is complete where every reading is; not where `isWhole` is false: then there is more than its targets.
    /// `calls`: of this worker, until now. `notes`: what is unknown, for all who read it.
    func finishScan(
        _ share: ScanShare,
        isWhole: Bool,
        calls: [String: Int],
        notes: [EvidenceNote],
        at: Date
    ) async throws(StoreFailure) -> Bool
    /// One scan that has its end; nil where there is none such.
    func scan(_ id: ScanID) async throws(StoreFailure) -> ScanSummary?
    /// The newest finished scan of all targets.
    func newestWholeScan() async throws(StoreFailure) -> ScanSummary?
}
