import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct StackListingTests {
    private func members(_ body: String) throws(AWSError) -> XMLMembers {
        try XMLMembers(Array(body.utf8), operation: "DescribeStacks", list: "Stacks", key: "StackId")
    }

    private func page(_ names: [String], extra: String = "", token: String? = nil) -> String {
        let next = token.map { "<NextToken>\($0)</NextToken>" } ?? ""
        return answer("DescribeStacks", "<Stacks>\(names.map { stackXML($0, extra: extra) }.joined())</Stacks>\(next)")
            .body
    }

    @Test func `a listed stack is the one that the whole answer holds`() async throws {
        let extra = """
            <Tags><member><Key>k &amp; l</Key><Value>ä</Value></member><member><Key>StackId</Key><Value/></member></Tags>
            <Outputs><member><OutputKey>O</OutputKey><OutputValue><![CDATA[<StackId>x</StackId>]]></OutputValue></member>
            </Outputs><RootId>r</RootId>
            """
        let body = page(["a", "b"], extra: extra, token: "t &lt; 1")
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: body) }
        let formation = ScriptedClient(server).formation
        let whole = try await formation.describeStacks()
        let listed = try await formation.listStacks()
        #expect(listed.items.map(\.stackID) == whole.stacks.map(\.stackID))
        #expect(try listed.items.map { (item) throws(AWSError) in try item.stack() } == whole.stacks)
        #expect(listed.nextToken == "t < 1" && listed.nextToken == whole.nextToken)
    }

    @Test func `any other word of a stack is another digest, and of nobody else's`() async throws {
        let bodies = [page(["a", "b"]), page(["a", "b"], extra: " "), page(["b", "a"])]
        let server = try ScriptedServer { _, number in ScriptedAnswer(body: bodies[number]) }
        let formation = ScriptedClient(server).formation
        var digests: [[String: [UInt8]]] = []
        for _ in bodies {
            let page = try await formation.listStacks()
            digests.append(Dictionary(uniqueKeysWithValues: page.items.map { ($0.stackID, $0.digest) }))
        }
        #expect(digests[0] == digests[2])
        #expect(Set(digests[0].values).isDisjoint(with: digests[1].values) && digests[1].count == 2)
    }

    @Test func `R6 every cut of a page is an error`() throws {
        let whole = page(["a", "b"], token: "t")
        #expect(try members(whole).members.count == 2)
        for end in 0..<whole.utf8.count {
            #expect(throws: AWSError.self) { try members(String(decoding: whole.utf8.prefix(end), as: UTF8.self)) }
        }
    }

    @Test(arguments: [
        "<DescribeStacksResponse/>", "<Other><DescribeStacksResult><Stacks/></DescribeStacksResult></Other>",
        "<DescribeStacksResponse><DescribeStacksResult/></DescribeStacksResponse>",
        "<DescribeStacksResponse><Stacks/></DescribeStacksResponse>",
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member/></Stacks></DescribeStacksResult></DescribeStacksResponse>",
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Tags><member><StackId>x</StackId></member></Tags>"
            + "</member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
        "<!DOCTYPE a><DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>",
    ])
    func `R6 an answer that does not list stacks says nothing of them`(text: String) {
        #expect(throws: AWSError.self) { try members(text) }
    }

    @Test func `an empty page with a token is a page`() throws {
        let found = try members(page([], token: "more"))
        #expect(found.members.isEmpty && found.nextToken == "more")
        #expect(try members(page([])).nextToken == nil)
    }
}
