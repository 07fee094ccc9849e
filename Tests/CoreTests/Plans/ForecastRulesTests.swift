import Core
import Testing

@Suite struct TeardownDurationTests {
    private static func step(_ number: Int, _ action: StepAction = .deleteStack, after: [Int] = []) -> PlanStep {
        PlanStep(
            number: number,
            environment: EnvironmentKey(space: SpaceName("s"), name: EnvironmentName("feat-x"), incarnation: 1),
            component: ComponentID("c\(number)"),
            target: Target(account: AccountID("1"), region: Region("r")),
            name: "s\(number)",
            action: action,
            after: after,
            serviceRole: nil
        )
    }

    @Test func `a plain stack takes minutes, functions in a VPC most of an hour`() {
        let plain = TeardownDuration.stack(types: ["AWS::SNS::Topic"])
        #expect(plain == ForecastDuration(least: 60, most: 180, because: []))
        let slow = TeardownDuration.stack(types: ["AWS::Lambda::Function"], functionsInVPC: 2)
        #expect(slow.least >= 25 * 60 && slow.most >= 45 * 60)
        #expect(slow.because == ["2 functions in a VPC, whose network interfaces go slowly"])
    }

    @Test func `the slowest kind counts, and each is named once`() {
        let both = TeardownDuration.stack(
            types: ["AWS::RDS::DBInstance", "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"]
        )
        #expect(both.because == ["a search domain", "a database instance"])
        #expect(both.most == 180 + 1_800)
    }

    @Test func `what can be done side by side counts once, a chain adds up`() {
        let steps = [
            Self.step(1), Self.step(2), Self.step(3, after: [1, 2]),
            Self.step(4, .emptyBucket("b"), after: [3]), Self.step(5, .deleteAgain(retaining: []), after: [3, 4]),
        ]
        let range = TeardownDuration.along(steps, endingIn: [3]) { _ in TeardownDuration.Range(10, 20) }
        #expect(range == TeardownDuration.Range(20, 40))
        let whole = TeardownDuration.along(steps, endingIn: [1, 2, 3, 4, 5]) { _ in TeardownDuration.Range(10, 20) }
        #expect(whole == TeardownDuration.Range(40, 80))
        #expect(
            TeardownDuration.along([], endingIn: []) { _ in TeardownDuration.plain } == TeardownDuration.Range(0, 0)
        )
    }

    @Test func `emptying takes as long as there is to empty`() {
        let small = TeardownDuration.step(.emptyBucket("b"), items: 10)
        let large = TeardownDuration.step(.emptyBucket("b"), items: 1_000_000)
        #expect(small.most < 20 && large.least > 300 && large.most > 3_000)
        #expect(TeardownDuration.step(.emptyBucket("b"), items: nil).most == 600)
    }
}

@Suite struct ForecastErrorTests {
    private static let forecast = EnvironmentForecast(
        key: EnvironmentKey(space: SpaceName("s"), name: EnvironmentName("feat-x"), incarnation: 1),
        stays: [
            ForecastStay(component: ComponentID("c"), type: "AWS::S3::Bucket", name: "archive", reason: .retained),
            ForecastStay(
                component: ComponentID("c"),
                type: "AWS::Logs::LogGroup",
                name: "/aws/lambda/web",
                reason: .logGroup
            ),
        ],
        duration: ForecastDuration(least: 60, most: 180)
    )

    @Test(arguments: [
        "archive", "arn:aws:s3:::archive", "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/web:*",
        "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/web",
    ])
    func `what was said to stay may stay, under its name or its ARN`(leftover: String) {
        let outcome = TeardownOutcome(leftovers: [leftover], seconds: 180)
        #expect(forecastErrors(forecast: Self.forecast, outcome: outcome).isEmpty)
    }

    @Test(arguments: ["old-archive", "arn:aws:s3:::old-archive", "arn:aws:sqs:eu-west-1:1:web", ""])
    func `what stayed unforeseen is an error`(leftover: String) {
        let errors = forecastErrors(forecast: Self.forecast, outcome: TeardownOutcome(leftovers: [leftover]))
        #expect(errors == ["\(leftover) stayed, which was not forecast"])
    }

    @Test func `too long and failed are errors, quick is none`() {
        #expect(forecastErrors(forecast: Self.forecast, outcome: TeardownOutcome(seconds: 1)).isEmpty)
        #expect(
            forecastErrors(
                forecast: Self.forecast,
                outcome: TeardownOutcome(seconds: 600, failures: ["the subnet has dependencies"])
            ) == [
                "it took 10m, longer than the 3m forecast",
                "it failed, which was not forecast: the subnet has dependencies",
            ]
        )
        // Nothing was forecast, so nothing was too long.
        let empty = EnvironmentForecast(key: Self.forecast.key)
        #expect(forecastErrors(forecast: empty, outcome: TeardownOutcome(seconds: 600)).isEmpty)
    }
}

@Suite struct TemplateFateTests {
    @Test func `what a template does not know goes`() {
        let reading = TemplateReading(resources: ["A": .init(type: "AWS::S3::Bucket", deletionPolicy: "Delete")])
        #expect(reading.fate(of: "A") == .goes)
        #expect(reading.fate(of: "B") == .goes)
    }
}
