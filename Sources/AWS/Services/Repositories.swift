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
        // AWS may answer with an empty page that has a next one: follow until there is an image or an end.
        try await images(of: repository, atMost: 1).isEmpty
    }

    /// Counts images, each once however many tags it has, and stops after `limit` entries.
    package func holding(_ repository: String, atMost limit: Int) async throws(AWSError) -> Holding {
        let images = try await images(of: repository, atMost: limit)
        return Holding(items: Set(images.map(\.name)).count, isAtLeast: images.count >= limit)
    }

    private func images(of repository: String, atMost limit: Int) async throws(AWSError) -> [RepositoryImage] {
        var count = 0
        do {
            return try await allPages { (token) throws(AWSError) in
                let page = try await client.images(
                    of: repository,
                    region: region,
                    atMost: min(1_000, limit),
                    page: token
                )
                count += page.items.count
                return count < limit ? page : Page(items: page.items, nextToken: nil)
            }
        } catch {
            throw error.on(.ecr, "ListImages", region: region)
        }
    }
}

/// An image, once for each of its tags.
struct RepositoryImage: Codable, Sendable, Hashable {
    let imageDigest: String?
    let imageTag: String?

    var name: String { imageDigest ?? imageTag ?? "" }
}

extension AWSClient {
    /// One page of images, archived ones too: these keep a repository from being deleted like all others.
    func images(
        of repository: String,
        region: String,
        atMost count: Int,
        page token: String?,
        notAfter: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> Page<RepositoryImage> {
        let question = ListImages.Question(repositoryName: repository, maxResults: count, nextToken: token)
        let answer: ListImages.Answer = try await json(.ecr, "ListImages", region: region, question, notAfter: notAfter)
        return Page(items: answer.imageIds, nextToken: AWS.token(answer.nextToken))
    }
}

private enum ListImages {
    struct Question: Encodable {
        let repositoryName: String
        let maxResults: Int
        let nextToken: String?
        var filter = ["imageStatus": "ANY"]
    }

    /// `imageIds` is not optional: an answer without it does not say that there is none.
    struct Answer: Decodable {
        let imageIds: [RepositoryImage]
        let nextToken: String?
    }
}
