import Core
import Foundation
import Testing

@testable import Reports

struct CoverageTextTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, width: 160, accountNames: Samples.names)

    private static func reading(
        _ region: String,
        _ outcome: String,
        ago days: Double,
        failure: String? = nil,
        advice: String? = nil
    ) -> ReadingSummary {
        ReadingSummary(
            target: target(region),
            outcome: outcome,
            at: Samples.ago(days),
            counts: outcome == "complete" ? [.feature: 7, .permanent: 3, .unmatched: 1] : [:],
            gone: 0,
            failure: failure,
            advice: advice
        )
    }

    private static func target(_ region: String) -> Target {
        Target(account: AccountID("111122223333"), region: Region(region))
    }

    private static func record(
        _ region: String,
        _ newest: ReadingSummary?,
        complete: ReadingSummary? = nil,
        state: TargetState.State = .active,
        environments: Int = 0
    ) -> CoverageRecord {
        CoverageRecord(
            state: TargetState(
                target: target(region),
                state: state,
                because: nil,
                accepted: false,
                lastCompleteAt: nil,
                lastFailure: nil
            ),
            newest: newest,
            complete: complete ?? newest.flatMap { $0.outcome == "complete" ? $0 : nil },
            environments: environments
        )
    }

    private static var targets: [CoveredTarget] {
        let records = [
            record("eu-central-1", reading("eu-central-1", "complete", ago: 0.1), environments: 5),
            record(
                "eu-west-1",
                reading("eu-west-1", "failed", ago: 0.1, failure: "AccessDenied", advice: "allow it: see doctor"),
                complete: reading("eu-west-1", "complete", ago: 1.1),
                environments: 2
            ),
            record(
                "eu-west-2",
                reading("eu-west-2", "suspect", ago: 0.1, failure: "all tags are empty"),
                state: .suspect,
                environments: 1
            ),
            record("sa-east-1", reading("sa-east-1", "complete", ago: 9), environments: 1),
            record("us-east-1", reading("us-east-1", "complete", ago: 30), environments: 3),
            record("us-west-2", reading("us-west-2", "complete", ago: 90), state: .retired),
        ]
        let configured = ["ap-east-1", "eu-central-1", "eu-west-1", "eu-west-2", "sa-east-1"].map(target)
        return CoveredTarget.all(records, configured: Set(configured), now: Samples.now)
    }

    @Test func `every state has its reason, what waits for it, and what to do`() {
        expectGolden(CoverageText.text(Self.targets, of: Self.targets.count, on: canvas), "coverage.txt")
    }

    @Test func `nothing missing is said, and so is nothing known`() {
        let text = CoverageText.text([], of: 3, on: canvas)
        #expect(text.contains("Nothing waits for a reading: all 3 targets"))
        #expect(CoverageText.text([], of: 0, on: canvas).contains("curfew scan"))
    }

    @Test func `CSV has a line for each target, and nothing where nothing is known`() {
        let lines = CoverageText.csv(Self.targets).split(whereSeparator: \.isNewline)
        #expect(lines.count == 8)
        #expect(lines[1].hasPrefix("111122223333,ap-east-1,never,,,0,,,"))
        #expect(lines[3].hasSuffix(",AccessDenied,allow it: see doctor"))
    }
}
