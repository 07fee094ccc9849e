import Core
import Foundation

/// One account that is reaped and held, one that fails, and some of an organization that are not read.
func accountOverviews(_ records: [AccountRecord], _ states: [TargetState]) -> [AccountOverview] {
    let coverage = states.map { state in
        let newest = state.lastFailure.map { failure in
            reading(state.target, outcome: "suspect", at: Samples.ago(0.1), failure: failure)
        }
        let complete = state.lastCompleteAt.map { reading(state.target, outcome: "complete", at: $0) }
        return CoverageRecord(state: state, newest: newest ?? complete, complete: complete, environments: 2)
    }
    let covered = CoveredTarget.all(coverage, configured: Set(states.map(\.target)), now: Samples.now)
    var accounts = records.map { record in
        AccountOverview(
            record: record,
            name: record.account == Samples.account ? "sandbox" : nil,
            origin: record.account == Samples.account ? .settings : .organization,
            access: record.account == Samples.account ? "profile sandbox" : "role curfew-scan",
            regions: states.filter { $0.target.account == record.account }.map(\.target.region),
            findsRegions: record.account != Samples.account,
            state: record.account == Samples.account ? nil : "ACTIVE",
            targets: covered.filter { $0.target.account == record.account }
        )
    }
    func unread(_ id: String, _ why: PassedOver?, _ change: (inout AccountOverview) -> Void = { _ in }) {
        let record = AccountRecord(account: AccountID(id), mode: .report, because: nil, by: nil, at: nil)
        var account = AccountOverview(record: record, origin: .organization, state: "ACTIVE", passedOver: why)
        change(&account)
        accounts.append(account)
    }
    unread("700000000001", .excluded("excluded by `core-*`"))
    unread("700000000002", .inactive("PENDING_CLOSURE")) { $0.state = "PENDING_CLOSURE" }
    unread("700000000003", .left)
    unread("700000000004", nil) { account in
        account.access = "role curfew-scan"
        account.findsRegions = true
        account.regionsTrouble = TroubleRecord(
            why: "account ListRegions in us-east-1: AccessDenied",
            advice: "allow it",
            at: Samples.ago(0.1)
        )
    }
    return accounts
}

private func reading(
    _ target: Target,
    outcome: String,
    at moment: Date,
    failure: String? = nil
) -> ReadingSummary {
    ReadingSummary(
        target: target,
        outcome: outcome,
        at: moment,
        counts: [.feature: 3],
        gone: 0,
        failure: failure,
        advice: failure.map { _ in "give the role the right" }
    )
}
