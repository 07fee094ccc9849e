import Foundation
import Postgres
import Testing

/// Scan, list, evaluate, stale, plan, approve, reap, report: the commands as a person types them, one after the other.
@Suite(.serialized) struct WholeWayTests {
    /// Eight stacks: one environment in both accounts and both regions, one that somebody outside builds on, one that is
    /// protected, one that goes alone, one that is kept, and a permanent one.
    static let fleet: [Deployment] = [
        Deployment(name: "shop-feat-checkout", tags: ["owner": "ada@example.com"]),
        Deployment(region: "us-east-1", name: "edge-feat-checkout", template: Templates.table),
        Deployment(account: \.payments, name: "payments-feat-checkout", tags: ["feature": "checkout"]),
        Deployment(name: "auth-feat-login", template: Templates.exporter, tags: ["owner": "joan@example.com"]),
        Deployment(name: "web-pr-204", template: Templates.importer, parameters: ["BuiltOn": "auth-feat-login"]),
        Deployment(account: \.payments, region: "us-east-1", name: "shop-hotfix-77"),
        Deployment(account: \.payments, region: "us-east-1", name: "ledger-fix-rounding", template: Templates.table),
        Deployment(name: "shop-prod", tags: ["branch": "hotfix-12"]),
    ]

    @Test func `the whole way, and another client finds exactly the reaped environments gone`() async throws {
        try await House.with(.people) { house in
            try await house.deploy(Self.fleet)
            #expect(try await house.standing().count == 8)
            try await look(house)
            let plans = try await plan(house)
            try await approveAndReap(house, plans)
            let left = [
                "payments/us-east-1/shop-hotfix-77", "shop/eu-west-1/auth-feat-login", "shop/eu-west-1/shop-prod",
                "shop/eu-west-1/web-pr-204",
            ]
            #expect(try await house.standingByAWS() == left)
            try await afterwards(house)
        }
    }

