import Foundation
import Postgres
import Providers
import TestSupport
import Testing

/// The roles of `Deploy/aws/member-roles.yaml`, made by CloudFormation in an emulator that checks what one may do, are
/// enough for the program, and not more than that.
@Suite struct LeastPrivilegeTests {
    private static let template = """
        {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
         "Outputs": {"Out": {"Value": {"Ref": "Topic"}, "Export": {"Name": {"Ref": "AWS::StackName"}}}}}
        """
    private static let bucket = #"{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}"#

    private static func roles() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/aws/member-roles.yaml").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Makes the roles in an account, and whatever the test wants to look at.
    private static func furnish(
        _ house: House,
        _ account: String,
        roles template: String,
        _ stacks: [(name: String, template: String)]
    ) async throws {
        let formation = house.stacks(account, "eu-west-1")
        let root = "arn:aws:iam::\(account):root"
        let parameters = [
            "ScanPrincipal": root, "ReapPrincipal": root, "ExternalId": "curfew-4711", "Reaping": "yes",
        ]
        try await formation.create("curfew-roles", template: template, parameters: parameters)
        let made = try await formation.settled("curfew-roles")
        #expect(made.status == "CREATE_COMPLETE")
        for stack in stacks {
            try await formation.create(stack.name, template: stack.template, tags: ["owner": "ada@example.com"])
            try await formation.settled(stack.name)
        }
    }

    /// A settings file in which each account is reached by this role.
    private static func settings(_ house: House, role: String, externalID: String = "curfew-4711") throws -> String {
        var text = house.settings
        for (account, profile) in [(house.shop, "shop"), (house.payments, "payments")] {
            text = text.replacing(
                "profile: \(profile), regions: [eu-west-1, us-east-1]",
                with: "profile: \(profile), role: \"arn:aws:iam::\(account):role/\(role)\", "
                    + "external_id: \(externalID), regions: [eu-west-1]"
            )
        }
        let file = "\(house.folder)/\(role)-\(externalID).yaml"
        try house.write(text, to: file)
        return file
    }

    @Test func `P18 the scan role is enough to read and plan, is refused a deletion, and the reap role deletes`()
        async throws
    {
        guard let emulator = try await Emulator.ministack(checkingIAM: true) else { return }
        defer { emulator.stop() }
        try await House.with(.automatic, own: emulator) { house in
            let stacks = [
                (name: "shop-feat-x", template: Self.template), (name: "shop-feat-y", template: Self.bucket),
                (name: "feat-prod", template: Self.template),
            ]
            try await Self.furnish(house, house.shop, roles: Self.roles(), stacks)
            // In the other account one call is missing.
            let short = try Self.roles().replacing("              - cloudformation:ListStackResources\n", with: "")
            try await Self.furnish(house, house.payments, roles: short, [(name: "pay-feat-x", template: Self.template)])
            let scan = ["CURFEW_SETTINGS": try Self.settings(house, role: "curfew-scan")]
            let reap = ["CURFEW_SETTINGS": try Self.settings(house, role: "curfew-reap")]
            let stranger = ["CURFEW_SETTINGS": try Self.settings(house, role: "curfew-scan", externalID: "guessed")]

            let refused = try await house.curfew("scan", with: stranger, expecting: 69)
            #expect(refused.output.contains("AccessDenied"))
            let seen = try await house.curfew("scan", with: scan, expecting: 4)
            #expect(seen.output.contains("ListStackResources"), "\(seen)")

            // The account with all rights, by itself.
            let shop = scan.mapValues { $0.replacing(".yaml", with: "-shop.yaml") }
            let shopReap = reap.mapValues { $0.replacing(".yaml", with: "-shop.yaml") }
            for (from, to) in [(scan, shop), (reap, shopReap)] {
                let text = try String(contentsOfFile: from["CURFEW_SETTINGS"] ?? "", encoding: .utf8)
                let lines = text.components(separatedBy: "\n").filter { !$0.contains("name: payments") }
                let alone = lines.joined(separator: "\n").replacing("[shop, payments]", with: "[shop]")
                try house.write(alone, to: to["CURFEW_SETTINGS"] ?? "")
            }
            try await house.curfew(
                "accounts",
                "retire",
                "\(house.payments)/eu-west-1",
                "--because",
                "not in this test",
                with: scan
            )
            for role in [shop, shopReap] {
                let doctor = try await house.curfew("doctor", with: role, expecting: nil)
                #expect(doctor.output.contains("reading calls tried and allowed"), "\(doctor)")
            }
            try await house.curfew("policy", "apply", house.policyFile, with: shop)
            try await house.curfew("accounts", "mode", "shop", "reap", "--because", "a test", with: shop)
            try await house.curfew("scan", with: shop)
            try await house.curfew("evaluate", with: shop)
            let planned = try await house.curfew("plan", "--due", with: shop, expecting: nil)
            #expect(planned.status == 0 && planned.output.contains("shop-feat-y"), "\(planned)")

            // The scan role has no power: everything still stands.
            let powerless = try await house.curfew("reap", with: shop, expecting: 5)
            #expect(powerless.output.contains("DeleteStack"), "\(powerless)")
            #expect(try await house.stacks(house.shop, "eu-west-1").standing().count == 4)

            for step in [["scan"], ["evaluate"], ["plan", "--due"]] {
                let done = try await Program.run(
                    step,
                    variables: house.variables(of: "ada").merging(shop) { $1 },
                    in: house.folder
                )
                #expect(done.status == 0, "\(done)")
            }
            try await house.curfew("reap", with: shopReap)
            let standing = try await house.stacks(house.shop, "eu-west-1").standing().map(\.name).sorted()
            // A permanent name, and the roles' own stack, which is Curfew's.
            #expect(standing == ["curfew-roles", "feat-prod"])
        }
    }

    @Test func `P18 the scan role's list of calls is the list that the program bounds its reading by`() throws {
        let text = try Self.roles()
        let start = try #require(text.range(of: "  ScanPolicy:\n"))
        let end = try #require(text.range(of: "  # Whatever is attached to the role later"))
        let listed = text[start.upperBound..<end.lowerBound].matches(of: /- ([a-z0-9-]+:[A-Za-z]+)\n/).map {
            String($0.1)
        }
        #expect(listed.count > 20)
        let bound = SessionPolicy.reading(costs: true).matches(of: /"([a-z0-9-]+:[A-Za-z*]+)"/).map { String($0.1) }
        for action in listed {
            #expect(
                bound.contains { $0 == action || $0.hasSuffix("*") && action.hasPrefix($0.dropLast()) },
                "\(action)"
            )
        }
        for action in bound where !action.hasSuffix("*") {
            #expect(listed.contains(action), "\(action) is missing in member-roles.yaml")
        }
    }
}
