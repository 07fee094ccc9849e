import Core
import Foundation
import Providers
import Settings
import TestSupport
import Testing

@testable import curfew

@Suite struct AWSWiringTests {
    private static let shared = """
        [profile base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = secret
        [profile reaper]
        role_arn = arn:aws:iam::333333333333:role/reaper
        source_profile = base
        """

    private static let settings = """
        accounts:
          - { id: "111111111111", regions: [eu-central-1] }
          - { id: "222222222222", profile: base, regions: [eu-central-1] }
          - { id: "333333333333", profile: reaper, regions: [eu-central-1] }
          - { id: "444444444444", role: "arn:aws:iam::444444444444:role/curfew", external_id: e, regions: [eu-central-1] }
        """

    /// STS and CloudFormation in one.
    private func server() throws -> ScriptedServer {
        try ScriptedServer { request, _ in
            switch request.body {
            case let body where body.contains("Action=AssumeRole"):
                ScriptedAnswer(
                    body: "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
                        + "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
                        + "<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
                        + "</AssumeRoleResponse>"
                )
            case let body where body.contains("Action=DeleteStack"):
                ScriptedAnswer(body: "<DeleteStackResponse/>")
            default:
                ScriptedAnswer(
                    body: "<ListExportsResponse><ListExportsResult><Exports/></ListExportsResult></ListExportsResponse>"
                )
            }
        }
    }

    private func wiring(_ server: ScriptedServer, _ settings: Settings? = nil) throws -> AWSWiring {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("config")
        try Data(Self.shared.utf8).write(to: file)
        let variables = [
            "AWS_CONFIG_FILE": file.path, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_ENDPOINT_URL": server.url,
        ]
        return try AWSWiring(
            try settings ?? SettingsFile.parse(Data(Self.settings.utf8), file: "curfew.yaml"),
            variables: variables
        )
    }

    /// Accounts of an organization, one in China, reached from a profile that is a role itself, or from the environment.
    private func discovered(_ organization: String) throws -> Settings {
        let text = Self.settings + "\norganization: \(organization)\n"
        let known = [("555555555555", "aws"), ("666666666666", "aws-cn")].map { id, partition in
            let listed = ListedAccount(
                id: AccountID(id),
                name: id,
                state: "ACTIVE",
                partition: partition,
                units: nil
            )
            return OrganizationAccount(listed: listed, seenAt: Date())
        }
        return KnownTargets(
            try SettingsFile.parse(Data(text.utf8), file: "curfew.yaml"),
            organization: OrganizationRecord(accounts: known, listedAt: Date()),
            regions: [:]
        ).settings
    }

    @Test func `P1 found accounts are reached by roles of their partition, with an external id, to read alone`()
        async throws
    {
        let server = try server()
        let chained = try wiring(
            server,
            discovered("{ profile: reaper, role: path/curfew-scan, external_id: house-4711, regions: [eu-west-1] }")
        )
        let target = Target(account: AccountID("555555555555"), region: Region("eu-west-1"))
        #expect(try await chained.provider.exports(in: target).isEmpty)
        let calls = server.requests
        #expect(calls.count == 3)
        // From the profile's key to its role, and from that to the account's.
        #expect(calls[0].body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A333333333333%3Arole%2Freaper"))
        #expect(calls[1].body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A555555555555%3Arole%2Fpath%2Fcurfew-scan"))
        #expect(calls[1].body.contains("RoleSessionName=curfew-555555555555&ExternalId=house-4711"))
        #expect(
            calls[1].body.contains("Policy=%7B%22Version%22") && calls[1].body.contains("organizations%3AListAccounts")
        )
        #expect(calls[1][header: "authorization"]?.contains("Credential=ASIA/") == true)
        // Regional STS: in the region that the account is used in.
        #expect(calls[1][header: "authorization"]?.contains("/eu-west-1/sts/") == true)

        let ambient = try wiring(server, discovered("{ role: curfew-scan }"))
        _ = try? await ambient.finding.identity(of: AccountID("666666666666"))
        let other = server.requests.dropFirst(3)
        #expect(other.first?.body.contains("RoleArn=arn%3Aaws-cn%3Aiam%3A%3A666666666666") == true)
        #expect(other.first?.body.contains("ExternalId") == false)
        #expect(other.first?[header: "authorization"]?.contains("Credential=AKID/") == true)
        #expect(other.first?[header: "authorization"]?.contains("/cn-north-1/sts/") == true)
    }

    @Test(arguments: [
        ("{ role: r }", "AKID", 1), ("{ role: r, profile: base }", "AKIDBASE", 1),
        ("{ role: r, account: \"444444444444\" }", "ASIA", 2),
        ("{ role: r, account: \"222222222222\" }", "AKIDBASE", 1),
    ])
    func `the organization is listed with whose credentials the settings say`(
        organization: String,
        key: String,
        count: Int
    ) async throws {
        let server = try server()
        _ = try? await wiring(server, discovered(organization)).finding.organizationAccounts()
        let calls = server.requests
        let listing = calls.first { $0[header: "x-amz-target"]?.hasSuffix(".ListAccounts") == true }
        #expect(listing?[header: "authorization"]?.contains("Credential=\(key)/") == true)
        #expect(listing?[header: "authorization"]?.contains("/us-east-1/organizations/") == true)
        // An answer that is no listing is asked for again; a role is assumed once.
        #expect(calls.count { $0.body.contains("Action=AssumeRole") } == count - 1)
    }

    @Test func `P18 power is bounded wherever a role is assumed, by settings or by profile`() async throws {
        let server = try server()
        let power = try wiring(server).power
        let bounded = ["111111111111", "222222222222", "333333333333", "444444444444"].map {
            power.isBounded(AccountID($0))
        }
        #expect(bounded == [false, false, true, true])
        for account in ["333333333333", "444444444444"].map({ AccountID($0) }) {
            let id = ComponentID("arn:aws:cloudformation:eu-central-1:\(account):stack/feature-x/1")
            let before = server.requests.count
            try await power.power(over: [id], plan: PlanID(7), in: account).requestDeletion(
                of: id,
                in: Target(account: account, region: Region("eu-central-1")),
                token: StepToken("t"),
                retaining: [],
                window: CallWindow(signedAt: Date(), notAfter: .now + .seconds(60))
            )
            let calls = server.requests.dropFirst(before).map(\.body)
            #expect(calls.count == 2)
            #expect(calls.first?.contains("RoleSessionName=curfew-P7&") == true)
            #expect(calls.first?.contains("Policy=%7B%22Version%22") == true)
            #expect(calls.first?.contains("NotResource") == true)
        }
    }

    @Test func `a role that the settings name is read with rights for reading alone, a profile as it is`() async throws
    {
        let server = try server()
        let wiring = try wiring(server)
        for (account, assumption) in [("333333333333", false), ("444444444444", true)] {
            let before = server.requests.count
            let target = Target(account: AccountID(account), region: Region("eu-central-1"))
            #expect(try await wiring.provider.exports(in: target).isEmpty)
            let calls = server.requests.dropFirst(before).map(\.body)
            #expect(calls.count == 2)
            #expect(calls.first?.contains("cloudformation%3ADescribe%2A") == assumption)
        }
        #expect(wiring.isLoopback)
    }
}