    /// Scan, list and evaluate.
    private func look(_ house: House) async throws {
        try await house.curfew("policy", "apply", house.policyFile)
        for account in ["shop", "payments"] {
            try await house.curfew("accounts", "mode", account, "reap", "--because", "a test's own account")
        }
        let scan = try await house.json("scan")
        #expect(Shapes.scan.isSubset(of: scan.keys))
        #expect(scan["state"].string == "complete" && scan["listed"].int == 8)
        #expect(scan["counts"]["feature"].int == 7 && scan["counts"]["permanent"].int == 1)
        #expect(scan["targets"].elements.count == 4)
        for target in scan["targets"].elements { #expect(Shapes.scanTarget.isSubset(of: target.keys)) }

        let list = try await house.json("list")
        #expect(
            list.elements.map(\.["name"].string)
                == ["feat-checkout", "feat-login", "fix-rounding", "hotfix-77", "pr-204", "prod"]
        )
        for environment in list.elements { #expect(Shapes.environment.isSubset(of: environment.keys)) }
        let checkout = list.named("feat-checkout")
        #expect(checkout["components"].int == 3 && checkout["owner"].string == "ada@example.com")
        #expect(checkout["accounts"].elements.map(\.string) == [house.shop, house.payments])
        #expect(checkout["regions"].elements.map(\.string) == House.regions)
        #expect(list.named("prod")["class"].string == "permanent")

        try await house.curfew("protect", "hotfix-77", "--until", "30d", "--because", "the audit is open")
        let evaluation = try await house.json("evaluate")
        #expect(Shapes.evaluation.isSubset(of: evaluation.keys))
        let verdicts = evaluation["verdicts"]
        #expect(verdicts["stale"].int == 3 && verdicts["protected"].int == 1)
        #expect(verdicts["keep"].int == 1 && verdicts["permanent"].int == 1)
        try await house.curfew("evaluate", "--exit-code", expecting: 3)

        let stale = try await house.json("stale")
        #expect(stale.elements.map(\.["name"].string) == ["feat-checkout", "feat-login", "fix-rounding"])
        #expect(stale.elements.allSatisfy { $0["state"].string == "due" })
        try await house.curfew("stale", "--exit-code", expecting: 3)
        // A page behind the last one is empty, and yet something is stale.
        try await house.curfew("stale", "--exit-code", "--offset", "20", expecting: 3)
        let behind = try await house.json("stale", "--exit-code", "--offset", "20", expecting: 3)
        #expect(behind.elements.isEmpty)

        let explained = try await house.json("explain", "feat-checkout")
        #expect(Shapes.judgement.isSubset(of: explained.keys) && explained["verdict"].string == "stale")
        let shown = try await house.json("show", "feat-checkout")
        #expect(shown["components_detail"].elements.count == 3)
        for component in shown["components_detail"].elements {
            #expect(Shapes.component.isSubset(of: component.keys))
        }
    }

    /// The plans by environment.
    private func plan(_ house: House) async throws -> [String: String] {
        let before = try await house.standing()
        let made = try await house.json("plan", "--due")
        #expect(Shapes.planning.isSubset(of: made.keys))
        let plans = made["plans"].elements
        #expect(plans.count == 3)
        var byName: [String: String] = [:]
        for plan in plans {
            #expect(Shapes.plan.isSubset(of: plan.keys))
            for step in plan["steps"].elements { #expect(Shapes.step.isSubset(of: step.keys)) }
            byName[plan["environments"].elements[0]["name"].string] = plan["plan"].string
        }
        let login = plans.first { $0["plan"].string == byName["feat-login"] } ?? .null
        #expect(login["state"].string == "draft" && login["blockers"].elements.count == 1)
        #expect("\(login["blockers"])".contains("web-pr-204"))
        let checkout = plans.first { $0["plan"].string == byName["feat-checkout"] } ?? .null
        #expect(checkout["state"].string == "awaiting approval" && checkout["steps"].elements.count == 3)
        // P1: the dry run changes nothing at the provider, and a second one makes the same plans.
        #expect(try await house.standing() == before)
        let again = try await house.json("plan", "--due")
        #expect(Set(again["plans"].elements.map(\.["digest"].string)) == Set(plans.map(\.["digest"].string)))
        return byName
    }

    private func approveAndReap(_ house: House, _ plans: [String: String]) async throws {
        let checkout = try #require(plans["feat-checkout"])
        let rounding = try #require(plans["fix-rounding"])
        // Approved by nobody yet, a reap without arguments has nothing to do.
        let early = try await house.json("reap")
        #expect(Shapes.reaping.isSubset(of: early.keys) && early["plans"].elements.isEmpty)
        #expect(try await house.standing().count == 8)

        let approval = try await house.json("approve", checkout, as: "grace")
        #expect(approval.elements.map(\.["state"].string) == ["approved"])
        try await house.curfew("approve", rounding, as: "grace")
        let open = try await house.json("plan", "list")
        #expect(open.elements.count { $0["state"].string == "approved" } == 2)

        let reaped = try await house.json("reap")
        #expect(Set(reaped["plans"].elements.map(\.["plan"].string)) == [checkout, rounding])
        #expect(reaped["plans"].elements.allSatisfy { $0["state"].string == "done" })
        #expect(["deleting", "stopped", "troubled", "waiting"].allSatisfy { reaped[$0].elements.isEmpty })
        for step in reaped["plans"].elements.flatMap(\.["steps"].elements) { #expect(step["state"].string == "gone") }
    }

    private func afterwards(_ house: House) async throws {
        // R2: everything that is absent now is known to be reaped; nothing has to be explained.
        let scan = try await house.json("scan")
        #expect(scan["state"].string == "complete" && scan["listed"].int == 4)
        let list = try await house.json("list")
        let living = list.elements.filter { $0["ended_at"] == .null }
        #expect(living.map(\.["name"].string) == ["feat-login", "hotfix-77", "pr-204", "prod"])
        #expect(
            try await house.lines("SELECT DISTINCT gone_because FROM components WHERE gone_at IS NOT NULL") == [
                "reaped"
            ]
        )
        let history = try await house.json("history", "feat-checkout")
        for entry in history.elements { #expect(Shapes.history.isSubset(of: entry.keys)) }
        let events = history.elements.map(\.["event"].string)
        #expect(events.count { $0 == "step intended" } == 3 && events.count { $0 == "step gone" } == 3)
        // Done again, the whole way finds nothing more to do.
        try await house.curfew("evaluate")
        let idle = try await house.json("reap")
        #expect(idle["plans"].elements.isEmpty)
        #expect(try await house.standing().count == 4)
    }

    @Test func `the report tells of what was reaped and what is left`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-gone"), Deployment(name: "a-pr-7")])
            try await house.planned()
            try await house.curfew("reap")
            let report = try await house.curfew("report")
            #expect(report.output.contains("feat-gone"))
            let page = house.folder + "/report.html"
            try await house.curfew("report", "--html", page)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("feat-gone"))
        }
    }
}
