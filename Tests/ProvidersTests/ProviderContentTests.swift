import Core
import Foundation
import TestSupport
import Testing

@testable import AWS
@testable import Providers

@Suite struct ProviderContentTests {
    private func resource(_ type: String, _ id: String? = "things") -> ObservedResource {
        ObservedResource(logicalID: "R", physicalID: id, type: type, status: "CREATE_COMPLETE")
    }

    private func provider(_ server: ScriptedServer) -> AWSProvider {
        AWSProvider(clients: [account: client(server.url)], meter: CallMeter())
    }

    @Test func `what nothing can be said of is nil, and nobody is asked`() async throws {
        let server = try ScriptedServer([])
        let provider = provider(server)
        for type in ["AWS::SNS::Topic", "AWS::SecretsManager::Secret", "Custom::Thing", "AWS::CloudFormation::Stack"] {
            #expect(try await provider.content(of: resource(type), in: target) == nil)
        }
        #expect(try await provider.content(of: resource("AWS::S3::Bucket", nil), in: target) == nil)
        #expect(try await provider.content(of: resource("AWS::S3::Bucket", ""), in: target) == nil)
        #expect(server.requests.isEmpty)
    }

    @Test func `a bucket's content is bounded, and what is gone holds nothing`() async throws {
        let version = "<Version><Key>k</Key><VersionId>v</VersionId><Size>5</Size></Version>"
        let full = String(repeating: version, count: 1_000)
        let server = try ScriptedServer { request, number in
            if number >= 10 { return bucketError("NoSuchBucket", status: 404) }
            return ScriptedAnswer(
                body: "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k\(number)</NextKeyMarker>"
                    + "\(full)</ListVersionsResult>"
            )
        }
        let content = try await provider(server).content(of: resource("AWS::S3::Bucket"), in: target)
        #expect(content == ResourceContent(items: 10_000, bytes: 50_000, isAtLeast: true))
        let gone = try await provider(server).content(of: resource("AWS::S3::Bucket"), in: target)
        #expect(gone == ResourceContent(items: 0, bytes: 0))
    }

    @Test(arguments: [
        "AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::DynamoDB::Table", "AWS::RDS::DBInstance",
        "AWS::RDS::DBCluster", "AWS::Cognito::UserPool", "AWS::EFS::FileSystem", "AWS::SQS::Queue",
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::Instance", "AWS::Logs::LogGroup",
    ])
    func `R1 a content that could not be read is an error, never nothing`(type: String) async throws {
        let denied = ScriptedAnswer(
            status: 403,
            headers: [("x-amzn-errortype", "AccessDeniedException")],
            body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
        )
        let server = try ScriptedServer { _, number in number == 0 ? denied : ScriptedAnswer(body: "{}") }
        let provider = provider(server)
        let error = await #expect(throws: ProviderFailure.self) {
            try await provider.content(of: resource(type), in: target)
        }
        #expect(error?.kind == .denied)
        await #expect(throws: ProviderFailure.self) { try await provider.content(of: resource(type), in: target) }
    }

    @Test func `a role of this account is looked up by its name, another account's is no reading`() async throws {
        let server = try ScriptedServer { request, _ in
            guard request.body.contains("RoleName=deployer&") || request.body.hasSuffix("RoleName=deployer") else {
                return ScriptedAnswer(
                    status: 404,
                    body: "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"
                )
            }
            return ScriptedAnswer(
                body: "<GetRoleResponse><GetRoleResult><Role><RoleName>deployer</RoleName></Role></GetRoleResult>"
                    + "</GetRoleResponse>"
            )
        }
        let provider = provider(server)
        #expect(try await provider.roleExists("arn:aws:iam::123456789012:role/ci/deployer", in: target))
        #expect(try await !provider.roleExists("arn:aws:iam::123456789012:role/gone", in: target))
        for arn in ["arn:aws:iam::210987654321:role/deployer", "deployer", "arn:aws:iam::123456789012:user/x"] {
            await #expect(throws: ProviderFailure.self) { try await provider.roleExists(arn, in: target) }
        }
        #expect(server.requests.count == 2)
    }

    @Test func `an account that is not configured is an error`() async throws {
        let server = try ScriptedServer([])
        let elsewhere = Target(account: AccountID("210987654321"), region: target.region)
        let error = await #expect(throws: ProviderFailure.self) {
            try await provider(server).logGroups(prefix: "/aws/", in: elsewhere)
        }
        #expect(error?.kind == .configuration)
    }
}
