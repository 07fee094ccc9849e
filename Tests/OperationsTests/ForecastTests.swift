import Core
import Foundation
import Ledger
import Operations
import Testing

/// What a plan says beforehand, and that saying it costs little and blocks nothing.
@Suite struct ForecastTests {
    static func resource(_ logicalID: String, _ name: String, _ type: String) -> ObservedResource {
        ObservedResource(logicalID: logicalID, physicalID: name, type: type, status: "CREATE_COMPLETE")
    }

    static func planned(_ scenario: Scenario) async throws -> PlanRecord {
        try await scenario.ready()
        try await scenario.look()
        return try #require(try await scenario.planDue().plans.first)
    }

    private static func shop(_ scenario: Scenario) async {
        await scenario.world.old("shop-feat-a") { stack in
            stack.component.serviceRole = "arn:aws:iam::111111111111:role/deploy"
            stack.template = """
                Resources:
                  Files: { Type: AWS::S3::Bucket }
                  Archive: { Type: AWS::S3::Bucket, DeletionPolicy: Retain }
                  Orders: { Type: AWS::DynamoDB::Table }
                  Database: { Type: AWS::RDS::DBInstance }
                  Web:
                    Type: AWS::Lambda::Function
                    Properties: { VpcConfig: { SubnetIds: [subnet-1] } }
                  Job: { Type: AWS::Lambda::Function }
                  JobLogs: { Type: AWS::Logs::LogGroup }
                """
            stack.resources = [
                resource("Files", "files", "AWS::S3::Bucket"), resource("Archive", "archive", "AWS::S3::Bucket"),
                resource("Orders", "orders", "AWS::DynamoDB::Table"),
                resource("Database", "db", "AWS::RDS::DBInstance"),
                resource("Web", "shop-feat-a-web", "AWS::Lambda::Function"),
                resource("Job", "shop-feat-a-job", "AWS::Lambda::Function"),
                resource("JobLogs", "/aws/lambda/shop-feat-a-job", "AWS::Logs::LogGroup"),
            ]
            stack.contents = ["files": true, "archive": false]
        }
        await scenario.world.arrange { world in
            world.resourceContents = [
                "files": ResourceContent(items: 0, bytes: 0), "orders": ResourceContent(items: 1_200, bytes: 34_567),
                "db": ResourceContent(isDeletionProtected: false),
            ]
            world.groups = ["web", "job", "other"].map {
                LogGroupReading(name: "/aws/lambda/shop-feat-a-\($0)", bytes: 10, isDeletionProtected: false)
            }
        }
    }

