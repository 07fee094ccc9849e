import Core
import Foundation
import TestSupport
import Testing

@testable import AWS
@testable import Providers

private let everything = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
private let trust =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#
private let template = #"{"Resources":{"T":{"Type":"AWS::SNS::Topic"}}}"#

/// Against ministack, which evaluates session policies with `NotResource` as IAM does.
///
/// moto takes a session policy and forgets it, and takes a statement without `Resource` for an allowance.
@Suite(.serialized) struct BoundedSessionTests {
    /// A role that may do everything, in an emulator that checks what one may do.
    private struct House {
        let emulator: Emulator
        let root: AWSClient
        let base: Credentials
        let connection: AWSConnection
        let role: RoleAssumption

        static func open() async throws -> House? {
            guard let emulator = try await Emulator.ministack(checkingIAM: true) else { return nil }
            let base = Credentials(accessKeyID: account.text, secretAccessKey: "x")
            let connection = connecting(to: emulator.url)
            let root = AWSClient(credentials: base, connection: connection)
            let arn = try await root.query(
                .iam,
                "CreateRole",
                region: "eu-central-1",
                [("RoleName", "curfew-reaper"), ("AssumeRolePolicyDocument", trust)]
            ) { (result) throws(AWSError) in try result["Role"]?.required("Arn") ?? "" }
            try await root.command(
                .iam,
                "PutRolePolicy",
                region: "eu-central-1",
                [("RoleName", "curfew-reaper"), ("PolicyName", "all"), ("PolicyDocument", everything)],
                window: WriteWindow()
            )
            let role = RoleAssumption(roleARN: arn, sessionName: "curfew")
            return House(emulator: emulator, root: root, base: base, connection: connection, role: role)
        }

        func session(_ policy: String, _ name: String) -> AWSClient {
            let sessions = RoleSessions(connection, region: "eu-central-1")
            let credentials = base.assuming(role.bounded(by: policy, sessionName: name), sessions: sessions)
            return AWSClient(credentials: credentials, connection: connection)
        }

        var power: AWSPower { AWSPower([account: .role { session($0, $1) }]) }

        func create(_ name: String, protected: Bool = false) async throws -> ComponentID {
            let stack = StackCreation(name: name, template: template, terminationProtection: protected)
            let creation = CloudFormationCreation(root, region: "eu-central-1")
            let id = try await creation.createStack(stack, token: "make-\(name)")
            _ = try await status(ComponentID(id))
            return ComponentID(id)
        }

        /// Once nothing is in progress any more.
        func status(_ id: ComponentID) async throws -> String {
            let formation = CloudFormation(root, region: "eu-central-1")
            let deadline = ContinuousClock.now + .seconds(30)
            var status = try await formation.describeStack(id: id.text).status
            while status.hasSuffix("_IN_PROGRESS"), ContinuousClock.now < deadline {
                status = try await formation.describeStack(id: id.text).status
            }
            return status
        }
    }

