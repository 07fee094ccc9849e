import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// Everything that reading can find against a teardown before it is begun.
@Suite struct ForeseenBlockerTests {
    private static func seeded(_ token: String) -> String {
        "{\"Resources\": {\"Seed\": {\"Type\": \"Custom::Seed\", \"Properties\": {\"ServiceToken\": \(token)}}}}"
    }

    private static let arn = "arn:aws:lambda:eu-west-1:111111111111:function:seeder"
    private static let seed = ForecastTests.resource("Seed", "seed-1", "Custom::Seed")
    private static let seeder = ForecastTests.resource("Seeder", "seeder", "AWS::Lambda::Function")

    private static func named(_ scenario: Scenario, _ exceptions: NamedExceptions) async throws -> PlanRecord {
        scenario.clock.pass(.seconds(1))
        return try #require(
            try await Planning(scenario.wiring).named(["feat-a"], exceptions: exceptions).plans.first
        )
    }

    @Test func `a service role that is gone blocks every stack that needs it, and is asked for once`() async throws {
        try await Scenario.run { scenario in
            let role = "arn:aws:iam::111111111111:role/deploy"
            for name in ["shop-feat-a", "db-feat-a"] {
                await scenario.world.old(name) { $0.component.serviceRole = role }
            }
            await scenario.world.arrange { $0.missingRoles = [role] }
            await scenario.world.clearLog()
            let plan = try await ForecastTests.planned(scenario)
            #expect(plan.blockers.map(\.kind) == [.serviceRole, .serviceRole])
            #expect(plan.blockers.allSatisfy { $0.text.contains(role) })
            #expect(await scenario.world.calls()["roleExists"] == 1)
        }
    }

    @Test func `what has deletion protection of its own blocks, unless it is left behind by name`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.resources = [ForecastTests.resource("Orders", "orders", "AWS::DynamoDB::Table")]
            }
            await scenario.world.arrange {
                $0.resourceContents = ["orders": ResourceContent(isDeletionProtected: true)]
            }
            let plan = try await ForecastTests.planned(scenario)
            #expect(plan.blockers.map(\.kind) == [.deletionProtection])
            let retained = try #require(NamedExceptions.Retained("shop-feat-a/Orders"))
            let left = try await Self.named(scenario, NamedExceptions(retain: [retained]))
            #expect(left.blockers.isEmpty)
            #expect(left.document.steps.map(\.action) == [.deleteStack, .deleteAgain(retaining: ["Orders"])])
            #expect(left.forecast.environments.first?.stays.map(\.reason) == [.named])
        }
    }

    @Test func `P3 deletion protection that was switched on since the approval stops the teardown`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.resources = [ForecastTests.resource("Orders", "orders", "AWS::DynamoDB::Table")]
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.world.arrange {
                $0.resourceContents = ["orders": ResourceContent(isDeletionProtected: true)]
            }
            try await scenario.brief.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test(arguments: [
        "\"\(arn)\"", "{\"Fn::Sub\": \"arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:seeder\"}",
        "{\"Ref\": \"Token\"}",
    ])
    func `a custom resource blocks when its function is gone, unless it is left behind`(token: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.template = Self.seeded(token)
                $0.resources = [Self.seed]
                $0.component.parameters = ["Token": Self.arn]
            }
            let plan = try await ForecastTests.planned(scenario)
            #expect(plan.blockers.map(\.kind) == [.customResource])
            let retained = try #require(NamedExceptions.Retained("shop-feat-a/Seed"))
            let left = try await Self.named(scenario, NamedExceptions(retain: [retained]))
            #expect(left.blockers.isEmpty)
            #expect((left.forecast.environments.first?.duration.most ?? 0) > 3_600)
            await scenario.world.arrange { $0.functions["seeder"] = FunctionReading(name: "seeder", isInVPC: false) }
            #expect(try await scenario.planDue().plans.map(\.state) == [.awaitingApproval])
        }
    }

    @Test(arguments: [
        "\"arn:aws:sns:eu-west-1:111111111111:topic\"", "{\"Fn::Join\": [\"\", [\"a\"]]}",
        "\"arn:aws:lambda:eu-west-1:999999999999:function:theirs\"",
    ])
    func `a custom resource that nobody can follow blocks nothing`(token: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.template = Self.seeded(token)
                $0.resources = [Self.seed]
            }
            let plan = try await ForecastTests.planned(scenario)
            #expect(plan.blockers.isEmpty)
        }
    }

    @Test func `a function in the same stack or imported is followed`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.template = Self.seeded("{\"Fn::GetAtt\": [\"Seeder\", \"Arn\"]}")
                $0.resources = [Self.seed, Self.seeder]
            }
            await scenario.world.old("net-feat-b") {
                $0.exports = ["seeder"]
                $0.component.outputs = [ComponentOutput(key: "S", value: Self.arn, exportName: "seeder")]
            }
            await scenario.world.old("web-feat-b") {
                $0.template = Self.seeded("{\"Fn::ImportValue\": \"seeder\"}")
                $0.resources = [Self.seed]
                $0.imports = ["seeder"]
            }
            try await scenario.ready()
            try await scenario.look()
            let plans = try await scenario.planDue().plans
            #expect(plans.flatMap(\.blockers).map(\.kind) == [.customResource, .customResource])
            await scenario.world.arrange { $0.functions["seeder"] = FunctionReading(name: "seeder", isInVPC: false) }
            let followed = try await scenario.planDue().plans
            #expect(followed.flatMap(\.blockers).isEmpty)
        }
    }

    @Test func `a stack goes before the one whose function answers for it, unless an import says otherwise`()
        async throws
    {
        try await Scenario.run { scenario in
            let functions = await scenario.world.old("a-feat-a") { $0.resources = [Self.seeder] }
            let user = await scenario.world.old("b-feat-a") {
                $0.template = Self.seeded("\"\(Self.arn)\"")
                $0.resources = [Self.seed]
            }
            await scenario.world.arrange { $0.functions["seeder"] = FunctionReading(name: "seeder", isInVPC: false) }
            let plan = try await ForecastTests.planned(scenario)
            #expect(plan.document.steps.map(\.component) == [user, functions])
            #expect(plan.document.steps[1].after == [1])
            await scenario.world.change(functions) { $0.imports = ["name"] }
            await scenario.world.change(user) { $0.exports = ["name"] }
            let torn = try #require(try await scenario.planDue().plans.first)
            #expect(torn.document.steps.map(\.component) == [functions, user])
            #expect(torn.blockers.map(\.kind) == [.needed])
            #expect(torn.blockers.first?.text.contains("the function seeder") == true)
        }
    }

    @Test func `a deletion that somebody else began is waited for`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            await scenario.world.change(id) {
                $0.component.status = ComponentStatus("DELETE_IN_PROGRESS")
                $0.onDelete = .goes(after: 100)
            }
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.blockers.contains { $0.kind == .busy && $0.text.contains("by somebody else") })
        }
    }

    @Test func `P6 an instance of a stack set blocks, whatever let it in`() {
        let target = Scenario.home
        let observed = ObservedComponent(
            id: ComponentID("set"),
            target: target,
            name: "StackSet-base-feat-a-1b2c",
            status: ComponentStatus("CREATE_COMPLETE"),
            terminationProtection: false
        )
        var survey = Survey()
        survey.components[observed.id] = Survey.Component(
            observed: observed,
            template: "",
            resources: [],
            parts: [],
            contents: [],
            exports: []
        )
        let found = Blockers(survey: survey, inside: [observed.id], lifted: LiftedBlockers()).all()
        #expect(found.map(\.kind) == [.stackSet])
    }

    @Test(arguments: [
        ([], []), (["a"], ["a"]), (["shop-feat-a-web", "shop-feat-a-job"], ["shop-feat-a-"]),
        (["web", "job"], ["job", "web"]),
    ])
    func `log groups are listed by what their functions' names have in common`(names: [String], prefixes: [String]) {
        #expect(Inspector.prefixes(names) == prefixes)
    }
}
