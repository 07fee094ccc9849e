import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

private let region = "eu-central-1"
private let template = """
    {"Resources":{"T":{"Type":"AWS::SNS::Topic"},"B":{"Type":"AWS::S3::Bucket"}},
     "Outputs":{"O":{"Value":{"Ref":"T"},"Export":{"Name":"feature-x-topic"}},"B":{"Value":{"Ref":"B"}}}}
    """

@Suite(.serialized) struct EmulatorTests {
    private func client(_ emulator: Emulator, _ credentials: Credentials) -> AWSClient {
        // moto loads a service at its first call, which takes long on a busy machine.
        let connection = AWSConnection(
            endpoints: Endpoints(all: emulator.url),
            transport: HTTPPool(width: 2),
            retry: .never,
            meter: CallMeter(),
            limits: TransferLimits(total: .seconds(240), slow: .seconds(240))
        )
        return AWSClient(credentials: credentials, connection: connection)
    }

    @Test func `ministack: a stack's whole life`() async throws {
        guard let emulator = try await Emulator.ministack() else { return }
        defer { emulator.stop() }
        let client = client(emulator, Credentials(accessKeyID: "123456789012", secretAccessKey: "x"))
        #expect(try await SecurityTokens(client, region: region).callerIdentity().account == "123456789012")
        #expect(try await AccountAliases(client, region: region).list() == [])

        let formation = CloudFormation(client, region: region)
        #expect(try await formation.describeStacks().stacks.isEmpty)
        let id = try await create("feature-x", client)
        let stack = try await settled(id, formation)
        #expect(stack.status == "CREATE_COMPLETE")
        #expect(stack.tags == [Stack.Tag(key: "branch", value: "feature/x")])
        #expect(stack.outputs.contains { $0.exportName == "feature-x-topic" })
        #expect(try await formation.describeStacks().stacks.map(\.stackID) == [id])
        let resources = try await formation.resources(of: id)
        #expect(resources.map(\.logicalID).sorted() == ["B", "T"])
        #expect(try await formation.template(of: id, stage: .original).contains("AWS::SNS::Topic"))
        #expect(try await formation.events(of: id).events.contains { $0.status == "CREATE_COMPLETE" })
        #expect(try await formation.exports().map(\.name) == ["feature-x-topic"])
        #expect(try await formation.importers(of: "feature-x-topic") == [])
        let bucket = try #require(resources.first { $0.logicalID == "B" }?.physicalID)
        #expect(try await Buckets(client, region: region).isEmpty(bucket))

        try await CloudFormationDeletion(client, region: region).deleteStack(id: id, token: "step-1")
        #expect(try await settled(id, formation).status == "DELETE_COMPLETE")
        #expect(try await formation.describeStacks().stacks.isEmpty)
        #expect(try await formation.events(of: id).events.contains { $0.clientRequestToken == "step-1" })
        let missing = await #expect(throws: AWSError.self) { try await formation.describeStack(id: "feature-x") }
        #expect(missing?.isStackMissing == true)
        let repository = await #expect(throws: AWSError.self) {
            try await Repositories(client, region: region).isEmpty("nope")
        }
        #expect(repository?.code == "RepositoryNotFoundException")
    }

    @Test func `moto: the signature of every operation is accepted, that of a wrong secret is not`() async throws {
        // Three calls to make the key; from then on each call is checked.
        guard let emulator = try await Emulator.moto(checkingIAMAfter: 3) else { return }
        defer { emulator.stop() }
        let root = client(emulator, Credentials(accessKeyID: "AKIA00000000000ROOT", secretAccessKey: "x"))
        let name: (name: String, value: String?) = ("UserName", "curfew")
        _ = try await root.query(.iam, "CreateUser", region: region, [name]) { $0.name }
        let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        let call = AWSCall(
            service: .iam,
            operation: "PutUserPolicy",
            region: region,
            content: .query([("UserName", "curfew"), ("PolicyName", "all"), ("PolicyDocument", policy)])
        )
        try await root.call(call) { _ in }
        let key = try await root.query(.iam, "CreateAccessKey", region: region, [name]) { (result) throws(AWSError) in
            guard let key = result["AccessKey"] else { throw notUnderstood("no AccessKey") }
            return Credentials(
                accessKeyID: try key.required("AccessKeyId"),
                secretAccessKey: try key.required("SecretAccessKey")
            )
        }
        let right = await outcomes(client(emulator, key))
        // moto takes the signature of no REST GET for right, not even boto3's: botocore vouches for these.
        let misread: Set = [
            "GetFunctionConfiguration", "ListFunctions", "DescribeFileSystems", "GetRestApis", "GetAlias",
        ]
        for (operation, error) in right where !misread.contains(operation) {
            #expect(
                error?.kind != .wrongCredentials && error?.kind != .accessDenied,
                "\(operation): \(error?.code ?? "")"
            )
        }
        #expect(right.count == 47)
        // Which of them moto can answer at all; the others fail for reasons of their own.
        #expect(right["GetCallerIdentity"] == .some(nil))
        #expect(right["DescribeStacks"] == .some(nil))
        let wrong = await outcomes(
            client(emulator, Credentials(accessKeyID: key.accessKeyID, secretAccessKey: "wrong"))
        )
        for (operation, error) in wrong {
            // EC2 has a word of its own for it.
            let expected = operation == "DescribeInstanceAttribute" ? "AuthFailure" : "SignatureDoesNotMatch"
            #expect(error?.code == expected, "\(operation): \(error?.code ?? "no error")")
            #expect(error?.kind == .wrongCredentials, "\(operation)")
        }
    }

    /// Every operation that Curfew uses, and how it failed, if it did.
    private func outcomes(_ client: AWSClient) async -> [String: AWSError?] {
        let formation = CloudFormation(client, region: region)
        let tokens = SecurityTokens(client, region: region)
        let role = RoleAssumption(roleARN: "arn:aws:iam::123456789012:role/x", sessionName: "curfew")
        let calls: [(String, () async throws(AWSError) -> Void)] = [
            ("GetCallerIdentity", { () throws(AWSError) in _ = try await tokens.callerIdentity() }),
            ("AssumeRole", { () throws(AWSError) in _ = try await tokens.assumeRole(role) }),
            ("DescribeStacks", { () throws(AWSError) in _ = try await formation.describeStacks() }),
            ("DescribeStacks by id", { () throws(AWSError) in _ = try await formation.describeStack(id: exampleID) }),
            ("ListStackResources", { () throws(AWSError) in _ = try await formation.resources(of: exampleID) }),
            ("GetTemplate", { () throws(AWSError) in _ = try await formation.template(of: "x", stage: .original) }),
            ("DescribeStackEvents", { () throws(AWSError) in _ = try await formation.events(of: exampleID) }),
            ("ListExports", { () throws(AWSError) in _ = try await formation.exports() }),
            ("ListImports", { () throws(AWSError) in _ = try await formation.importers(of: "a b/ä+*~") }),
            (
                "DeleteStack",
                { () throws(AWSError) in
                    try await CloudFormationDeletion(client, region: region).deleteStack(id: exampleID, token: "t")
                }
            ),
            ("S3", { () throws(AWSError) in _ = try await Buckets(client, region: region).isEmpty("no-such-bucket") }),
            ("ECR", { () throws(AWSError) in _ = try await Repositories(client, region: region).isEmpty("team/app") }),
            ("IAM", { () throws(AWSError) in _ = try await AccountAliases(client, region: region).list() }),
        ]
        var outcomes: [String: AWSError?] = [:]
        for (name, call) in calls + laterOperations(client) {
            do throws(AWSError) {
                try await call()
                outcomes[name] = .some(nil)
            } catch {
                outcomes[name] = error
            }
        }
        return outcomes
    }

    private func create(_ name: String, _ client: AWSClient) async throws -> String {
        let parameters: [(name: String, value: String?)] = [
            ("StackName", name), ("TemplateBody", template), ("Tags.member.1.Key", "branch"),
            ("Tags.member.1.Value", "feature/x"),
        ]
        return try await client.query(.cloudformation, "CreateStack", region: region, parameters) {
            (result) throws(AWSError) in try result.required("StackId")
        }
    }

    /// Once nothing is in progress any more.
    private func settled(_ id: String, _ formation: CloudFormation) async throws -> Stack {
        let deadline = ContinuousClock.now + .seconds(30)
        var stack = try await formation.describeStack(id: id)
        while stack.status.hasSuffix("_IN_PROGRESS"), ContinuousClock.now < deadline {
            stack = try await formation.describeStack(id: id)
        }
        return stack
    }
}
