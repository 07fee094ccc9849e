package import Foundation

/// One target, and whether what is known of it can be built on.
package struct CoveredTarget: Sendable {
    package let record: CoverageRecord
    package let coverage: Coverage
    /// Why its account is not read any more, where that is known.
    package let because: String?

    package init(record: CoverageRecord, coverage: Coverage, because: String? = nil) {
        self.record = record
        self.coverage = coverage
        self.because = because
    }

    package var target: Target { record.state.target }

    /// Those of the settings and those that were read before, by account and region.
    ///
    /// `passedOver`: accounts of the organization that are not read.
    package static func all(
        _ records: [CoverageRecord],
        configured: Set<Target>,
        passedOver: [AccountID: PassedOver] = [:],
        now: Date
    ) -> [CoveredTarget] {
        let unread = configured.subtracting(records.map(\.state.target)).map { target in
            CoverageRecord(
                state: TargetState(
                    target: target,
                    state: .active,
                    because: nil,
                    accepted: false,
                    lastCompleteAt: nil,
                    lastFailure: nil
                ),
                newest: nil,
                complete: nil,
                environments: 0
            )
        }
        return (records + unread)
            .map { record in
                let known = configured.contains(record.state.target)
                return CoveredTarget(
                    record: record,
                    coverage: Coverage(record, configured: known, now: now),
                    because: passedOver[record.state.target.account]?.description
                )
            }
            .sorted { $0.target < $1.target }
    }
}
