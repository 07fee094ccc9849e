import Core
import Foundation
import Postgres
import TestSupport
import Testing

/// Eight environments with twenty stacks in two accounts and two regions, in whose teardown every kind of step occurs;
/// and two that nobody planned.
enum FullFleet {
    static let parent = "fn-feat-d"
    static let companion = CompanionStacks.name(ofParent: parent)
    static let protected = "vault-feat-e"
    static let logGroup = "/aws/lambda/worker-feat-f"
    static let stacks = 20

    static let survivors = ["payments/us-east-1/shop-prod", "shop/eu-west-1/keeper-pr-7"]

    static func deployments(_ house: House) -> [Deployment] {
        let payments: any KeyPath<House, String> & Sendable = \.payments
        func on(_ name: String) -> [String: String] { ["BuiltOn": name] }
        return [
            // A chain of three.
            Deployment(name: "network-feat-a", template: Templates.exporter),
            Deployment(name: "api-feat-a", template: Templates.importer, parameters: on("network-feat-a")),
            Deployment(name: "web-feat-a", template: Templates.importer, parameters: on("api-feat-a")),
            // In both accounts and both regions.
            Deployment(name: "data-feat-b", template: Templates.table),
            Deployment(region: "us-east-1", name: "edge-feat-b"),
            Deployment(account: payments, name: "solo-feat-b"),
            // A bucket that keeps versions, and is full.
            Deployment(name: "store-feat-c", template: Templates.versionedBucket(house.bucket)),
            Deployment(name: "api-feat-c", template: Templates.exporter),
            Deployment(name: "web-feat-c", template: Templates.importer, parameters: on("api-feat-c")),
            // SAM's companion, with images.
            Deployment(region: "us-east-1", name: parent),
            Deployment(region: "us-east-1", name: companion, template: Templates.repository("images-feat-d")),
            Deployment(account: payments, region: "us-east-1", name: "db-feat-d", template: Templates.table),
            // Protected, and built on.
            Deployment(name: protected, template: Templates.exporter, terminationProtection: true),
            Deployment(name: "app-feat-e", template: Templates.importer, parameters: on(protected)),
            // A function that has logged.
            Deployment(name: "fn-feat-f", template: Templates.function("worker-feat-f")),
            Deployment(account: payments, name: "queue-feat-f"),
            // A stack in a stack.
            Deployment(
                account: payments,
                name: "outer-feat-g",
                template: Templates.outer("\(house.emulator)/\(house.shelf)/inner.json")
            ),
            Deployment(account: payments, name: "side-feat-g"),
            Deployment(account: payments, region: "us-east-1", name: "ground-feat-h", template: Templates.exporter),
            Deployment(
                account: payments,
                region: "us-east-1",
                name: "top-feat-h",
                template: Templates.importer,
                parameters: on("ground-feat-h")
            ),
            Deployment(name: "keeper-pr-7"),
            Deployment(account: payments, region: "us-east-1", name: "shop-prod"),
        ]
    }

    /// Carried out without being asked, with what the settings and the command allow beyond deleting stacks.
    static func planned(_ house: House) async throws {
        try await house.contents(house.payments, "eu-west-1").makeBucket(house.shelf)
        try await house.contents(house.payments, "eu-west-1").put(Templates.topic, as: "inner.json", in: house.shelf)
        try await house.deploy(deployments(house))
        let shop = house.contents(house.shop, "eu-west-1")
        for text in ["first", "second"] { try await shop.put(text, as: "letter", in: house.bucket) }
        try await shop.delete("letter", in: house.bucket)
        try await shop.makeLogGroup(logGroup)
        for tag in ["one", "two"] {
            try await house.contents(house.shop, "us-east-1").putImage(tagged: tag, in: "images-feat-d")
        }
        try await house.planned()
        // What is named beyond deleting stacks takes a person's yes.
        let named = try await house.curfew("plan", "feat-e", "--unprotect", protected, "--json").output
        let plan = try JSON(text: named)["plans"].elements.first?["plan"].string ?? ""
        try await house.curfew("approve", plan, as: "grace")
    }

    /// A body in a house with all of it, planned and approved; nothing, with a loud line, where there is no emulator.
    ///
    /// `database`: one that the caller has prepared, where the shared server's will not do.
    static func with(database: ConnectionSettings? = nil, _ body: (House) async throws -> Void) async throws {
        guard let emulator = try await emulators.value({ try await Emulator.ministack(refusingFullBuckets: true) })
        else { return }
        let prepared = { (house: House) async throws in
            var house = house
            house.teardown = "{ empty: [\"things-*\", \"images-*\"], log_groups: delete }"
            try house.writeSettings()
            try await planned(house)
            try await body(house)
        }
        if let database {
            try await House.with(.automatic, emulator: emulator.url, database: database, prepared)
        } else {
            try await House.with(own: emulator, prepared)
        }
    }

    /// Each house has accounts of its own in it.
    private static let emulators = Once<Emulator?>()
}

extension Templates {
    static func versionedBucket(_ name: String) -> String {
        """
        {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "\(name)",
         "VersioningConfiguration": {"Status": "Enabled"}}}, "T": {"Type": "AWS::SNS::Topic"}}}
        """
    }

    static func function(_ name: String) -> String {
        """
        {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "\(name)",
         "Runtime": "python3.12", "Handler": "index.handler", "Role": "arn:aws:iam::123456789012:role/worker",
         "Code": {"ZipFile": "def handler(event, context): return 1"}}}}}
        """
    }

    static func outer(_ url: String) -> String {
        """
        {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "\(url)"}},
         "T": {"Type": "AWS::SNS::Topic"}}}
        """
    }
}

extension House {
    /// Buckets' names are the same for all accounts.
    var bucket: String { "things-feat-c-\(shop)" }
    var shelf: String { "shelf-\(shop)" }

    func contents(_ account: String, _ region: String) -> EmulatorContents {
        EmulatorContents(url: emulator, account: account, region: region)
    }
}
