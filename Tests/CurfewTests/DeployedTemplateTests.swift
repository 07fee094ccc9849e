import Foundation
import TestSupport
import Testing

/// The templates of `Deploy/aws`, created one after the other in an emulator, each with what the one before gave.
@Suite struct DeployedTemplateTests {
    private static func template(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/aws/\(name).yaml").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }

    private static let network = """
        {"Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "One": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
            "Two": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24"}}},
         "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}}, "One": {"Value": {"Ref": "One"}}, "Two": {"Value": {"Ref": "Two"}}}}
        """

    /// Makes one; its outputs.
    private static func create(
        _ name: String,
        _ template: String,
        _ parameters: [String: String] = [:],
        in house: House
    ) async throws -> [String: String] {
        let formation = house.stacks(house.shop, "eu-west-1")
        try await formation.create(name, template: template, parameters: parameters)
        let made = try await formation.settled(name)
        #expect(made.status == "CREATE_COMPLETE", "\(name)")
        let answer = try await house.aws(
            ["cloudformation", "describe-stacks", "--stack-name", name],
            at: house.emulator
        )
        let outputs = try JSON(text: answer.output)["Stacks"].elements.first?["Outputs"].elements ?? []
        return Dictionary(
            outputs.map { ($0["OutputKey"].string, $0["OutputValue"].string) },
            uniquingKeysWith: { $1 }
        )
    }

    @Test func `database, jobs, alarms and events are created from what each says of itself, and are Curfew's own`()
        async throws
    {
        guard let emulator = try await Emulator.ministack() else { return }
        defer { emulator.stop() }
        try await House.with(own: emulator) { house in
            let network = try await Self.create("network", Self.network, in: house)
            let subnets = "\(network["One"] ?? ""),\(network["Two"] ?? "")"
            let database = try await Self.create(
                "curfew-trial-database",
                try Self.template("database"),
                ["Stage": "trial", "Vpc": network["Vpc"] ?? "", "Subnets": subnets, "Protected": "no"],
                in: house
            )
            let parameter = "arn:aws:ssm:eu-west-1:\(house.shop):parameter/curfew/trial"
            let jobs = try await Self.create(
                "curfew-trial-jobs",
                try Self.template("jobs"),
                [
                    "Stage": "trial", "Subnets": subnets, "Image": "curfew", "JobsGroup": database["JobsGroup"] ?? "",
                    "DatabaseHost": database["Host"] ?? "", "NightLogin": database["NightLogin"] ?? "",
                    "ReaperLogin": database["ReaperLogin"] ?? "", "NightSettings": parameter,
                    "ReaperSettings": parameter,
                ],
                in: house
            )
            let alarms = try await Self.create(
                "curfew-trial-alarms",
                try Self.template("alarms"),
                [
                    "Stage": "trial", "ClusterArn": jobs["ClusterArn"] ?? "", "NotStarted": jobs["NotStarted"] ?? "",
                    "Mail": "platform@example.com",
                ],
                in: house
            )
            let events = try await Self.create(
                "curfew-trial-events",
                try Self.template("events"),
                [
                    "Stage": "trial", "Subnets": subnets, "JobsGroup": database["JobsGroup"] ?? "",
                    "ClusterArn": jobs["ClusterArn"] ?? "", "NightTask": jobs["NightTask"] ?? "",
                    "StartRole": jobs["StartRole"] ?? "", "NightRole": jobs["NightRole"] ?? "",
                    "Accounts": house.shop, "Regions": "eu-west-1", "Organization": "o-exampleorgid",
                ],
                in: house
            )
            _ = try await Self.create(
                "curfew-trial-member-events",
                try Self.template("member-events"),
                ["Bus": events["Bus"] ?? ""],
                in: house
            )
            #expect(alarms["Topic"]?.isEmpty == false)
            #expect(jobs["NightRole"]?.hasSuffix(":role/curfew-trial-night") == true)

            // Curfew knows its own stacks, and leaves them out.
            let scan = try await house.json("scan")
            let target = scan["targets"].elements.first { $0["account"].string == house.shop && $0["listed"].int == 6 }
            #expect(target?["counts"]["excluded"].int == 5, "\(scan)")
        }
    }
}
