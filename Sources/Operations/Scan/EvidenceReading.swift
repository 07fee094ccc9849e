package import Core
package import Foundation

/// One kind of evidence that is read once a scan knows which environments there are: signals, branches, who made them.
///
/// It runs after the grouping and before the owners are resolved, under the scan's lock.
package protocol EvidenceReading: Sendable {
    /// Reads what is due and records it.
    ///
    /// What cannot be read is recorded as unknown with its reason and told in a note: it fails neither the scan nor
    /// another kind of evidence. Thrown is only what the store refuses. `full`: read again what would still hold.
    /// `until`: begin no request after it.
    func read(full: Bool, until: Date?, clock: @Sendable () -> Date) async throws(StoreFailure) -> [EvidenceNote]
}
