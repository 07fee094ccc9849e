import Core
import Foundation

extension Samples {
    /// A plan with every kind of step, and a forecast with every kind of thing in it.
    static func fullPlan(_ number: Int64 = 12) -> PlanRecord {
        var plan = plan(number)
        let shop = id("shop-feat-checkout")
        let db = id("db-feat-checkout")
        let chains = [
            StepChain(
                environment: key("feat-checkout"),
                component: shop,
                target: frankfurt,
                name: "shop-feat-checkout",
                serviceRole: "arn:aws:iam::111122223333:role/cloudformation",
                switchesProtectionOff: true,
                buckets: ["checkout-uploads"],
                retained: [
                    ObservedResource(
                        logicalID: "Seed",
                        physicalID: "seed-1",
                        type: "Custom::Seed",
                        status: "CREATE_COMPLETE"
                    )
                ]
            ),
            StepChain(
                environment: key("feat-checkout"),
                component: db,
                target: frankfurt,
                name: "db-feat-checkout",
                logGroups: ["/aws/lambda/db-feat-checkout-migrate"]
            ),
        ]
        plan.document.steps = StepChain.steps(chains, waitsFor: [db: [shop]])
        plan.document.exceptions = chains.flatMap(\.exceptions).sorted()
        plan.document.fingerprint = Fingerprint(
            components: [shop: Digest(of: "shop"), db: Digest(of: "db")],
            importers: ["111122223333/eu-central-1 db-url": [shop.text]],
            members: [key("feat-checkout"): [shop, db]],
            holds: [key("feat-checkout"): []]
        )
        plan.steps = []
        plan.forecast = Forecast(environments: [forecast(shop, db)])
        return plan
    }

    private static func forecast(_ shop: ComponentID, _ db: ComponentID) -> EnvironmentForecast {
        func loss(_ component: ComponentID, _ type: String, _ name: String, _ content: ResourceContent?) -> ForecastLoss
        {
            ForecastLoss(component: component, type: type, name: name, content: content)
        }
        func stay(_ type: String, _ name: String, _ reason: ForecastStay.Reason) -> ForecastStay {
            ForecastStay(component: shop, type: type, name: name, reason: reason)
        }
        return EnvironmentForecast(
            key: key("feat-checkout"),
            counts: [
                TypeCount(type: "AWS::Lambda::Function", count: 12), TypeCount(type: "AWS::S3::Bucket", count: 2),
                TypeCount(type: "AWS::RDS::DBInstance", count: 1), TypeCount(type: "Custom::Seed", count: 1),
            ],
            losses: [
                loss(
                    shop,
                    "AWS::S3::Bucket",
                    "checkout-uploads",
                    ResourceContent(items: 10_000, bytes: 2_100_000_000, isAtLeast: true)
                ),
                loss(shop, "AWS::DynamoDB::Table", "checkout-orders", ResourceContent(items: 1_204, bytes: 34_567)),
                loss(db, "AWS::RDS::DBInstance", "db-feat-checkout-main", nil),
                loss(shop, "AWS::S3::Bucket", "checkout-cache", ResourceContent(items: 0, bytes: 0)),
            ],
            stays: [
                stay("AWS::S3::Bucket", "checkout-archive", .retained),
                stay("AWS::RDS::DBInstance", "db-feat-checkout-main", .snapshot),
                stay("AWS::Logs::LogGroup", "/aws/lambda/shop-feat-checkout-web", .logGroup),
                stay("Custom::Seed", "seed-1", .named),
            ],
            duration: ForecastDuration(
                least: 1_560,
                most: 3_480,
                because: ["shop-feat-checkout: 3 functions in a VPC, whose network interfaces go slowly"]
            ),
            powers: [
                ForecastPower(
                    component: shop,
                    serviceRole: "arn:aws:iam::111122223333:role/cloudformation",
                    isBounded: true
                ), ForecastPower(component: db, serviceRole: nil, isBounded: true),
            ],
            unread: ["AWS::Cognito::UserPool checkout-users: access denied"]
        )
    }
}
