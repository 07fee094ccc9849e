import Core
import Foundation
import Testing

@testable import Ledger
@testable import Operations

@Suite struct LeftoverTests {
    private static let function = ObservedResource(
        logicalID: "Worker",
        physicalID: "worker-1",
        type: "AWS::Lambda::Function",
        status: "CREATE_COMPLETE"
    )
    private static let bucket = ObservedResource(
        logicalID: "Files",
        physicalID: "files",
        type: "AWS::S3::Bucket",
        status: "DELETE_SKIPPED"
    )

    /// A stack with a function, reaped; and what a look right after it sees.
    private static func reaped(
        _ scenario: Scenario,
        _ arrange: @escaping @Sendable (isolated World) -> Void = { _ in }
    ) async throws -> PlanRecord {
        await scenario.world.old("shop-feat-a", tags: ["owner": "ada@example.com"]) { $0.resources = [function] }
        await scenario.world.arrange(arrange)
        try await scenario.ready()
        let plan = try #require(try await scenario.approved().first)
        try await scenario.reap()
        return try await scenario.ledger.plan(plan.id)
    }

    private static func leftover(
        _ scenario: Scenario,
        _ plan: PlanRecord,
        _ type: String,
        _ identifier: String
    ) -> Leftover {
        let step = plan.steps[0].step
        return Leftover(
            environment: step.environment,
            plan: plan.id,
            component: step.component,
            target: step.target,
            type: type,
            identifier: identifier,
            reason: .retained,
            owner: "ada@example.com"
        )
    }

