/// One evaluation as a whole.
package struct EvaluationRecord: Sendable {
    package let scan: ScanID
    package let revision: Int64
    /// Environments by verdict.
    package let counts: [String: Int]
    /// Accounts about all of whose environments something could be concluded.
    package let complete: [AccountID]
    /// Accounts that are held from now on.
    package let holds: [AccountHold]

    package init(
        scan: ScanID,
        revision: Int64,
        counts: [String: Int],
        complete: [AccountID] = [],
        holds: [AccountHold] = []
    ) {
        self.scan = scan
        self.revision = revision
        self.counts = counts
        self.complete = complete
        self.holds = holds
    }
}
