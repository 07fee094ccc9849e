import Crypto
import Foundation

/// A stack as a page of a listing holds it: its id, and everything else not looked into yet.
package struct ListedStack: Sendable {
    package let stackID: String
    /// The XML of its member, as it came.
    private let xml: ArraySlice<UInt8>

    init(stackID: String, xml: ArraySlice<UInt8>) {
        self.stackID = stackID
        self.xml = xml
    }

    /// SHA-256 of all that was said of it: equal bytes say equal things.
    package var digest: [UInt8] { Array(SHA256.hash(data: xml)) }

    package func stack() throws(AWSError) -> Stack {
        let tree: XMLTree
        do { tree = try parsedXML(Array(xml)) } catch {
            throw AWSError(.malformedAnswer, message: "a stack of the answer is no XML: \(error.reason)")
        }
        return try Stack(tree)
    }
}

extension CloudFormation {
    /// One page of all stacks that are not deleted, as `describeStacks` has it, not looked into yet.
    package func listStacks(page token: String? = nil) async throws(AWSError) -> Page<ListedStack> {
        let parameters: [(name: String, value: String?)] = [("NextToken", token)]
        return try await client.query(
            .cloudformation,
            "DescribeStacks",
            region: region,
            parameters,
            readBytes: {
                (bytes) throws(AWSError) in
                let found = try XMLMembers(bytes, operation: "DescribeStacks", list: "Stacks", key: "StackId")
                return Page(
                    items: found.members.map { ListedStack(stackID: $0.id, xml: bytes[$0.range]) },
                    nextToken: found.nextToken
                )
            }
        )
    }
}
