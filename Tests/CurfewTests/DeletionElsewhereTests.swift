import Foundation
import Postgres
import TestSupport
import Testing

/// Deletions that somebody else began, finished, or undid, and such as take their time, through the whole program.
@Suite struct DeletionElsewhereTests {
    private static let left = ScriptedAWS.Resource(
        logicalID: "Distribution",
        physicalID: "E123",
        type: "AWS::CloudFront::Distribution"
    )

    private static let cases = [
        DeletionCase(
            "deleted by somebody else a moment before the call: AWS accepts it all the same",
            "before",
            .wentBefore
        ),
        DeletionCase(
            "in progress by somebody else: accepted, and no event carries our token",
            "meanwhile",
            .isGoingAlready
        ),
        DeletionCase("it takes longer than a reap looks", "long", .goesWhenLet),
        DeletionCase(
            "called complete while resources are still being deleted: express mode",
            "express",
            .goesLeaving([left])
        ),
    ]

    @Test func `what goes slowly, or by somebody else's hand, is asked for once and waited for by the next reap`()
        async throws
    {
        let brief = { (settings: String) in settings.replacing("reap_for: 30s", with: "reap_for: 1s") }
        try await DeletionHouse.with(Self.cases, settings: brief) { test in
            try await test.approveAll()
            // Still being deleted is no failure.
            let first = try await test.house.curfew("reap")
            var plans = try await test.plans()
            for word in ["meanwhile", "long"] {
                #expect(plans["feat-\(word)"]?["state"].string == "running", "\(first)")
                #expect(first.output.contains("still being deleted: app-feat-\(word)"), "\(first)")
            }
            test.script.end()
            // Two more: who is late sees it gone in one and confirms it in the other.
            for _ in 1...2 { try await test.house.curfew("reap") }
            plans = try await test.plans()
            for row in Self.cases {
                #expect(plans[row.environment]?["state"].string == "done", "\(row.row)")
                #expect(test.script.deletions(of: row.stack).count == 1, "\(row.row)")
            }
            let express = plans["feat-express"]?["steps"].elements.first?["reason"].string ?? ""
            #expect(express.contains("Distribution (AWS::CloudFront::Distribution)"), "\(express)")
            #expect(express.contains("may be left"))
            #expect(try await test.standing() == Set(DeletionHouse.bystanders.map(\.name)))
            try await test.expectOnlyPlannedDeletions()
        }
    }

    @Test func `P3 what somebody else deletes, is deleting or updates after the approval is not touched`() async throws
    {
        let cases = ["going", "changing", "gone"].map { DeletionCase("", $0) }
        try await DeletionHouse.with(cases) { test in
            try await test.approveAll()
            let stacks = test.house.stacks(test.house.shop, "eu-west-1")
            try await stacks.delete("app-feat-gone")
            while try await test.standing().contains("app-feat-gone") {}
            // Only the script has stacks that stay in progress.
            let script = try ScriptedAWS(
                before: test.house.emulator,
                account: test.house.shop,
                [
                    "app-feat-going": ScriptedAWS.Part(status: "DELETE_IN_PROGRESS"),
                    "app-feat-changing": ScriptedAWS.Part(status: "UPDATE_IN_PROGRESS"),
                    "app-feat-gone": ScriptedAWS.Part(),
                ]
            )
            defer { script.proxy.stop() }
            let house = try test.house.reaching(script.proxy.url)
            let outcome = try await house.curfew("reap", expecting: 5)
            let plans = try await test.plans()
            let told = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(plans["feat-going"]?["state"].string == "superseded")
            #expect(told.contains("app-feat-going is being deleted already, by somebody else"), "\(outcome)")
            #expect(plans["feat-changing"]?["state"].string == "superseded")
            #expect(
                told.contains("app-feat-changing is in UPDATE_IN_PROGRESS: wait until that has ended"),
                "\(outcome)"
            )
            #expect(script.deletions.isEmpty)
            #expect(plans["feat-gone"]?["state"].string == "superseded")
            // The next scan says what became of it; the others are planned anew when they stand still.
            try await test.house.curfew("scan")
            let lives = try await test.house.lines("SELECT name FROM environments WHERE ended_at IS NOT NULL")
            #expect(lives == ["feat-gone"])
            try await test.approveAll()
            try await test.house.curfew("reap")
            #expect(try await test.standing() == Set(DeletionHouse.bystanders.map(\.name)))
        }
    }

    @Test func `P9 credentials that are another account's by now delete nothing, and the approval stands`() async throws
    {
        try await DeletionHouse.with([DeletionCase("", "kept")]) { test in
            try await test.approveAll()
            let proxy = try Proxy(to: test.house.emulator)
            defer { proxy.stop() }
            proxy.decide { call, _ in
                guard call.action == "GetCallerIdentity" else { return .passes }
                return .isRetold {
                    $0.saying(AWSAnswer.replacing("Account", by: "999999999999", in: $0.body))
                }
            }
            let outcome = try await test.house.reaching(proxy.url).curfew("reap", expecting: 5)
            #expect(outcome.output.contains("belong to account 999999999999"), "\(outcome)")
            #expect(proxy.calls.allSatisfy { $0.action != "DeleteStack" })
            #expect(try await test.house.planStates() == ["approved"])
            try await test.house.curfew("reap")
            #expect(try await test.house.planStates() == ["done"])
        }
    }

    @Test func `P4 R2 a stack of the same name made again is another stack, whatever the first one's id says`()
        async throws
    {
        let cases = [DeletionCase("made again while the first is not yet confirmed gone", "again")]
        let brief = { (settings: String) in
            settings.replacing("reap_for: 30s", with: "reap_for: 0s").replacing(
                "confirm_gone: 0s",
                with: "confirm_gone: 1s"
            )
        }
        try await DeletionHouse.with(cases, settings: brief) { test in
            try await test.approveAll()
            let stacks = test.house.stacks(test.house.shop, "eu-west-1")
            try await test.house.curfew("reap")
            while try await test.standing().contains("app-feat-again") {}
            let id = try await stacks.create("app-feat-again", template: Templates.topic)
            try await stacks.settled(id)
            for _ in 0..<40 where try await test.house.planStates() != ["done"] { try await test.house.curfew("reap") }
            #expect(try await test.house.planStates() == ["done"])
            #expect(try await stacks.standing().contains { $0.id == id })
            #expect(test.script.deletions.allSatisfy { $0.stack != id } && test.script.deletions.count == 1)
            // It begins a life of its own.
            try await test.house.curfew("scan")
            let lives = try await test.house.lines(
                """
                SELECT name || '#' || incarnation || CASE WHEN ended_at IS NULL THEN '' ELSE ' ended' END
                FROM environments WHERE name = 'feat-again' ORDER BY 1
                """
            )
            #expect(lives == ["feat-again#1 ended", "feat-again#2"])
        }
    }
}
