import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct OrganizationTests {
    private func account(_ id: Int, _ more: String = #""State":"ACTIVE""#, partition: String = "aws") -> String {
        let number = String(100_000_000_000 + id)
        let arn = "arn:\(partition):organizations::\(number):account/o-abcdefghij/\(number)"
        return #"{"Id":"\#(number)","Arn":"\#(arn)","Name":"team \#(id)",\#(more)}"#
    }

    private func page(_ accounts: [String], next: String? = nil) -> ScriptedAnswer {
        let token = next.map { #","NextToken":"\#($0)""# } ?? ""
        return ScriptedAnswer(body: #"{"Accounts":[\#(accounts.joined(separator: ","))]\#(token)}"#)
    }

    @Test func `R6 forty accounts come in pages of twenty, and an empty page in between is not the end`() async throws {
        let server = try ScriptedServer([
            page((0..<20).map { account($0) }, next: "a"), page([], next: "b"),
            page((20..<40).map { account($0) }),
        ])
        let accounts = try await Organizations(ScriptedClient(server).client, region: "eu-central-1").accounts()
        #expect(accounts.map(\.id) == (0..<40).map { String(100_000_000_000 + $0) })
        #expect(accounts.allSatisfy { $0.state == "ACTIVE" && $0.partition == "aws" && $0.units == nil })
        let requests = server.requests
        #expect(requests.map(\.path) == ["/", "/", "/"])
        #expect(
            requests.allSatisfy { $0[header: "x-amz-target"] == "AWSOrganizationsV20161128.ListAccounts" }
        )
        #expect(requests.allSatisfy { $0[header: "content-type"] == "application/x-amz-json-1.1" })
        #expect(requests[0].body == #"{"MaxResults":20}"#)
        #expect(requests[1].body.contains(#""NextToken":"a""#) && requests[2].body.contains(#""NextToken":"b""#))
        #expect(requests[0][header: "authorization"]?.contains("/us-east-1/organizations/") == true)
    }

    @Test func `State outweighs the retired Status, and an account without both is not active`() async throws {
        let server = try ScriptedServer([
            page([
                account(1, #""Status":"ACTIVE","State":"PENDING_CLOSURE""#), account(2, #""Status":"SUSPENDED""#),
                account(3, #""Email":"a@b.c""#), account(4, #""State":"CLOSED""#, partition: "aws-cn"),
                account(
                    5,
                    #""State":"ACTIVE","Paths":["o-abcdefghij/r-ab12/ou-ab12-aaaaaaaa/ou-ab12-bbbbbbbb/100000000005/"]"#
                ),
            ])
        ])
        let accounts = try await Organizations(ScriptedClient(server).client, region: "eu-central-1").accounts()
        #expect(accounts.map(\.state) == ["PENDING_CLOSURE", "SUSPENDED", "UNKNOWN", "CLOSED", "ACTIVE"])
        #expect(accounts[3].partition == "aws-cn")
        #expect(accounts[4].units == ["r-ab12", "ou-ab12-aaaaaaaa", "ou-ab12-bbbbbbbb"])
    }

    @Test func `R1 a listing that breaks in the middle is an error, not a shorter list`() async throws {
        let denied = ScriptedAnswer(
            status: 400,
            body: ##"{"__type":"AccessDeniedException","Message":"You don't have permissions"}"##
        )
        let cases: [[ScriptedAnswer]] = [
            [page([account(1)], next: "a"), denied], [ScriptedAnswer(body: "{}")],
            [page([account(1)], next: "a"), page([account(2)], next: "a")],
            [ScriptedAnswer(body: #"{"Accounts":[{"Id":"12"}]}"#)],
            [ScriptedAnswer(body: #"{"Accounts":[{"Name":"x"}]}"#)],
        ]
        for answers in cases {
            let server = try ScriptedServer(answers)
            let organizations = Organizations(ScriptedClient(server).client, region: "eu-central-1")
            await #expect(throws: AWSError.self) { try await organizations.accounts() }
        }
    }

    @Test func `too many requests come as a 400 and are asked again`() async throws {
        let busy = ScriptedAnswer(
            status: 400,
            body: ##"{"__type":"TooManyRequestsException","Message":"AWS Organizations can't complete your request"}"##
        )
        let server = try ScriptedServer([busy, page([account(1)])])
        let accounts = try await Organizations(ScriptedClient(server).client, region: "eu-central-1").accounts()
        #expect(accounts.count == 1)
    }

    private func regions(_ regions: [(String, String)], next: String? = nil) -> ScriptedAnswer {
        let list = regions.map { #"{"RegionName":"\#($0.0)","RegionOptStatus":"\#($0.1)"}"# }
        let token = next.map { #","NextToken":"\#($0)""# } ?? ""
        return ScriptedAnswer(body: #"{"Regions":[\#(list.joined(separator: ","))]\#(token)}"#)
    }

    @Test func `only regions that can be used now are read, all pages`() async throws {
        let server = try ScriptedServer([
            regions([("us-east-1", "ENABLED_BY_DEFAULT"), ("af-south-1", "DISABLED")], next: "n"),
            regions([], next: "m"),
            regions([("eu-south-2", "ENABLED"), ("me-south-1", "ENABLING"), ("il-central-1", "DISABLING")]),
        ])
        let found = try await AccountRegions(ScriptedClient(server).client, region: "eu-central-1").enabled()
        #expect(found == ["eu-south-2", "us-east-1"])
        #expect(server.requests.map(\.method) == ["POST", "POST", "POST"])
        #expect(server.requests.map(\.path) == ["/listRegions", "/listRegions", "/listRegions"])
        #expect(server.requests[0][header: "authorization"]?.contains("/us-east-1/account/") == true)
    }

    @Test func `where regions may not be listed EC2 says them, and where neither may it is the first that is said`()
        async throws
    {
        let denied = ScriptedAnswer(
            status: 403,
            headers: [("x-amzn-ErrorType", "AccessDeniedException")],
            body: #"{"message":"account:ListRegions is denied"}"#
        )
        let described = ScriptedAnswer(
            body: "<DescribeRegionsResponse xmlns=\"http://ec2/\"><requestId>r</requestId><regionInfo>"
                + "<item><regionName>us-west-2</regionName><optInStatus>opt-in-not-required</optInStatus></item>"
                + "<item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>"
        )
        let refused = ScriptedAnswer(
            status: 403,
            body: "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>"
                + "<RequestID>r</RequestID></Response>"
        )
        let server = try ScriptedServer([denied, described])
        let found = try await AccountRegions(ScriptedClient(server).client, region: "eu-central-1").enabled()
        #expect(found == ["eu-west-1", "us-west-2"])
        #expect(server.requests[1].body.contains("Action=DescribeRegions"))
        let neither = try ScriptedServer([denied, refused])
        let error = await #expect(throws: AWSError.self) {
            try await AccountRegions(ScriptedClient(neither).client, region: "eu-central-1").enabled()
        }
        #expect(error?.operation == "ListRegions" && error?.isAccessDenied == true)
        let none = try ScriptedServer([regions([])])
        await #expect(throws: AWSError.self) {
            try await AccountRegions(ScriptedClient(none).client, region: "eu-central-1").enabled()
        }
    }
}
