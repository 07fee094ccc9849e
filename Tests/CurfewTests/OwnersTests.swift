import Foundation
import TestSupport
import Testing

/// From what CloudTrail says to whose an environment is, and to what people see of it.
@Suite struct OwnersTests {
    private static let fleet = [
        Deployment(name: "shop-feat-a"), Deployment(name: "shop-feat-b"),
        Deployment(name: "shop-feat-c", tags: ["owner": "grace"]),
        Deployment(account: \.payments, name: "pay-feat-d", tags: ["owner": "grace"]),
        Deployment(name: "something-else"), Deployment(name: "shop-feat-e", tags: ["branch": "feat-f"]),
    ]

    private static func asks(_ call: Proxy.Call) -> Bool {
        call.request[header: "x-amz-target"]?.hasSuffix(".LookupEvents") == true
    }

    /// A page of CloudTrail's history: who made the stack, one entry that is broken.
    private static func page(_ id: String, account: String) throws -> ScriptedAnswer {
        let record = """
            {"eventID": "9bf6cfb8-83e1-4589-9a70-b971e727099b", "eventName": "CreateStack",
             "eventTime": "\(Date.now.formatted(.iso8601))", "eventSource": "cloudformation.amazonaws.com",
             "awsRegion": "eu-west-1", "recipientAccountId": "\(account)", "userIdentity": {"type": "AssumedRole",
             "principalId": "AROAIDPPEZS35WEXAMPLE:Eva@example.com",
             "arn": "arn:aws:sts::\(account):assumed-role/AWSReservedSSO_Dev_0123456789abcdef/Eva@example.com",
             "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "AWSReservedSSO_Dev_0123456789abcdef"}}},
             "requestParameters": {"stackName": "shop-feat-a"}, "responseElements": {"stackId": "\(id)"}}
            """
        let text = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        let at = Int(Date.now.timeIntervalSince1970)
        return ScriptedAnswer(
            headers: [("Content-Type", "application/x-amz-json-1.1")],
            body: #"{"Events":[{"EventId":"x","EventTime":\#(at),"CloudTrailEvent":"{"},"#
                + #"{"EventId":"y","EventTime":\#(at),"CloudTrailEvent":\#(text)}]}"#
        )
    }

    @Test func `who made a stack is asked of CloudTrail, kept, and shown with all that speaks of an owner`()
        async throws
    {
        try await House.with { house in
            try await house.deploy(Self.fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            proxy.decide { call, _ in
                guard Self.asks(call) else { return .passes }
                let body = ##"{"__type":"AccessDeniedException","message":"not authorized: cloudtrail:LookupEvents"}"##
                return .isAnswered(ScriptedAnswer(status: 400, body: body))
            }
            let refused = try await behind.curfew("scan")
            #expect(refused.output.contains("who made stacks in"), "\(refused)")
            #expect(refused.output.contains("owners: { cloudtrail: off }"), "\(refused)")
            // Where every environment has an owner nobody is asked.
            #expect(proxy.calls.filter(Self.asks).map(\.accessKey) == [house.shop])
            let unowned = try await behind.curfew("list", "--unowned")
            #expect(["feat-a", "feat-b", "feat-e"].allSatisfy(unowned.output.contains), "\(unowned)")
            #expect(!unowned.output.contains("feat-c") && !unowned.output.contains("feat-d"))
            #expect(unowned.messages.contains("curfew claim ENV --owner WHO"), "\(unowned)")

            let id = try #require(
                try await house.stacks(house.shop, "eu-west-1").standing().first { $0.name == "shop-feat-a" }
            ).id
            let answer = try Self.page(id, account: house.shop)
            proxy.decide { call, _ in
                Self.asks(call) && call.request.body.contains("CreateStack") ? .isAnswered(answer) : .passes
            }
            let scanned = try await behind.curfew("scan", "--full")
            #expect(scanned.output.contains("1 of CloudTrail's entries of CreateStack in"), "\(scanned)")
            let asked = proxy.calls.count(where: Self.asks)
            #expect(asked == 4)
            let owned = try await behind.json("list", "--owner", "eva@example.com")
            #expect(owned.elements.map { $0["name"].string } == ["feat-a"])
            #expect(owned.elements.first?["owner_source"].string == "CloudTrail")
            let shown = try await behind.curfew("show", "feat-a")
            #expect(shown.output.contains("decides") && shown.output.contains("IAM Identity Center"), "\(shown)")
            let json = try await behind.json("show", "feat-a")
            #expect(json["owner_evidence"].elements.map { $0["confidence"].string } == ["traced"])

            // A claim outweighs it, and it stays to be seen.
            try await behind.curfew("claim", "feat-a", "--owner", "grace")
            let claimed = try await behind.json("show", "feat-a")
            #expect(claimed["owner_evidence"].elements.map { $0["owner"].string } == ["grace", "eva@example.com"])
            #expect(claimed["owner_evidence"].elements.map { $0["decides"] } == [.flag(true), .flag(false)])

            // Nothing is asked again so soon, or with the setting off.
            try await behind.curfew("scan")
            try await behind.curfew("scan", "--full", "--set", "owners.cloudtrail=off")
            #expect(proxy.calls.count(where: Self.asks) == asked)

            let ambiguous = try await behind.curfew("list", "--ambiguous")
            #expect(ambiguous.output.contains("shop-feat-e") && ambiguous.output.contains("feat-f"), "\(ambiguous)")
            #expect(ambiguous.messages.contains("their names and tags disagree"), "\(ambiguous)")
            let unmatched = try await behind.curfew("list", "--unmatched")
            #expect(unmatched.output.contains("something-else"), "\(unmatched)")
            #expect(unmatched.messages.contains("curfew names test NAME"), "\(unmatched)")
        }
    }
}
