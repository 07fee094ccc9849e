import Foundation
import TestSupport
import Testing

/// A stack that a test deploys.
struct Deployment: Sendable {
    var account: any KeyPath<House, String> & Sendable = \House.shop
    var region = "eu-west-1"
    let name: String
    var template = Templates.topic
    var tags: [String: String] = [:]
    var parameters: [String: String] = [:]
    var terminationProtection = false
}

enum Templates {
    static let topic = """
        {"Parameters": {"Word": {"Type": "String", "Default": "\(HouseSecrets.parameter)", "NoEcho": true}},
         "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
        """
    static let exporter = """
        {"Resources": {"T": {"Type": "AWS::SNS::Topic"}},
         "Outputs": {"O": {"Value": {"Ref": "T"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-topic"}}}}}
        """
    /// Built on the export of the stack that the parameter names; exports something itself.
    static let importer = """
        {"Parameters": {"BuiltOn": {"Type": "String"}},
         "Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
            "Type": "String", "Value": {"Fn::ImportValue": {"Fn::Sub": "${BuiltOn}-topic"}}}}},
         "Outputs": {"O": {"Value": {"Ref": "P"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-topic"}}}}}
        """
    static let table = """
        {"Resources": {"D": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}}}}
        """
}

extension House {
    /// One after the other, each when the one before it stands: later ones may build on earlier ones.
    func deploy(_ deployments: [Deployment]) async throws {
        for deployment in deployments {
            let stacks = stacks(self[keyPath: deployment.account], deployment.region)
            try await stacks.create(
                deployment.name,
                template: deployment.template,
                tags: deployment.tags,
                parameters: deployment.parameters,
                terminationProtection: deployment.terminationProtection
            )
            let stack = try await stacks.settled(deployment.name)
            guard stack.status == "CREATE_COMPLETE" else {
                throw Surprise("\(stack.name) is \(stack.status)")
            }
        }
    }

    /// What stands in all four targets, as `shop/eu-west-1/NAME`, sorted.
    func standing() async throws -> [String] {
        var found: [String] = []
        for (word, account) in [("shop", shop), ("payments", payments)] {
            for region in Self.regions {
                found += try await stacks(account, region).standing().map { "\(word)/\(region)/\($0.name)" }
            }
        }
        return found.sorted()
    }

    /// The same, as the AWS command line sees it.
    func standingByAWS() async throws -> [String] {
        let targets = ["shop", "payments"].flatMap { word in Self.regions.map { (word, $0) } }
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for (word, region) in targets {
                group.addTask {
                    let listing = ["describe-stacks", "--query", "Stacks[].[StackName, StackStatus]"]
                    let outcome = try await aws(
                        ["--profile", word, "--region", region, "cloudformation"] + listing,
                        at: emulator
                    )
                    return try JSON(text: outcome.output).elements
                        .filter { $0.elements.last?.string != "DELETE_COMPLETE" }
                        .map { "\(word)/\(region)/\($0.elements.first?.string ?? "")" }
                }
            }
            var all: [String] = []
            for try await names in group { all += names }
            return all.sorted()
        }
    }

    /// Runs the AWS command line, which shares nothing with the program.
    func aws(_ arguments: [String], at url: String) async throws -> Program.Outcome {
        let surroundings = ["AWS_ENDPOINT_URL": url, "AWS_DEFAULT_PROFILE": "shop", "AWS_PAGER": "", "NO_PROXY": "*"]
        let outcome = try await Program.run(
            other: (Emulator.environmentFolder ?? "") + "/bin/python",
            ["-m", "awscli", "--output", "json"] + arguments,
            variables: variables(of: "nobody").merging(surroundings) { $1 },
            in: folder
        )
        guard outcome.status == 0 else { throw Surprise("\(outcome)") }
        return outcome
    }

    /// Everything up to plans, as the policies make them: approved at once, or waiting for somebody's yes.
    func planned() async throws {
        try await curfew("policy", "apply", policyFile)
        for account in ["shop", "payments"] {
            try await curfew("accounts", "mode", account, "reap", "--because", "a test's own account")
        }
        try await curfew("scan")
        try await curfew("evaluate")
        try await curfew("plan", "--due")
    }
}

/// The surroundings are not as the test needs them.
struct Surprise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
