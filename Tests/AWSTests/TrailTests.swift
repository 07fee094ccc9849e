import Foundation
import TestSupport
import Testing

@testable import AWS

/// CloudTrail's history in the shapes of its user guide and of CloudFormation's.
@Suite struct TrailTests {
    /// As an entry of `LookupEvents`: the record is JSON in a string.
    private func entry(_ record: String, at: Double = 1_395_694_963) throws -> String {
        let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        return #"{"EventId":"e","EventName":"CreateStack","EventTime":\#(at),"CloudTrailEvent":\#(text)}"#
    }

    /// CloudFormation's user guide, "Logging AWS CloudFormation API calls": without the parameters.
    private static let guide = """
        {"eventVersion": "1.01", "userIdentity": {"type": "IAMUser", "principalId": "AIDAABCDEFGHIJKLNMOPQ",
         "arn": "arn:aws:iam::012345678910:user/Alice", "accountId": "012345678910", "accessKeyId": "AKIDEXAMPLE",
         "userName": "Alice"}, "eventTime": "2014-03-24T21:02:43Z", "eventSource": "cloudformation.amazonaws.com",
         "eventName": "CreateStack", "awsRegion": "us-east-1", "sourceIPAddress": "127.0.0.1",
         "requestParameters": {"templateURL": "DOC-EXAMPLE-BUCKET1", "tags": [{"key": "test", "value": "tag"}],
         "stackName": "my-test-stack", "disableRollback": true, "parameters": [{"parameterKey": "password"}]},
         "responseElements": {"stackId":
         "arn:aws:cloudformation:us-east-1:012345678910:stack/my-test-stack/a38e6a60-b397-11e3-b0fc-08002755629e"},
         "requestID": "9f960720-b397-11e3-bb75-a5b75389b02d", "eventID": "9bf6cfb8-83e1-4589-9a70-b971e727099b"}
        """

    @Test func `calls of one name between two moments, with the token and everything else as before`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"Events":[\#(try entry(Self.guide))],"NextToken":"t"}"#),
            ScriptedAnswer(body: #"{"Events":[],"NextToken":""}"#), ScriptedAnswer(body: "{}"),
        ])
        let trails = Trails(ScriptedClient(server).client, region: "eu-west-1")
        let (from, until) = (Date(timeIntervalSince1970: 1_767_225_600.7), Date(timeIntervalSince1970: 1_767_312_000.2))
        let page = try await trails.events(named: "CreateStack", from: from, until: until, page: nil)
        #expect(page.nextToken == "t" && page.items.map(\.at.timeIntervalSince1970) == [1_395_694_963])
        let record = try #require(page.items.first?.record)
        #expect(record.id == "9bf6cfb8-83e1-4589-9a70-b971e727099b" && record.name == "CreateStack" && !record.failed)
        #expect(record.identity.type == "IAMUser" && record.identity.userName == "Alice")
        #expect(record.request["stackName"] == "my-test-stack" && record.request["tags"] == nil)
        #expect(record.response["stackId"]?.hasSuffix("a38e6a60-b397-11e3-b0fc-08002755629e") == true)
        #expect(try await trails.events(named: "CreateStack", from: from, until: until, page: "t").nextToken == nil)
        await #expect(throws: AWSError.self) {
            try await trails.events(named: "CreateStack", from: from, until: until, page: nil)
        }
        let asked = try server.requests.map { request in
            try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? NSDictionary
        }
        let question: NSMutableDictionary = [
            "LookupAttributes": [["AttributeKey": "EventName", "AttributeValue": "CreateStack"]],
            "StartTime": 1_767_225_600, "EndTime": 1_767_312_001, "MaxResults": 50,
        ]
        #expect(asked[0] == question)
        question["NextToken"] = "t"
        #expect(asked[1] == question)
        #expect(
            server.requests[0][header: "x-amz-target"]
                == "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
        )
        #expect(server.requests[0][header: "authorization"]?.contains("/eu-west-1/cloudtrail/") == true)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", #"{"eventID":"e","eventName":"CreateStack","eventTime":"2014-03-24T21:02:43Z"}"#,
        #"{"eventID":"e","eventName":"CreateStack","eventTime":"yesterday","userIdentity":{"type":"Root"}}"#,
        #"{"eventID":1,"eventName":"CreateStack","eventTime":"2014-03-24T21:02:43Z","userIdentity":{"type":"Root"}}"#,
        #"{"eventID":"e","eventName":"x","eventTime":"2014-03-24T21:02:43Z","userIdentity":{}}"#,
    ])
    func `a record that is broken is one entry without a record, and no error`(record: String) async throws {
        let entries = [try entry(record), try entry(Self.guide), #"{"EventTime":1}"#].joined(separator: ",")
        let server = try ScriptedServer([ScriptedAnswer(body: #"{"Events":[\#(entries)]}"#)])
        let trails = Trails(ScriptedClient(server).client, region: "eu-west-1")
        let page = try await trails.events(named: "CreateStack", from: .now, until: .now, page: nil)
        #expect(page.items.map { $0.record == nil } == [true, false, true])
    }

    @Test func `members that are missing, null or of another shape say nothing`() throws {
        let text = """
            {"eventID": "e", "eventName": "ExecuteChangeSet", "eventTime": "2026-07-31T23:02:23Z", "errorCode": "",
             "userIdentity": {"type": "AssumedRole", "principalId": "AROA:ada", "sessionContext": {"attributes": 7,
             "sessionIssuer": {"userName": "Dev"}, "sourceIdentity": "ada@example.com",
             "webIdFederationData": {"federatedProvider": "arn:aws:iam::1:oidc-provider/x", "attributes": {}}},
             "invokedBy": null}, "requestParameters": {"stackName": "shop", "changeSetName": ["x"]},
             "responseElements": null}
            """
        let record = try JSONDecoder().decode(TrailRecord.self, from: Data(text.utf8))
        #expect(record.request == ["stackName": "shop"] && record.response.isEmpty && !record.failed)
        #expect(record.identity.issuerName == "Dev" && record.identity.sourceIdentity == "ada@example.com")
        #expect(record.identity.federatedProvider == "arn:aws:iam::1:oidc-provider/x" && record.identity.arn == nil)
    }
}
