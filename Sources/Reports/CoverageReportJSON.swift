package import Core
package import Foundation

/// One target, as `curfew coverage --json` writes it.
package struct CoverageReportJSON: Encodable, Sendable {
    package var account: String
    package var region: String
    /// `complete`, `old`, `failed`, `suspect`, `never`, `unconfigured`, `retired`.
    package var state: String
    /// Something waits for a reading of it: environments with a part in it are neither flagged, cleared nor called gone.
    package var missing: Bool
    /// When it was last read or tried to be; null: never.
    @OrNull package var readAt: Date?
    /// When it was last read completely, which the counts are of; null: never.
    @OrNull package var completeAt: Date?
    /// Environments that did not end and have, or had, components in it.
    package var environments: Int
    @OrNull package var listed: Int?
    /// By class, adding up to `listed`; empty where it was never read completely.
    package var counts: [String: Int]
    @OrNull package var failure: String?
    @OrNull package var advice: String?

    package init(_ target: CoveredTarget) {
        let complete = target.record.complete
        account = target.target.account.text
        region = target.target.region.text
        state = target.coverage.rawValue
        missing = target.coverage.isMissing
        readAt = target.record.newest?.at
        completeAt = complete?.at
        environments = target.record.environments
        listed = complete?.listed
        counts = Dictionary(
            uniqueKeysWithValues: complete.map { reading in
                ComponentClass.allCases.map { ($0.rawValue, reading.counts[$0] ?? 0) }
            } ?? []
        )
        failure = target.record.newest?.failure
        advice = target.advice
    }
}