    @Test func `log groups of functions that went are written down with their owner, and only theirs`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario) {
                $0.groups = ["/aws/lambda/worker-1", "/aws/lambda/worker-10"].map {
                    LogGroupReading(name: $0, bytes: 1, isDeletionProtected: false)
                }
            }
            #expect(await Leftovers(scenario.wiring).record(after: plan).isEmpty)
            let found = try await scenario.ledger.leftovers(open: true)
            #expect(found.map(\.leftover.identifier) == ["/aws/lambda/worker-1"])
            #expect(found.first?.leftover.reason == .logGroup && found.first?.leftover.plan == plan.id)
            #expect(found.first?.leftover.owner == "ada@example.com")
            // Done twice, it is one.
            await Leftovers(scenario.wiring).record(after: plan)
            #expect(try await scenario.ledger.leftovers(open: false).count == 1)
        }
    }

    @Test func `R7 credentials of another account conclude nothing about what was left`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario) {
                $0.groups = [LogGroupReading(name: "/aws/lambda/worker-1", bytes: 1, isDeletionProtected: false)]
            }
            await Leftovers(scenario.wiring).record(after: plan)
            await scenario.world.arrange { world in
                world.identities[Scenario.shop] = Scenario.payments
                world.groups = []
            }
            let outcome = try await Leftovers(scenario.wiring).check()
            #expect(outcome.gone.isEmpty && !outcome.unread.isEmpty)
            #expect(try await scenario.ledger.leftovers(open: true).count == 1)
            await scenario.world.arrange { $0.identities = [:] }
            #expect(try await Leftovers(scenario.wiring).check().gone.count == 1)
        }
    }

    @Test func `a log group whose stack is there again is in use, and nobody is told to delete it`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario) {
                $0.groups = [LogGroupReading(name: "/aws/lambda/worker-1", bytes: 1, isDeletionProtected: false)]
            }
            await Leftovers(scenario.wiring).record(after: plan)
            await scenario.world.old("shop-feat-a") { $0.resources = [Self.function] }
            try await scenario.scan()
            let outcome = try await Leftovers(scenario.wiring).check()
            #expect(outcome.used.map(\.leftover.identifier) == ["/aws/lambda/worker-1"])
            #expect(try await scenario.ledger.leftovers(open: true).isEmpty)
            #expect(try await Leftovers(scenario.wiring).check().found.isEmpty)
        }
    }

    @Test func `what a forecast said would stay is written down also where nobody proves to be the account`()
        async throws
    {
        try await Scenario.run { scenario in
            var plan = try await Self.reaped(scenario)
            let step = plan.steps[0].step
            let stay = ForecastStay(component: step.component, type: "AWS::S3::Bucket", name: "kept", reason: .retained)
            plan.forecast.environments = [EnvironmentForecast(key: step.environment, stays: [stay])]
            await scenario.world.arrange { $0.identities[Scenario.shop] = Scenario.payments }
            let gone = ProviderFailure(.refused, "no such bucket", advice: "", code: "NoSuchBucket")
            await scenario.world.fail("isEmpty", gone)
            #expect(await Leftovers(scenario.wiring).record(after: plan).count == 1)
            #expect(try await scenario.ledger.leftovers(open: true).map(\.leftover.identifier) == ["kept"])
        }
    }

    @Test func `what has a snapshot stays listed until a person says that it is gone`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario)
            let step = plan.steps[0].step
            let snapshot = Leftover(
                environment: step.environment,
                plan: plan.id,
                component: step.component,
                target: step.target,
                type: "AWS::RDS::DBInstance",
                identifier: "orders",
                reason: .snapshot,
                owner: nil
            )
            try await scenario.ledger.note([snapshot], at: scenario.clock.now)
            // The tagging service goes on listing the instance for a while, which says nothing of the snapshot.
            let arn = "arn:aws:rds:eu-west-1:111111111111:db:orders"
            for arns in [[arn], [], []] {
                await scenario.world.arrange { $0.taggedResources[step.component] = arns }
                scenario.clock.pass(.seconds(3_600))
                _ = try await Leftovers(scenario.wiring).check()
            }
            let open = try await scenario.ledger.leftovers(open: true).filter { $0.leftover.reason == .snapshot }
            #expect(open.count == 1)
            #expect(try await Leftovers(scenario.wiring).close(open.map(\.id)).count == 1)
        }
    }

    @Test func `what a forecast said would stay is written down, but not what is proven to be absent`() async throws {
        try await Scenario.run { scenario in
            var plan = try await Self.reaped(scenario)
            let id = plan.steps[0].step.component
            plan.forecast.environments = [
                EnvironmentForecast(
                    key: plan.steps[0].step.environment,
                    stays: [
                        ForecastStay(component: id, type: "AWS::S3::Bucket", name: "kept", reason: .retained),
                        ForecastStay(component: id, type: "AWS::RDS::DBInstance", name: "orders", reason: .snapshot),
                        ForecastStay(component: id, type: "AWS::DynamoDB::Table", name: "table", reason: .named),
                        ForecastStay(
                            component: id,
                            type: "AWS::Logs::LogGroup",
                            name: "/aws/lambda/worker-1",
                            reason: .logGroup
                        ),
                    ]
                )
            ]
            await scenario.world.fail(
                "isEmpty",
                ProviderFailure(.refused, "no such bucket", advice: "", code: "NoSuchBucket")
            )
            await Leftovers(scenario.wiring).record(after: plan)
            let found = try await scenario.ledger.leftovers(open: true).map(\.leftover)
            #expect(Set(found.map(\.identifier)) == ["orders", "table"])
            #expect(Set(found.map(\.reason)) == [.snapshot, .named])
        }
    }

    @Test func `what the stack itself says it skipped is retained`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario)
            // By its id a deleted stack goes on answering.
            await scenario.world.arrange { world in
                let id = plan.steps[0].step.component
                var stack = World.Stack(
                    component: ObservedComponent(
                        id: id,
                        target: Scenario.home,
                        name: "shop-feat-a",
                        status: ComponentStatus("DELETE_COMPLETE")
                    )
                )
                stack.resources = [Self.bucket]
                world.stacks[id] = stack
            }
            await Leftovers(scenario.wiring).record(after: plan)
            let found = try await scenario.ledger.leftovers(open: true).map(\.leftover)
            #expect(found.map(\.identifier) == ["files"] && found.map(\.reason) == [.retained])
            // The forecast had not said so, which is recorded once.
            await Leftovers(scenario.wiring).record(after: plan)
            let notes = try await scenario.ledger.history(of: nil, limit: 1_000).filter { $0.event == forecastWrong }
            #expect(notes.map(\.plan) == [plan.id])
            #expect(notes.map { String(decoding: $0.details, as: UTF8.self).contains("files stayed") } == [true])
        }
    }

    @Test func `what still carries the tags counts only some time after its stack went`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario)
            let arn = "arn:aws:dynamodb:eu-west-1:111111111111:table/orders"
            let id = plan.steps[0].step.component
            await scenario.world.arrange { $0.taggedResources[id] = [arn, id.text] }
            let leftovers = Leftovers(scenario.wiring)
            await leftovers.record(after: plan)
            #expect(try await leftovers.check().found.isEmpty)
            scenario.clock.pass(.seconds(29 * 60))
            #expect(try await leftovers.check().found.isEmpty)
            scenario.clock.pass(.seconds(120))
            #expect(try await leftovers.check().found.map(\.identifier) == [arn])
            let found = try await scenario.ledger.leftovers(open: true)
            #expect(found.map(\.leftover.reason) == [.tagged])
            #expect(found.first?.leftover.type == "AWS::DynamoDB::Table")
            // Not listed once says little; not listed again, later, says that it is gone.
            await scenario.world.arrange { $0.taggedResources[id] = [] }
            scenario.clock.pass(.seconds(60))
            #expect(try await leftovers.check().gone.isEmpty)
            scenario.clock.pass(.seconds(31 * 60))
            #expect(try await leftovers.check().gone.map(\.leftover.identifier) == [arn])
            #expect(try await scenario.ledger.leftovers(open: true).isEmpty)
            // Listed again, it is there again.
            await scenario.world.arrange { $0.taggedResources[id] = [arn] }
            _ = try await leftovers.check()
            #expect(try await scenario.ledger.leftovers(open: true).count == 1)
        }
    }

    @Test func `a reading that failed closes nothing`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.reaped(scenario)
            let all = [
                ("AWS::S3::Bucket", "files"), ("AWS::Logs::LogGroup", "/aws/lambda/worker-1"),
                ("AWS::DynamoDB::Table", "orders"),
            ].map { Self.leftover(scenario, plan, $0.0, $0.1) }
            try await scenario.ledger.note(all, at: scenario.clock.now)
            let leftovers = Leftovers(scenario.wiring)
            for failure in [World.down, World.denied] {
                for reading in ["isEmpty", "logGroups", "tagged"] { await scenario.world.fail(reading, failure) }
                for _ in 0..<3 {
                    scenario.clock.pass(.seconds(86_400))
                    let outcome = try await leftovers.check()
                    #expect(outcome.gone.isEmpty && outcome.unread.count >= 3)
                }
            }
            #expect(try await scenario.ledger.leftovers(open: true).count == 3)
            // What the tagging service never listed may be there all the same.
            for reading in ["isEmpty", "logGroups", "tagged"] { await scenario.world.fail(reading, nil) }
            await scenario.world.fail(
                "isEmpty",
                ProviderFailure(.refused, "no such bucket", advice: "", code: "NoSuchBucket")
            )
            #expect(try await leftovers.check().gone.count == 2)
            let rest = try await scenario.ledger.leftovers(open: true)
            #expect(rest.map(\.leftover.identifier) == ["orders"])
            // Only somebody who looked can close that one.
            _ = try await leftovers.close(rest.map(\.id))
            #expect(try await scenario.ledger.leftovers(open: true).isEmpty)
            #expect(await problem { _ = try await leftovers.close(rest.map(\.id)) }?.kind == .usage)
        }
    }

    @Test func `an ARN says what it is`() {
        let arns = [
            "arn:aws:s3:::files": "AWS::S3::Bucket",
            "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/x": "AWS::Logs::LogGroup",
            "arn:aws:apigateway:eu-west-1::/restapis/abc": "apigateway restapis",
            "arn:aws:sqs:eu-west-1:1:queue": "AWS::SQS::Queue", "nonsense": "resource",
        ]
        for (arn, type) in arns { #expect(ResourceARN.type(of: arn) == type) }
        #expect("arn:aws:dynamodb:r:1:table/orders".names("orders"))
        #expect(!"arn:aws:dynamodb:r:1:table/my-orders".names("orders"))
    }
}

