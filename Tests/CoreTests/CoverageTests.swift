import Core
import Foundation
import Testing

@Suite struct CoverageTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let target = Target(account: AccountID("111122223333"), region: Region("eu-west-1"))

    private static func record(
        _ state: TargetState.State = .active,
        outcome: String? = "complete",
        ago: TimeInterval = 3_600
    ) -> CoverageRecord {
        let newest = outcome.map { outcome in
            ReadingSummary(
                target: target,
                outcome: outcome,
                at: now.addingTimeInterval(-ago),
                counts: [.feature: 2],
                gone: 0,
                failure: outcome == "complete" ? nil : "denied",
                advice: nil
            )
        }
        return CoverageRecord(
            state: TargetState(
                target: target,
                state: state,
                because: nil,
                accepted: false,
                lastCompleteAt: nil,
                lastFailure: nil
            ),
            newest: newest,
            complete: outcome == "complete" ? newest : nil,
            environments: 1
        )
    }

    @Test(arguments: [
        (record(), true, Coverage.complete),
        (record(ago: 48 * 3_600), true, .complete),
        (record(ago: 48 * 3_600 + 1), true, .old),
        (record(outcome: "failed"), true, .failed),
        (record(.suspect, outcome: "suspect"), true, .suspect),
        (record(outcome: nil), true, .never),
        (record(), false, .unconfigured),
        (record(outcome: "failed"), false, .unconfigured),
        (record(.retired), true, .retired),
        (record(.retired, outcome: "failed"), false, .retired),
    ])
    func `R1 only a complete and recent reading of a target that is still read leaves nothing waiting`(
        record: CoverageRecord,
        configured: Bool,
        coverage: Coverage
    ) {
        let found = CoveredTarget.all([record], configured: configured ? [Self.target] : [], now: Self.now)
        #expect(found.map(\.coverage) == [coverage])
        #expect(coverage.isMissing == !([.complete, .retired].contains(coverage)))
    }

    @Test func `a target of the settings that was never read is there`() {
        let other = Target(account: AccountID("111122223333"), region: Region("eu-central-1"))
        let found = CoveredTarget.all([Self.record()], configured: [Self.target, other], now: Self.now)
        #expect(found.map(\.target) == [other, Self.target])
        #expect(found.map(\.coverage) == [.never, .complete])
    }
}
