package import Foundation

/// How well one target of an environment is known.
package struct TargetCoverage: Sendable, Hashable {
    package var target: Target
    package var suspect: Bool
    /// The newest scan that read it completely, and when.
    package var scan: ScanID?
    package var at: Date?
    /// Why the newest reading was not complete, where it was not.
    package var failure: String?

    package init(target: Target, suspect: Bool, scan: ScanID?, at: Date?, failure: String?) {
        self.target = target
        self.suspect = suspect
        self.scan = scan
        self.at = at
        self.failure = failure
    }
}