extension LeftoverTests {
    @Test func `a reap writes down what its plans left, and follows it from then on`() async throws {
        try await Scenario.run { scenario in
            let group = LogGroupReading(name: "/aws/lambda/worker-1", bytes: 1, isDeletionProtected: false)
            _ = try await Self.reaped(scenario) { $0.groups = [group] }
            #expect(try await scenario.ledger.leftovers(open: true).map(\.leftover.identifier) == [group.name])
            // What was looked for lately is left alone.
            await scenario.world.arrange { $0.groups = [] }
            scenario.clock.pass(.seconds(3_600))
            try await scenario.reap()
            #expect(try await scenario.ledger.leftovers(open: true).count == 1)
            scenario.clock.pass(.seconds(86_400))
            try await scenario.reap()
            #expect(try await scenario.ledger.leftovers(open: true).isEmpty)
        }
    }

    @Test func `P10 leftovers that cannot be read fail no reap`() async throws {
        try await Scenario.run { scenario in
            for reading in ["logGroups", "tagged", "isEmpty"] { await scenario.world.fail(reading, World.denied) }
            let plan = try await Self.reaped(scenario)
            #expect(plan.state == .done)
            scenario.clock.pass(.seconds(3_600))
            let outcome = try await scenario.reap()
            #expect(!outcome.isUndone)
        }
    }
}
