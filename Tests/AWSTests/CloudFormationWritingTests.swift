import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct CloudFormationWritingTests {
    private let done = ScriptedAnswer(body: "<DeleteStackResponse><ResponseMetadata/></DeleteStackResponse>")

    @Test func `what is retained is named only where something is`() async throws {
        let server = try ScriptedServer { [done] _, _ in done }
        let deletion = ScriptedClient(server).deletion
        try await deletion.deleteStack(id: exampleID, token: "t")
        try await deletion.deleteStack(id: exampleID, token: "t", retaining: ["Bucket", "Table"])
        #expect(!server.requests[0].body.contains("RetainResources"))
        #expect(
            server.requests[1].body.contains("&RetainResources.member.1=Bucket&RetainResources.member.2=Table&Client")
        )
    }

    @Test func `P4 protection is switched off by id, and only the answer about that stack counts`() async throws {
        let other = "arn:aws:cloudformation:eu-central-1:123456789012:stack/feature-x/2"
        let server = try ScriptedServer([
            answer("UpdateTerminationProtection", "<StackId>\(exampleID)</StackId>"),
            answer("UpdateTerminationProtection", "<StackId>\(other)</StackId>"),
            answer("UpdateTerminationProtection", ""),
            failure("ValidationError", "TerminationProtection can only be updated on root stacks"),
        ])
        let deletion = ScriptedClient(server).deletion
        try await deletion.switchTerminationProtectionOff(id: exampleID)
        #expect(server.requests[0].body.contains("&EnableTerminationProtection=false&StackName="))
        for _ in 1...3 {
            await #expect(throws: AWSError.self) { try await deletion.switchTerminationProtectionOff(id: exampleID) }
        }
        await #expect(throws: AWSError.self) { try await deletion.switchTerminationProtectionOff(id: "feature-x") }
        #expect(server.requests.count == 4)
    }

    @Test func `a stack is made with what it had, and nothing that it had not`() async throws {
        let server = try ScriptedServer { _, _ in answer("CreateStack", "<StackId>\(exampleID)</StackId>") }
        let creation = CloudFormationCreation(ScriptedClient(server).client, region: "eu-central-1")
        let plain = StackCreation(name: "feature-x", template: "{}")
        #expect(try await creation.createStack(plain, token: "restore-1") == exampleID)
        #expect(
            server.requests[0].body == "Action=CreateStack&Version=2010-05-15&StackName=feature-x&TemplateBody=%7B%7D"
                + "&ClientRequestToken=restore-1"
        )
        var full = plain
        full.parameters = ["Stage": "x", "Empty": ""]
        full.tags = ["owner": "a@b.example"]
        full.capabilities = ["CAPABILITY_NAMED_IAM"]
        full.terminationProtection = true
        full.onFailure = .nothing
        _ = try await creation.createStack(full, token: "restore-1")
        let body = server.requests[1].body
        #expect(body.contains("&Parameters.member.1.ParameterKey=Empty&Parameters.member.1.ParameterValue=&"))
        #expect(body.contains("&Tags.member.1.Key=owner&Tags.member.1.Value=a%40b.example&"))
        #expect(body.contains("&OnFailure=DO_NOTHING&EnableTerminationProtection=true&"))
    }

    @Test func `a template that no request can hold is refused before anything is sent`() async throws {
        let server = try ScriptedServer([])
        let creation = CloudFormationCreation(ScriptedClient(server).client, region: "eu-central-1")
        let long = StackCreation(name: "x", template: String(repeating: "ä", count: 25_601))
        let error = await #expect(throws: AWSError.self) { try await creation.createStack(long, token: "t") }
        #expect(error?.message.contains("51202 bytes") == true)
        let plain = StackCreation(name: "x", template: "{}")
        await #expect(throws: AWSError.self) { try await creation.createStack(plain, token: "not a token") }
        #expect(server.requests.isEmpty)
    }

    @Test func `creating is repeated with the same token after what passes, and a refusal is final`() async throws {
        let server = try ScriptedServer([
            failure("Throttling"), answer("CreateStack", "<StackId>\(exampleID)</StackId>"),
            failure("AlreadyExistsException"), failure("LimitExceededException"),
        ])
        let creation = CloudFormationCreation(ScriptedClient(server).client, region: "eu-central-1")
        let plain = StackCreation(name: "x", template: "{}")
        _ = try await creation.createStack(plain, token: "t")
        #expect(server.requests[0].body == server.requests[1].body)
        for code in ["AlreadyExistsException", "LimitExceededException"] {
            let error = await #expect(throws: AWSError.self) { try await creation.createStack(plain, token: "t") }
            #expect(error?.code == code)
        }
        #expect(server.requests.count == 4)
    }

    @Test func `what a template declares`() async throws {
        let server = try ScriptedServer([
            answer(
                "GetTemplateSummary",
                """
                <Parameters><member><ParameterKey>Password</ParameterKey><NoEcho>true</NoEcho></member>
                <member><ParameterKey>Stage</ParameterKey><ParameterType>String</ParameterType>
                <DefaultValue></DefaultValue><NoEcho>false</NoEcho></member></Parameters>
                <DeclaredTransforms><member>AWS::Serverless-2016-10-31</member></DeclaredTransforms>
                <Capabilities><member>CAPABILITY_IAM</member></Capabilities>
                """
            ), answer("GetTemplateSummary", "<Parameters/>"),
        ])
        let formation = ScriptedClient(server).formation
        let summary = try await formation.templateSummary(of: exampleID)
        #expect(summary.parameters.map(\.key) == ["Password", "Stage"])
        #expect(summary.parameters.map(\.isNoEcho) == [true, false])
        #expect(summary.parameters.map(\.defaultValue) == [nil, ""])
        #expect(summary.declaredTransforms == ["AWS::Serverless-2016-10-31"])
        #expect(summary.capabilities == ["CAPABILITY_IAM"])
        #expect(try await formation.templateSummary(body: "{}").parameters == [])
    }

    @Test func `no stack policy is a reading, and so are the limits of all pages`() async throws {
        func limits(_ name: String, _ token: String) -> ScriptedAnswer {
            answer(
                "DescribeAccountLimits",
                "<AccountLimits><member><Name>\(name)</Name><Value>2000</Value></member></AccountLimits>\(token)"
            )
        }
        let server = try ScriptedServer([
            answer("GetStackPolicy", ""), answer("GetStackPolicy", "<StackPolicyBody>{}</StackPolicyBody>"),
            ScriptedAnswer(body: "<GetStackPolicyResponse/>"), limits("StackLimit", "<NextToken>n</NextToken>"),
            limits("StackOutputsLimit", ""), answer("DescribeAccountLimits", ""),
        ])
        let formation = ScriptedClient(server).formation
        #expect(try await formation.stackPolicy(of: exampleID) == nil)
        #expect(try await formation.stackPolicy(of: exampleID) == "{}")
        await #expect(throws: AWSError.self) { try await formation.stackPolicy(of: exampleID) }
        #expect(try await formation.accountLimits() == ["StackLimit": 2_000, "StackOutputsLimit": 2_000])
        await #expect(throws: AWSError.self) { try await formation.accountLimits() }
    }
}