    @Test func `a plan says what is lost, what stays, how long it takes and whose power is used`() async throws {
        try await Scenario.run { scenario in
            await Self.shop(scenario)
            let plan = try await Self.planned(scenario)
            #expect(plan.blockers.isEmpty)
            let forecast = try #require(plan.forecast.environments.first)
            #expect(
                forecast.counts.map { "\($0.count) \($0.type)" } == [
                    "2 AWS::Lambda::Function", "1 AWS::DynamoDB::Table", "1 AWS::Logs::LogGroup",
                    "1 AWS::RDS::DBInstance", "1 AWS::S3::Bucket",
                ]
            )
            #expect(forecast.losses.map(\.name) == ["orders", "/aws/lambda/shop-feat-a-job", "db", "files"])
            #expect(forecast.losses.first?.content == ResourceContent(items: 1_200, bytes: 34_567))
            #expect(
                forecast.stays.map { "\($0.name): \($0.reason.rawValue)" } == [
                    "/aws/lambda/shop-feat-a-web: log group", "archive: retained", "db: snapshot",
                ]
            )
            #expect(forecast.duration.least == 60 + 1_500 && forecast.duration.most == 180 + 2_700)
            #expect(forecast.duration.because.count == 2)
            #expect(
                forecast.powers.map(\.serviceRole) == ["arn:aws:iam::111111111111:role/deploy"]
            )
            #expect(forecast.powers.allSatisfy { !$0.isBounded })
            #expect(forecast.unread.isEmpty)
            // What stays is no loss, in what is digested as in what is told.
            #expect(
                plan.document.losses.map(\.name).sorted() == ["/aws/lambda/shop-feat-a-job", "db", "files", "orders"]
            )
        }
    }

    @Test func `counts and sizes move, and the plan stays the same`() async throws {
        try await Scenario.run { scenario in
            await Self.shop(scenario)
            let plan = try await Self.planned(scenario)
            await scenario.world.arrange { $0.resourceContents["orders"] = ResourceContent(items: 9_999) }
            #expect(try await scenario.planDue().plans.map(\.id) == [plan.id])
        }
    }

    @Test func `what the template keeps needs no emptying, and cannot be emptied by accident`() async throws {
        try await Scenario.run { scenario in
            await Self.shop(scenario)
            let plan = try await Self.planned(scenario)
            #expect(plan.document.steps.map(\.action) == [.deleteStack])
            scenario.clock.pass(.seconds(1))
            let planning = Planning(scenario.wiring)
            let all = try await planning.named(["feat-a"], exceptions: NamedExceptions(emptiesAll: true))
            #expect(all.plans.first?.document.steps.map(\.action) == [.deleteStack])
            let found = await problem {
                _ = try await planning.named(["feat-a"], exceptions: NamedExceptions(empty: ["archive"]))
            }
            #expect(found?.kind == .usage)
            #expect(found?.summary.contains("stays") == true)
        }
    }

    @Test func `what cannot be looked into is listed and blocks nothing`() async throws {
        try await Scenario.run { scenario in
            await Self.shop(scenario)
            for call in ["content", "roleExists", "logGroups"] { await scenario.world.fail(call, World.denied) }
            let plan = try await Self.planned(scenario)
            #expect(plan.blockers.isEmpty)
            let unread = try #require(plan.forecast.environments.first).unread
            for what in ["orders", "arn:aws:iam::111111111111:role/deploy", "log groups"] {
                #expect(unread.contains { $0.contains(what) })
            }
        }
    }

    @Test func `a macro's template counts, not the one it was made of`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.template = "{Transform: AWS::Serverless-2016-10-31, Resources: {B: {Type: AWS::S3::Bucket}}}"
                $0.processed = "{Resources: {B: {Type: AWS::S3::Bucket, DeletionPolicy: Retain}}}"
                $0.resources = [Self.resource("B", "files", "AWS::S3::Bucket")]
            }
            let plan = try await Self.planned(scenario)
            #expect(plan.forecast.environments.first?.stays.map(\.name) == ["files"])
        }
    }

    @Test func `log groups that functions made go where the settings say so, after their stack`() async throws {
        try await Scenario.run { scenario in
            await Self.shop(scenario)
            var scenario = scenario
            scenario.wiring.teardown.deletesLogGroups = true
            let plan = try await Self.planned(scenario)
            #expect(
                plan.document.steps.map(\.action) == [.deleteStack, .deleteLogGroup("/aws/lambda/shop-feat-a-web")]
            )
            #expect(plan.document.steps[1].after == [1])
            #expect(plan.document.exceptions.count == 1)
            #expect(plan.forecast.environments.first?.stays.map(\.reason) == [.retained, .snapshot])
            // One that is protected stays, and is told.
            await scenario.world.arrange { world in
                world.groups = [
                    LogGroupReading(name: "/aws/lambda/shop-feat-a-web", bytes: 1, isDeletionProtected: true)
                ]
            }
            let kept = try #require(try await scenario.planDue().plans.first)
            #expect(kept.document.steps.map(\.action) == [.deleteStack])
            #expect(kept.forecast.environments.first?.stays.map(\.reason) == [.logGroup, .retained, .snapshot])
        }
    }

    @Test func `nested stacks are counted with their root, and a full bucket in one blocks`() async throws {
        try await Scenario.run { scenario in
            let root = await scenario.world.old("shop-feat-a")
            let inner = await scenario.world.old("shop-feat-a-Data-X") { stack in
                stack.component.parent = root
                stack.component.root = root
                stack.resources = [Self.resource("Files", "files", "AWS::S3::Bucket")]
                stack.contents = ["files": false]
            }
            await scenario.world.change(root) {
                $0.resources = [Self.resource("Data", inner.text, "AWS::CloudFormation::Stack")]
            }
            let plan = try await Self.planned(scenario)
            #expect(plan.blockers.map(\.kind) == [.notEmpty])
            #expect(plan.forecast.environments.first?.losses.map(\.name) == ["files"])
            scenario.clock.pass(.seconds(1))
            let emptied = try await Planning(scenario.wiring)
                .named(["feat-a"], exceptions: NamedExceptions(empty: ["files"])).plans
            #expect(emptied.first?.blockers.isEmpty == true)
            #expect(
                emptied.first?.document.steps.map(\.action) == [
                    .deleteStack, .emptyBucket("files"), .deleteAgain(retaining: []),
                ]
            )
        }
    }

    @Test func `P18 nested stacks are in the power of their root, and more than it can hold block`() async throws {
        try await Scenario.run { scenario in
            let root = await scenario.world.old("shop-feat-a")
            var inner: [ComponentID] = []
            for number in 1...8 {
                inner.append(
                    await scenario.world.old("shop-feat-a-Data\(number)-X") { stack in
                        stack.component.parent = root
                        stack.component.root = root
                    }
                )
            }
            func nests(_ count: Int, role: String? = nil) async {
                let nested = inner.prefix(count).enumerated().map { number, id in
                    Self.resource("Data\(number)", id.text, "AWS::CloudFormation::Stack")
                }
                await scenario.world.change(root) {
                    $0.resources = nested
                    $0.component.serviceRole = role
                }
            }
            await nests(8)
            let blocked = try await Self.planned(scenario)
            #expect(blocked.blockers.map(\.kind) == [.power])
            #expect(blocked.blockers.first?.text.contains("8 nested stacks") == true)
            // Its own role needs nothing of ours.
            await nests(8, role: "arn:aws:iam::111111111111:role/teardown")
            try await scenario.look()
            #expect(try await scenario.planDue().plans.first?.blockers.isEmpty == true)

            await nests(7)
            try await scenario.look()
            try await scenario.approve(try #require(try await scenario.planDue().plans.first))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.scopes == [([root] + inner.prefix(7)).sorted()])
        }
    }

    @Test func `planning asks no more for a stack without data than it did before there were forecasts`() async throws {
        try await Scenario.run { scenario in
            for number in 1...10 {
                await scenario.world.old("shop-feat-\(number)") {
                    $0.resources = [Self.resource("T", "topic-\(number)", "AWS::SNS::Topic")]
                }
            }
            await scenario.world.old("data-feat-1") {
                $0.resources = [
                    Self.resource("A", "a", "AWS::DynamoDB::Table"), Self.resource("B", "b", "AWS::S3::Bucket"),
                ]
            }
            try await scenario.ready(Scenario.strict.replacing("{ share", with: "{ per_owner: 20, share"))
            try await scenario.look()
            await scenario.world.clearLog()
            #expect(try await scenario.planDue().plans.count == 10)
            let calls = await scenario.world.calls()
            let listed = ["identity": 1, "aliases": 1, "components": 1, "exports": 1]
            let each = ["component": 11, "template": 11, "resources": 11]
            // The one stack with data: whether its bucket is empty, which it is, and one look into the table.
            #expect(calls == listed.merging(each) { $1 }.merging(["isEmpty": 1, "content": 1]) { $1 })
        }
    }
}
