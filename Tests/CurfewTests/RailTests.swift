import Foundation
import Postgres
import TestSupport
import Testing

/// Guard-rails as somebody meets them who uses the program: what is refused, deferred, or left alone.
@Suite struct RailTests {
    @Test func `D2 a new account is only reported on: nothing in it is planned, due or named`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-y")])
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("accounts", "mode", "shop", "reap", "--because", "agreed")
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let due = try await house.json("plan", "--due")
            let names = due["plans"].elements.flatMap(\.["environments"].elements).map(\.["name"].string)
            #expect(names == ["feat-x"])
            expectError(try await house.curfew("plan", "feat-y", expecting: nil), 5, saying: "feat-y", "report mode")
            // The mode is taken back after the plan was approved: it is not carried out either.
            try await house.curfew("accounts", "mode", "shop", "report", "--because", "not yet")
            try await house.curfew("reap", expecting: nil)
            #expect(try await house.standing().count == 2)
        }
    }

    @Test func `P7 what a budget holds back is named, not cut off`() async throws {
        try await House.with { house in
            try house.write(HousePolicies.automatic.text(budgets: "share: 100%, per_run: 2"), to: house.policyFile)
            try await house.deploy((1...4).map { Deployment(name: "svc-feat-\($0)") })
            try await house.curfew("policy", "apply", house.policyFile)
            try await house.curfew("accounts", "mode", "shop", "reap", "--because", "agreed")
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let due = try await house.json("plan", "--due")
            #expect(due["plans"].elements.count == 2 && due["deferred"].elements.count == 2)
            #expect(due["deferred"].elements.allSatisfy { $0["because"].string.contains("per_run") }, "\(due)")
            // Named, it is refused whole.
            let named = try await house.curfew("plan", "feat-1", "feat-2", "feat-3", expecting: nil)
            expectError(named, 5, saying: "nothing was planned", "per_run")
            try await house.curfew("reap")
            #expect(try await house.standing().count == 2)
        }
    }

    @Test func `outside the window nothing is deleted, and it is said when it opens`() async throws {
        try await House.with { house in
            // Open for a minute three days from now.
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            let day = days[(Self.weekday() + 3) % 7]
            let window = "window: { days: \(day), hours: \"12:00-12:01\", zone: UTC }\n"
            try house.write(HousePolicies.automatic.text + window, to: house.policyFile)
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.planned()
            let outcome = try await house.curfew("reap")
            #expect((outcome.output + outcome.messages).contains("window is shut; it opens"), "\(outcome)")
            #expect(try await house.planStates() == ["approved"])
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-x"])
        }
    }

    @Test func `P9 an account whose alias says prod is left alone`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-y")])
            try await house.planned()
            let alias = ["iam", "create-account-alias", "--account-alias", "shop-prod-\(house.shop)"]
            _ = try await house.aws(["--profile", "shop"] + alias, at: house.emulator)
            let outcome = try await house.curfew("reap", expecting: nil)
            #expect((outcome.output + outcome.messages).contains("shop-prod-\(house.shop)"), "\(outcome)")
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-x"])
            let plan = try await house.json("plan", "feat-x", expecting: nil)
            #expect(plan["plans"].elements.allSatisfy { $0["state"].string != "approved" }, "\(plan)")
        }
    }

    @Test func `D6 P3 protected after the approval, it stays`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x"), Deployment(name: "a-feat-y")])
            try await house.planned()
            try await house.curfew("protect", "feat-x", "--until", "30d", "--because", "needed after all")
            let outcome = try await house.curfew("reap", expecting: 5)
            #expect(outcome.output.contains("needed after all"), "\(outcome)")
            #expect(try await house.standing() == ["shop/eu-west-1/a-feat-x"])
            expectError(try await house.curfew("plan", "feat-x", expecting: nil), 5, saying: "feat-x", "protected")
        }
    }

    @Test func `P5 somebody builds on it after the approval: it stays`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "auth-feat-x", template: Templates.exporter)])
            try await house.planned()
            try await house.deploy([
                Deployment(name: "web-pr-9", template: Templates.importer, parameters: ["BuiltOn": "auth-feat-x"])
            ])
            let outcome = try await house.curfew("reap", expecting: 5)
            #expect(outcome.output.contains("web-pr-9") || outcome.output.contains("importers"), "\(outcome)")
            #expect(try await house.standing().count == 2)
            #expect(try await house.planStates() == ["superseded"])
        }
    }

    @Test func `R2 what somebody else deleted is gone by its id, and a new one begins a new life`() async throws {
        try await House.with { house in
            let stacks = house.stacks(house.shop, "eu-west-1")
            try await house.deploy([Deployment(name: "a-feat-x"), Deployment(name: "b-feat-y")])
            try await house.curfew("scan")
            try await stacks.delete("a-feat-x")
            for _ in 0..<500 where try await stacks.standing().count > 1 {}
            try await house.curfew("scan")
            #expect(
                try await house.lines("SELECT name || ' ' || gone_because FROM components WHERE gone_at IS NOT NULL")
                    == ["a-feat-x confirmed by id"]
            )
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.curfew("scan")
            let lives = try await house.lines(
                """
                SELECT name || '#' || incarnation || CASE WHEN ended_at IS NULL THEN '' ELSE ' ended' END
                FROM environments ORDER BY 1
                """
            )
            #expect(lives == ["feat-x#1 ended", "feat-x#2", "feat-y#1"])
        }
    }

    /// 0 is Sunday.
    private static func weekday() -> Int {
        let days = Int((Date().timeIntervalSince1970 / 86_400).rounded(.down))
        return (days + 4) % 7
    }
}
