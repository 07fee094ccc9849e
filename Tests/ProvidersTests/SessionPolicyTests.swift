import Core
import Testing

@testable import Providers

private func stack(_ name: String, partition: String = "aws", region: String = "eu-central-1") -> ComponentID {
    ComponentID(
        "arn:\(partition):cloudformation:\(region):\(account):stack/\(name)/5b1c3a70-0000-11f0-8c1f-0a0000000000"
    )
}

@Suite struct SessionPolicyTests {
    @Test func `P18 the policy denies the end of every stack but the approved ones`() throws {
        let policy = try SessionPolicy.over([stack("b"), stack("a"), stack("b")], in: account)
        #expect(
            policy
                == #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},"#
                + #"{"Effect":"Deny","Action":["cloudformation:DeleteStack","#
                + #""cloudformation:UpdateTerminationProtection"],"#
                + #""NotResource":["\#(stack("a"))","\#(stack("b"))"]}]}"#
        )
    }

    @Test func `P18 eight stacks fit into a session, nine and none are refused`() throws {
        let eight = (1...8).map { stack("feature-x-\($0)") }
        #expect(try SessionPolicy.over(eight, in: account).utf8.count <= SessionPolicy.longest)
        #expect(throws: ProviderFailure.self) { try SessionPolicy.over(eight + [stack("feature-x-9")], in: account) }
        #expect(throws: ProviderFailure.self) { try SessionPolicy.over([], in: account) }
    }

    @Test func `P18 a policy longer than AWS takes is refused`() throws {
        // The longest names there are: 128 characters.
        func named(_ length: Int, _ count: Int, _ partition: String, _ region: String) -> [ComponentID] {
            (0..<count).map { stack(String(repeating: "\($0)", count: length), partition: partition, region: region) }
        }
        let longest = try SessionPolicy.over(named(128, 7, "aws-us-gov", "us-gov-west-1"), in: account)
        #expect(longest.utf8.count <= 2_048)
        let error = #expect(throws: ProviderFailure.self) {
            try SessionPolicy.over(named(128, 8, "aws-us-gov", "us-gov-west-1"), in: account)
        }
        #expect(error?.summary.contains("characters, and AWS takes 2048") == true)
    }

    @Test(arguments: [("aws", "eu-central-1"), ("aws-cn", "cn-north-1"), ("aws-eusc", "eusc-de-east-1")])
    func `P18 stacks of every partition can be named`(partition: String, region: String) throws {
        let id = stack("x", partition: partition, region: region)
        #expect(try SessionPolicy.over([id], in: account).contains("[\"\(id)\"]"))
    }

    @Test(arguments: [
        "*", "arn:aws:cloudformation:eu-central-1:123456789012:stack/*",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/x/*",
        "arn:aws:cloudformation:*:123456789012:stack/x/1", "arn:aws:cloudformation:eu-central-1:*:stack/x/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/?/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/${aws:username}/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/x/1\",\"*",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/x/1\\",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/x", "feature-x", "",
        "arn:aws:cloudformation:eu-central-1:123456789012:stackset/x/1",
        "arn:aws:s3:eu-central-1:123456789012:stack/x/1", "arn:aws:cloudformation:eu-central-1:210987654321:stack/x/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/x/1/2",
        "arn:aws:cloudformation::123456789012:stack/x/1",
        "arn:aws:cloudformation:eu-central-1:123456789012:stack/ä/1",
    ])
    func `P18 what is not plainly one stack of the account is refused, not escaped`(id: String) {
        #expect(throws: ProviderFailure.self) { try SessionPolicy.over([stack("a"), ComponentID(id)], in: account) }
    }

    @Test func `the policy for reading names no call that changes anything`() {
        let actions = SessionPolicy.reading.split(separator: "\"").map(String.init).filter {
            $0.contains(":") && $0.count > 3
        }
        #expect(actions.count >= 19)
        for action in actions {
            let call = String(action.drop { $0 != ":" }.dropFirst())
            let isReading = ["Describe", "Get", "List", "BatchGet", "Lookup"].contains { call.hasPrefix($0) }
            #expect(isReading || call == "GET" || action.hasPrefix("arn:*:apigateway:"), "\(action)")
        }
        #expect(SessionPolicy.reading.utf8.count <= SessionPolicy.longest)
    }
}
