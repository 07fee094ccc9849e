package import Foundation

/// Where scans are kept.
///
/// Every method is one transaction.
package protocol ScanStore: Sendable {
    /// Ends scans that a crash left running as `abandoned` (the caller holds the scan lock) and begins a new one.
    func beginScan(of targets: [Target], whole: Bool, at: Date) async throws(StoreFailure) -> ScanID
    func targetStates() async throws(StoreFailure) -> [TargetState]
    /// Everything present in a target, by id.
    func known(in target: Target) async throws(StoreFailure) -> [ComponentID: KnownComponent]
    /// What of these is not as it was when it was last read under the same rules; `anew`: everything.
    func compare(
        _ listed: [ListedComponent],
        in target: Target,
        under rules: ReadingRules,
        anew: Bool
    ) async throws(StoreFailure) -> ListingDifference
    /// Those of these that are present in a target.
    func known(_ ids: [ComponentID], in target: Target) async throws(StoreFailure) -> [KnownComponent]
    /// Everything present in a target but those with these numbers.
    func known(in target: Target, besides numbers: Set<Int64>) async throws(StoreFailure) -> [KnownComponent]
    /// What is known of its functions, and whether any stack there has some.
    func knownFunctions(in target: Target) async throws(StoreFailure) -> KnownFunctions
    /// Writes one target's reading in bulk: new and changed components, gone ones, resources, counts.
    /// An unchanged component is not written. A complete reading ends `suspect` and spends an acceptance.
    func record(_ reading: TargetReading, in scan: ScanID) async throws(StoreFailure)
    /// Regroups what is present as `grouping` has it; nothing, and nil, where nothing of it is different from what was
    /// regrouped last, under the same rules.
    func regroup(
        under rules: ReadingRules,
        at: Date,
        by grouping: @Sendable ([GroupingInput]) -> [GroupedEnvironment]
    ) async throws(StoreFailure) -> (before: [GroupingInput], after: [GroupedEnvironment])?
    func groupingInput() async throws(StoreFailure) -> [GroupingInput]
    /// First ends every life all of whose components are gone, then moves the present ones to the environments given,
    /// opening a new life where there is none; a name without any member left open keeps its open life only while
    /// it has a component that is not confirmed gone.
    func regroup(_ environments: [GroupedEnvironment], at: Date) async throws(StoreFailure)
    func finishScan(_ scan: ScanID, complete: Bool, calls: [String: Int], at: Date) async throws(StoreFailure)
    func newestScan() async throws(StoreFailure) -> ScanSummary?
    /// Every target that was ever to be read, by account and region.
    func coverage() async throws(StoreFailure) -> [CoverageRecord]
    /// Records the naming rules in force; true when they differ from the ones before (and there were any).
    func noteNaming(hash: Digest, at: Date) async throws(StoreFailure) -> Bool
}
