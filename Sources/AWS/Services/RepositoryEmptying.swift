/// Deletes all images of a repository, a bounded piece at a time.
package struct RepositoryEmptying: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Deletes up to `limit` images with all their tags; true only when a listing afterwards found none.
    ///
    /// An image that a multi-platform one names goes only after that one: such refusals are an error only when a whole
    /// round through the repository deleted nothing.
    package func empty(_ repository: String, atMost limit: Int, window: WriteWindow) async throws(AWSError) -> Bool {
        var left = max(1, limit)
        while left > 0 {
            let round = try await round(repository, atMost: left, window: window)
            if round.wasEmpty { return true }
            guard round.deleted > 0 else { throw round.refusal ?? refused("no image could be deleted", repository) }
            left -= round.deleted
        }
        return try await isEmpty(repository, window: window)
    }

    private struct Round {
        var deleted = 0
        var wasEmpty = true
        var refusal: AWSError?
    }

    /// Once through the listing.
    private func round(_ repository: String, atMost limit: Int, window: WriteWindow) async throws(AWSError) -> Round {
        var round = Round()
        var seen: Set<String> = []
        var token: String?
        repeat {
            let page = try await client.images(
                of: repository,
                region: region,
                atMost: 100,
                page: token,
                notAfter: window.notAfter
            )
            if !page.items.isEmpty { round.wasEmpty = false }
            let names = Set(page.items.map(\.name)).sorted().prefix(limit - round.deleted)
            if !names.isEmpty {
                let (deleted, refusal) = try await delete(page.items, named: Set(names), of: repository, window)
                round.deleted += deleted
                round.refusal = round.refusal ?? refusal
            }
            token = page.nextToken
            if let token, !seen.insert(token).inserted { throw notUnderstood("the same page token came twice") }
        } while token != nil && round.deleted < limit
        return round
    }

    private func isEmpty(_ repository: String, window: WriteWindow) async throws(AWSError) -> Bool {
        var seen: Set<String> = []
        var token: String?
        repeat {
            let page = try await client.images(
                of: repository,
                region: region,
                atMost: 1,
                page: token,
                notAfter: window.notAfter
            )
            if !page.items.isEmpty { return false }
            token = page.nextToken
            if let token, !seen.insert(token).inserted { throw notUnderstood("the same page token came twice") }
        } while token != nil
        return true
    }

    /// How many went, and why others did not for now.
    func delete(
        _ images: [RepositoryImage],
        named names: Set<String>,
        of repository: String,
        _ window: WriteWindow
    ) async throws(AWSError) -> (deleted: Int, refusal: AWSError?) {
        // By digest an image goes with all its tags; what has no digest is named by its tag.
        let ids = Set(
            images.filter { names.contains($0.name) }.map { image in
                image.imageDigest == nil ? image : RepositoryImage(imageDigest: image.imageDigest, imageTag: nil)
            }
        )
        let question = BatchDeleteImage.Question(repositoryName: repository, imageIds: Array(ids))
        let answer: BatchDeleteImage.Answer = try await client.json(
            .ecr,
            "BatchDeleteImage",
            region: region,
            question,
            window: window
        )
        let failures = (answer.failures ?? []).filter { $0.failureCode != "ImageNotFound" }
        let final = failures.first { $0.failureCode != "ImageReferencedByManifestList" }
        if let final { throw error(final, failures.count, repository) }
        return (ids.count - failures.count, failures.first.map { error($0, failures.count, repository) })
    }

    private func error(_ failure: BatchDeleteImage.Failure, _ count: Int, _ repository: String) -> AWSError {
        let why = failure.failureReason ?? "no reason given"
        return AWSError(
            .refused,
            code: failure.failureCode ?? "",
            message:
                "\(count) images of \(repository) were not deleted, such as \(failure.imageId?.name ?? "one"): \(why)",
            status: 200
        ).on(.ecr, "BatchDeleteImage", region: region)
    }

    private func refused(_ why: String, _ repository: String) -> AWSError {
        AWSError(.refused, message: "\(repository): \(why)").on(.ecr, "BatchDeleteImage", region: region)
    }
}

private enum BatchDeleteImage {
    struct Question: Encodable {
        let repositoryName: String
        let imageIds: [RepositoryImage]
    }

    struct Answer: Decodable {
        /// What was deleted; promised, so that another answer is no success.
        let imageIds: [RepositoryImage]
        let failures: [Failure]?
    }

    struct Failure: Decodable {
        let imageId: RepositoryImage?
        let failureCode: String?
        let failureReason: String?
    }
}
