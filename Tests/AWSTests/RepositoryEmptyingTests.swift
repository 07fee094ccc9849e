import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWS

@Suite struct RepositoryEmptyingTests {
    /// A repository behind a scripted server.
    private final class Repository: Sendable {
        struct Content: Sendable {
            /// Digests in the order they are listed.
            var images: [String]
            /// An image and those it names: they go only after it.
            var lists: [String: Set<String>] = [:]
            var refusal: String?
            var batches: [Int] = []
        }

        private let content: Mutex<Content>

        init(_ content: Content) { self.content = Mutex(content) }

        var current: Content { content.withLock { $0 } }

        func server() throws -> ScriptedServer {
            try ScriptedServer { request, _ in
                let question =
                    (try? JSONSerialization.jsonObject(with: Data(request.body.utf8))) as? [String: Any] ?? [:]
                let isListing = request[header: "x-amz-target"]?.hasSuffix("ListImages") == true
                let body: [String: Any] = isListing ? self.list(question) : self.delete(question)
                let data = (try? JSONSerialization.data(withJSONObject: body)) ?? Data()
                return ScriptedAnswer(body: String(decoding: data, as: UTF8.self))
            }
        }

        /// Each image has two tags: it stands in the listing twice.
        private func list(_ question: [String: Any]) -> [String: Any] {
            content.withLock { content in
                let entries = content.images.flatMap { digest in
                    ["a", "b"].map { ["imageDigest": digest, "imageTag": "\(digest)-\($0)"] }
                }
                let from = (question["nextToken"] as? String).flatMap { Int($0) } ?? 0
                let count = question["maxResults"] as? Int ?? 100
                let shown = Array(entries.dropFirst(from).prefix(count))
                var answer: [String: Any] = ["imageIds": shown]
                if from + shown.count < entries.count { answer["nextToken"] = "\(from + shown.count)" }
                return answer
            }
        }

        private func delete(_ question: [String: Any]) -> [String: Any] {
            content.withLock { content in
                let digests = (question["imageIds"] as? [[String: String]] ?? []).compactMap { $0["imageDigest"] }
                content.batches.append(digests.count)
                var failures: [[String: Any]] = []
                var deleted: [[String: String]] = []
                for digest in digests {
                    var code = content.refusal
                    if !content.images.contains(digest) { code = "ImageNotFound" }
                    if content.lists.contains(where: { content.images.contains($0.key) && $0.value.contains(digest) }) {
                        code = "ImageReferencedByManifestList"
                    }
                    if let code {
                        failures.append([
                            "imageId": ["imageDigest": digest], "failureCode": code, "failureReason": "because",
                        ])
                    } else {
                        deleted.append(["imageDigest": digest])
                    }
                }
                content.images.removeAll { image in deleted.contains { $0["imageDigest"] == image } }
                return ["imageIds": deleted, "failures": failures]
            }
        }
    }

    private func digests(_ count: Int) -> [String] { (0..<count).map { "sha256:\($0 + 1_000)" } }

    private func empty(_ server: ScriptedServer, atMost: Int = 10_000) async throws -> Bool {
        let emptying = RepositoryEmptying(ScriptedClient(server).client, region: "eu-west-1")
        return try await emptying.empty("app", atMost: atMost, window: WriteWindow())
    }

    @Test func `all images go by digest, at most 100 at a time, and a last look says so`() async throws {
        let repository = Repository(.init(images: digests(230)))
        let server = try repository.server()
        #expect(try await empty(server))
        #expect(repository.current.images == [])
        #expect(repository.current.batches.allSatisfy { $0 <= 100 })
        #expect(repository.current.batches.reduce(0, +) == 230)
        #expect(server.requests.last?[header: "x-amz-target"]?.hasSuffix("ListImages") == true)
        #expect(!server.requests.contains { $0.body.contains("imageTag") })
    }

    @Test func `no more go at a time than was asked for, and the next call goes on`() async throws {
        let repository = Repository(.init(images: digests(30)))
        let server = try repository.server()
        #expect(try await !empty(server, atMost: 20))
        #expect(repository.current.images.count == 10)
        #expect(try await empty(server, atMost: 20))
        #expect(try await empty(server, atMost: 20))
    }

    @Test func `what a multi-platform image names goes after it, wherever it is listed`() async throws {
        var content = Repository.Content(images: digests(120))
        content.lists = ["sha256:1119": ["sha256:1000", "sha256:1001"], "sha256:1001": ["sha256:1002"]]
        let repository = Repository(content)
        #expect(try await empty(try repository.server()))
        #expect(repository.current.images == [])
    }

    @Test func `images that name one another are an error, not an endless round`() async throws {
        var content = Repository.Content(images: digests(2))
        content.lists = ["sha256:1000": ["sha256:1001"], "sha256:1001": ["sha256:1000"]]
        let error = await #expect(throws: AWSError.self) { try await empty(try Repository(content).server()) }
        #expect(error?.code == "ImageReferencedByManifestList")
    }

    @Test func `a failure inside a 200 is an error that names the image, but for images that are gone`() async throws {
        var content = Repository.Content(images: digests(2))
        content.refusal = "KmsError"
        let error = await #expect(throws: AWSError.self) { try await empty(try Repository(content).server()) }
        #expect(error?.code == "KmsError")
        #expect(error?.message.hasPrefix("2 images of app were not deleted, such as sha256:100") == true)

        let gone = try ScriptedServer([
            ScriptedAnswer(body: #"{"imageIds":[{"imageDigest":"sha256:1"}]}"#),
            ScriptedAnswer(
                body:
                    #"{"imageIds":[],"failures":[{"imageId":{"imageDigest":"sha256:1"},"failureCode":"ImageNotFound"}]}"#
            ), ScriptedAnswer(body: #"{"imageIds":[],"nextToken":"n"}"#), ScriptedAnswer(body: #"{"imageIds":[]}"#),
        ])
        #expect(try await empty(gone))
        #expect(gone.requests.count == 4)
    }

    @Test func `an answer without its lists is no success`() async throws {
        let images = ScriptedAnswer(body: #"{"imageIds":[{"imageDigest":"sha256:1"}]}"#)
        let server = try ScriptedServer { _, number in number % 2 == 0 ? images : ScriptedAnswer(body: "{}") }
        let error = await #expect(throws: AWSError.self) { try await empty(server) }
        #expect(error?.kind == .notUnderstood)
    }

    @Test func `images are counted once, however many tags they have`() async throws {
        let server = try Repository(.init(images: digests(30))).server()
        let repositories = Repositories(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await repositories.holding("app", atMost: 10_000) == Holding(items: 30))
        #expect(try await repositories.holding("app", atMost: 20) == Holding(items: 10, isAtLeast: true))
    }
}