    @Test func `P18 a session over one stack ends that one, and is denied the end of any other`() async throws {
        guard let house = try await House.open() else { return }
        defer { house.emulator.stop() }
        let approved = try await house.create("feature-x", protected: true)
        let bystander = try await house.create("payments", protected: true)
        // The session itself, with no guard of ours before it.
        let session = house.session(try SessionPolicy.over([approved], in: account), "curfew-P7")
        let deletion = CloudFormationDeletion(session, region: "eu-central-1")
        let deleting = await #expect(throws: AWSError.self) {
            try await deletion.deleteStack(id: bystander.text, token: "t")
        }
        #expect(deleting?.kind == .accessDenied)
        let unprotecting = await #expect(throws: AWSError.self) {
            try await deletion.switchTerminationProtectionOff(id: bystander.text)
        }
        #expect(unprotecting?.kind == .accessDenied)
        #expect(try await house.status(bystander) == "CREATE_COMPLETE")

        let power = house.power.power(over: [approved], plan: PlanID(7), in: account)
        try await power.switchProtectionOff(of: approved, in: target, window: window())
        try await power.requestDeletion(
            of: approved,
            in: target,
            token: StepToken("P7-1"),
            retaining: [],
            window: window()
        )
        #expect(try await house.status(approved) == "DELETE_COMPLETE")
        let shown = try await CloudFormation(house.root, region: "eu-central-1").describeStack(id: bystander.text)
        #expect(shown.status == "CREATE_COMPLETE")
        #expect(shown.enableTerminationProtection == true)
    }

    @Test func `P18 the session is the plan's own, and can do what deletion needs besides`() async throws {
        guard let house = try await House.open() else { return }
        defer { house.emulator.stop() }
        let approved = try await house.create("feature-x")
        let session = house.session(try SessionPolicy.over([approved], in: account), "curfew-P7")
        let identity = try await SecurityTokens(session, region: "eu-central-1").callerIdentity()
        #expect(identity.arn.hasSuffix("assumed-role/curfew-reaper/curfew-P7"))
        // CloudFormation deletes a stack's topic in our name: what is not the end of a stack stays allowed.
        let topics: [(name: String, value: String?)] = [("RoleName", "curfew-reaper"), ("PolicyName", "all")]
        try await session.command(.iam, "DeleteRolePolicy", region: "eu-central-1", topics, window: WriteWindow())
    }

    @Test func `P1 a session for reading reads everything that is read, and changes nothing`() async throws {
        guard let house = try await House.open() else { return }
        defer { house.emulator.stop() }
        let id = try await house.create("feature-x")
        let session = house.session(SessionPolicy.reading, "curfew-read")
        let provider = AWSProvider(clients: [account: session], meter: house.connection.meter)
        #expect(try await provider.identity(for: target) == account)
        #expect(try await provider.components(in: target).map(\.id) == [id])
        #expect(try await provider.component(id, in: target)?.name == "feature-x")
        #expect(try await provider.resources(of: id, in: target).count == 1)
        _ = try await provider.template(of: id, in: target, original: true)
        _ = try await provider.events(of: id, in: target, atMost: 3)
        _ = try await provider.exports(in: target)
        _ = try await provider.importers(of: "nobody", in: target)
        _ = try await provider.aliases(of: target)
        #expect(try await provider.roleExists(house.role.roleARN, in: target))
        #expect(try await provider.function("nope", in: target) == nil)
        #expect(try await provider.logGroups(prefix: "/aws/lambda/", in: target) == [])
        #expect(try await provider.alarmStates(["nope"], in: target) == [:])
        _ = try await provider.tagged(withStack: id, in: target)
        #expect(try await provider.stackPolicy(of: id, in: target) == nil)
        for (type, physicalID) in Self.missing {
            let resource = ObservedResource(
                logicalID: "R",
                physicalID: physicalID,
                type: type,
                status: "CREATE_COMPLETE"
            )
            do { _ = try await provider.content(of: resource, in: target) } catch {
                #expect(error.kind != .denied, "\(type): \(error)")
            }
        }
        let denied = await #expect(throws: AWSError.self) {
            try await CloudFormationDeletion(session, region: "eu-central-1").deleteStack(id: id.text, token: "t")
        }
        #expect(denied?.kind == .accessDenied)
        let logs = await #expect(throws: AWSError.self) {
            try await LogGroupDeletion(session, region: "eu-central-1").delete("/aws/lambda/x", window: WriteWindow())
        }
        #expect(logs?.kind == .accessDenied)
    }

    private static let missing = [
        ("AWS::S3::Bucket", "no-such-bucket"), ("AWS::ECR::Repository", "nope"), ("AWS::DynamoDB::Table", "nope"),
        ("AWS::RDS::DBInstance", "nope"), ("AWS::RDS::DBCluster", "nope"),
        ("AWS::Cognito::UserPool", "eu-central-1_nope"),
        ("AWS::EFS::FileSystem", "fs-0123456789abcdef0"),
        ("AWS::SQS::Queue", "https://sqs.eu-central-1.amazonaws.com/123456789012/nope"),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/nope/1234567890abcdef"
        ), ("AWS::EC2::Instance", "i-0123456789abcdef0"), ("AWS::Logs::LogGroup", "nope"),
    ]
}
