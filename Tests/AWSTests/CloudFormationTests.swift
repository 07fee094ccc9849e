import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct CloudFormationTests {
    @Test func `everything documented of a stack is read`() async throws {
        let extra = """
            <StackStatusReason>why</StackStatusReason><LastUpdatedTime>2026-11-02T10:00:00Z</LastUpdatedTime>
            <DeletionTime>2026-11-03T10:00:00Z</DeletionTime><ParentId>p</ParentId><RootId>r</RootId>
            <RoleARN>arn:role</RoleARN><EnableTerminationProtection>true</EnableTerminationProtection>
            <Tags><member><Key>k &amp; l</Key><Value/></member></Tags><DisableRollback>false</DisableRollback>
            <Parameters><member><ParameterKey>P</ParameterKey><ParameterValue>****</ParameterValue></member></Parameters>
            <Outputs><member><OutputKey>O</OutputKey><OutputValue> v </OutputValue><ExportName>e</ExportName></member>
            <member><OutputKey>Q</OutputKey><OutputValue>w</OutputValue></member></Outputs>
            <Capabilities><member>CAPABILITY_IAM</member></Capabilities><TimeoutInMinutes>5</TimeoutInMinutes>
            <NotificationARNs><member>arn:topic</member></NotificationARNs><Description>d</Description><New>x</New>
            """
        let body = "<Stacks>\(stackXML("feature-x", extra: extra))</Stacks>"
        let server = try ScriptedServer([answer("DescribeStacks", body)])
        let stack = try await ScriptedClient(server).formation.describeStack(id: exampleID)
        #expect(stack.stackID == exampleID)
        #expect(stack.status == "CREATE_COMPLETE")
        #expect(stack.statusReason == "why")
        #expect(stack.creationTime == Date(timeIntervalSince1970: 1_793_527_200.25))
        #expect(stack.lastUpdatedTime == Date(timeIntervalSince1970: 1_793_613_600))
        #expect(stack.deletionTime == Date(timeIntervalSince1970: 1_793_700_000))
        #expect(stack.parentID == "p" && stack.rootID == "r" && stack.roleARN == "arn:role")
        #expect(stack.enableTerminationProtection == true)
        #expect(stack.tags == [Stack.Tag(key: "k & l", value: "")])
        #expect(stack.parameters == [Stack.Parameter(key: "P", value: "****")])
        #expect(stack.outputs.map(\.exportName) == ["e", nil])
        #expect(stack.outputs.map(\.value) == [" v ", "w"])
        #expect(stack.capabilities == ["CAPABILITY_IAM"] && stack.notificationARNs == ["arn:topic"])
        #expect(stack.stackDescription == "d" && stack.disableRollback == false && stack.timeoutInMinutes == 5)
        #expect(
            server.requests[0].body == "Action=DescribeStacks&Version=2010-05-15&StackName=" + percentEncoded(exampleID)
        )
    }

    @Test func `what is absent is unknown, not off`() async throws {
        let server = try ScriptedServer([answer("DescribeStacks", "<Stacks>\(stackXML("a"))</Stacks>")])
        let stack = try #require(try await ScriptedClient(server).formation.describeStacks().stacks.first)
        #expect(stack.enableTerminationProtection == nil)
        #expect(stack.lastUpdatedTime == nil && stack.parentID == nil && stack.roleARN == nil)
    }

    @Test func `P4 another stack than the one asked for is an error`() async throws {
        let server = try ScriptedServer { _, _ in answer("DescribeStacks", "<Stacks>\(stackXML("other"))</Stacks>") }
        let error = await #expect(throws: AWSError.self) {
            try await ScriptedClient(server).formation.describeStack(id: exampleID)
        }
        #expect(error?.kind == .notUnderstood)
    }

    @Test func `a missing stack is told from other validation errors`() async throws {
        let server = try ScriptedServer([
            failure("ValidationError", "Stack with id nope does not exist"),
            failure("ValidationError", "1 is too long"),
        ])
        let formation = ScriptedClient(server).formation
        let missing = await #expect(throws: AWSError.self) { try await formation.describeStack(id: "nope") }
        #expect(missing?.isStackMissing == true)
        let other = await #expect(throws: AWSError.self) { try await formation.describeStack(id: "nope") }
        #expect(other?.isStackMissing == false)
    }

    @Test func `R6 pages are followed to the end, empty ones too`() async throws {
        func resource(_ name: String) -> String {
            "<member><LogicalResourceId>\(name)</LogicalResourceId><ResourceType>T</ResourceType>"
                + "<ResourceStatus>S</ResourceStatus><LastUpdatedTimestamp>2026-11-01T10:00:00Z</LastUpdatedTimestamp>"
                + "</member>"
        }
        func page(_ items: String, _ token: String) -> ScriptedAnswer {
            let next = token.isEmpty ? "" : "<NextToken>\(token)</NextToken>"
            let list = "<StackResourceSummaries>\(items)</StackResourceSummaries>"
            return answer("ListStackResources", list + next)
        }
        let server = try ScriptedServer([
            page(resource("a"), "t/1"), page("", "t+2"), page(resource("b") + resource("c"), ""),
        ])
        let resources = try await ScriptedClient(server).formation.resources(of: exampleID)
        #expect(resources.map(\.logicalID) == ["a", "b", "c"])
        #expect(resources.allSatisfy { $0.physicalID == nil })
        #expect(server.requests.map { $0.body.contains("NextToken=t%2F1") } == [false, true, false])
        #expect(server.requests[2].body.contains("NextToken=t%2B2"))
    }

    @Test func `R6 a page of stacks says that there are more, and the next is asked for by its token`() async throws {
        let server = try ScriptedServer([
            answer("DescribeStacks", "<Stacks/><NextToken>t/1</NextToken>"), answer("DescribeStacks", "<Stacks/>"),
        ])
        let formation = ScriptedClient(server).formation
        let first = try await formation.describeStacks()
        #expect(first.nextToken == "t/1")
        #expect(try await formation.describeStacks(page: first.nextToken).nextToken == nil)
        #expect(server.requests.map { $0.body.contains("NextToken=t%2F1") } == [false, true])
    }

    @Test func `a token that comes again is an error, not an endless loop`() async throws {
        let server = try ScriptedServer { _, number in
            answer("ListExports", "<Exports/>" + (number < 9 ? "<NextToken>again</NextToken>" : ""))
        }
        let error = await #expect(throws: AWSError.self) { try await ScriptedClient(server).formation.exports() }
        #expect(error?.kind == .notUnderstood)
        #expect(error?.operation == "ListExports")
        #expect(server.requests.count == 2)
    }

    @Test func `R1 a page that fails after others fails the whole list`() async throws {
        let server = try ScriptedServer([
            answer("ListExports", "<Exports/><NextToken>2</NextToken>"), failure("AccessDenied", status: 403),
        ])
        let error = await #expect(throws: AWSError.self) { try await ScriptedClient(server).formation.exports() }
        #expect(error?.isAccessDenied == true)
    }

    @Test func `an export that nobody imports has no importers; every other error is one`() async throws {
        let server = try ScriptedServer([
            failure("ValidationError", "Export 'e' is not imported by any stack."),
            failure("ValidationError", "1 validation error detected"), failure("AccessDenied", status: 403),
            answer("ListImports", "<Imports><member>one</member><member>two</member></Imports>"),
        ])
        let formation = ScriptedClient(server).formation
        #expect(try await formation.importers(of: "e") == [])
        await #expect(throws: AWSError.self) { try await formation.importers(of: "e") }
        await #expect(throws: AWSError.self) { try await formation.importers(of: "e") }
        #expect(try await formation.importers(of: "e") == ["one", "two"])
    }

    @Test func `a template comes back to the byte`() async throws {
        let template = "{\n  \"a\": \"<&>\" \n}\n"
        let escaped = "{\n  &quot;a&quot;: \"&lt;&amp;&gt;\" \n}\n"
        let server = try ScriptedServer([answer("GetTemplate", "<TemplateBody>\(escaped)</TemplateBody>")])
        let text = try await ScriptedClient(server).formation.template(of: exampleID, stage: .processed)
        #expect(text == template)
        #expect(server.requests[0].body.contains("TemplateStage=Processed"))
    }

    @Test func `recorded answers of AWS`() async throws {
        guard let folder = corpus("aws-responses") else { return }
        let files = ["describe-stacks": "DescribeStacks", "get-template": "GetTemplate"]
        for (file, operation) in files {
            let recorded = try text(folder.appendingPathComponent("cloudformation-\(file).xml"))
            let server = try ScriptedServer([ScriptedAnswer(body: recorded)])
            let formation = ScriptedClient(server).formation
            if operation == "GetTemplate" {
                let template = try await formation.template(of: "x", stage: .original)
                let golden = try JSONSerialization.jsonObject(with: Data(template.utf8)) as? [String: Any]
                let all =
                    try JSONSerialization.jsonObject(
                        with: Data(contentsOf: folder.appendingPathComponent("cloudformation-\(file).json"))
                    ) as? [String: Any]
                #expect(golden as NSDictionary? == all?["TemplateBody"] as? NSDictionary)
            } else {
                #expect(try await formation.describeStacks().stacks.isEmpty)
            }
        }
    }
}
