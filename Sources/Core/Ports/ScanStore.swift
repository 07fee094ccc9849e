package import Foundation

/// Where scans are kept.
///
/// Every method is one transaction.
package protocol ScanStore: Sendable {
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
    /// The newest that has its end, of all targets or of some.
    func newestScan() async throws(StoreFailure) -> ScanSummary?
    /// Every target that was ever to be read, by account and region.
    func coverage() async throws(StoreFailure) -> [CoverageRecord]
    /// Records the naming rules in force; true when they differ from the ones before (and there were any).
    func noteNaming(hash: Digest, at: Date) async throws(StoreFailure) -> Bool
}
