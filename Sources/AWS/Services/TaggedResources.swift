/// What Curfew reads of the Resource Groups Tagging API.
package struct TaggedResources: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// ARNs of what bears the stack's id as CloudFormation's own tag, all pages.
    ///
    /// AWS lists "tagged or previously tagged" resources: one that is gone may stand there for a while.
    package func arns(ofStack id: String) async throws(AWSError) -> [String] {
        do {
            return try await allPages { (token) throws(AWSError) in
                let question = GetResources.Question(
                    TagFilters: [.init(Key: "aws:cloudformation:stack-id", Values: [id])],
                    PaginationToken: token
                )
                let answer: GetResources.Answer = try await client.json(
                    .tagging,
                    "GetResources",
                    region: region,
                    question
                )
                return Page(
                    items: answer.ResourceTagMappingList.map(\.ResourceARN),
                    nextToken: AWS.token(answer.PaginationToken)
                )
            }
        } catch {
            throw error.on(.tagging, "GetResources", region: region)
        }
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private enum GetResources {
    struct Filter: Encodable {
        let Key: String
        let Values: [String]
    }

    struct Question: Encodable {
        let TagFilters: [Filter]
        let PaginationToken: String?
        var ResourcesPerPage = 100
    }

    struct Answer: Decodable {
        let ResourceTagMappingList: [Mapping]
        let PaginationToken: String?
    }

    struct Mapping: Decodable {
        let ResourceARN: String
    }
}
