import Curl
import Foundation

/// What Curfew reads of ECR in one account and region.
package struct Repositories: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Whether the repository holds no image, which CloudFormation needs to delete it (unless `EmptyOnDelete`).
    package func isEmpty(_ repository: String) async throws(AWSError) -> Bool {
        do {
            // AWS may answer with an empty page that has a next one: follow until there is an image or an end.
            return try await allPages { (token) throws(AWSError) in
                let page = try await images(of: repository, page: token)
                return page.items.isEmpty ? page : Page(items: page.items, nextToken: nil)
            }.isEmpty
        } catch {
            throw error.on(.ecr, "ListImages", region: region)
        }
    }

    private func images(of repository: String, page token: String?) async throws(AWSError) -> Page<ListImages.Image> {
        let body: [UInt8]
        do {
            let question = ListImages.Question(repositoryName: repository, maxResults: 1, nextToken: token)
            body = Array(try JSONEncoder().encode(question))
        } catch {
            throw AWSError(.misconfigured, message: "the repository's name cannot be written as JSON")
        }
        let call = AWSCall(
            service: .ecr,
            operation: "ListImages",
            region: region,
            content: .json(target: "AmazonEC2ContainerRegistry_V20150921.ListImages", body: body)
        )
        return try await client.call(call) { (response) throws(AWSError) in
            let answer = try json(ListImages.Answer.self, response)
            return Page(items: answer.imageIds, nextToken: answer.nextToken.flatMap { $0.isEmpty ? nil : $0 })
        }
    }
}

private enum ListImages {
    struct Question: Encodable {
        let repositoryName: String
        let maxResults: Int
        let nextToken: String?
    }

    /// `imageIds` is not optional: an answer without it does not say that there is none.
    struct Answer: Decodable {
        let imageIds: [Image]
        let nextToken: String?
    }

    struct Image: Decodable, Sendable {
        let imageDigest: String?
        let imageTag: String?
    }
}

private func json<Answer: Decodable>(_ type: Answer.Type, _ response: HTTPResponse) throws(AWSError) -> Answer {
    do {
        return try JSONDecoder().decode(type, from: Data(response.body))
    } catch DecodingError.dataCorrupted {
        throw AWSError(.malformedAnswer, message: "the answer is no JSON", status: response.status)
    } catch {
        throw notUnderstood("the JSON is not what was promised")
    }
}
