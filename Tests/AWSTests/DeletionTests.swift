import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct DeletionTests {
    private let done = ScriptedAnswer(
        body: "<DeleteStackResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteStackResponse>"
    )

    @Test func `the call carries id, token and role, and nothing else`() async throws {
        let server = try ScriptedServer([done])
        let deletion = ScriptedClient(server).deletion
        try await deletion.deleteStack(id: exampleID, token: "step-1", roleARN: "arn:aws:iam::1:role/r")
        #expect(
            server.requests.map(\.body) == [
                "Action=DeleteStack&Version=2010-05-15&StackName=\(percentEncoded(exampleID))"
                    + "&ClientRequestToken=step-1&RoleARN=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
            ]
        )
    }

    @Test func `P4 a name is refused before anything is sent`() async throws {
        let server = try ScriptedServer([done])
        let deletion = ScriptedClient(server).deletion
        await #expect(throws: AWSError.self) { try await deletion.deleteStack(id: "feature-x", token: "t") }
        for token in ["", "-a", "a_b", String(repeating: "a", count: 129)] {
            await #expect(throws: AWSError.self) { try await deletion.deleteStack(id: exampleID, token: token) }
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `P11 a repeated call is the same call: same token, same signature time`() async throws {
        let server = try ScriptedServer([failure("Throttling"), ScriptedAnswer(ending: .silence), done])
        let signedAt = Date(timeIntervalSince1970: 1_793_527_200)
        let deletion = ScriptedClient(server).deletion
        try await deletion.deleteStack(id: exampleID, token: "step-1", window: WriteWindow(signedAt: signedAt))
        #expect(server.requests.count == 3)
        #expect(Set(server.requests.map(\.body)).count == 1)
        #expect(Set(server.requests.map { $0[header: "authorization"] ?? "" }).count == 1)
        #expect(server.requests[0][header: "x-amz-date"] == "20261101T100000Z")
    }

    @Test(arguments: ["TokenAlreadyExistsException", "ValidationError", "LimitExceededException", "AccessDenied"])
    func `a refusal is final`(code: String) async throws {
        let server = try ScriptedServer { _, _ in failure(code) }
        let error = await #expect(throws: AWSError.self) {
            try await ScriptedClient(server).deletion.deleteStack(id: exampleID, token: "t")
        }
        #expect(error?.code == code)
        #expect(server.requests.count == 1)
    }

    @Test func `P11 nothing is sent after the deadline`() async throws {
        let server = try ScriptedServer([done])
        let late = ContinuousClock.now - .milliseconds(1)
        let error = await #expect(throws: AWSError.self) {
            try await ScriptedClient(server).deletion.deleteStack(
                id: exampleID,
                token: "t",
                window: WriteWindow(notAfter: late)
            )
        }
        #expect(error?.kind == .deadlinePassed)
        #expect(server.requests.isEmpty)
    }

    @Test func `P11 when the deadline allows no repetition, the answer that came is what is told`() async throws {
        let server = try ScriptedServer { _, _ in
            var answer = failure("Throttling")
            answer.delay = .milliseconds(4_500)
            return answer
        }
        let error = await #expect(throws: AWSError.self) {
            try await ScriptedClient(server, limits: TransferLimits(total: .seconds(30))).deletion.deleteStack(
                id: exampleID,
                token: "t",
                window: WriteWindow(notAfter: .now + .milliseconds(4_000))
            )
        }
        #expect(error?.kind == .throttled && error?.code == "Throttling")
        #expect(server.requests.count == 1)
    }

    @Test func `a 200 that is something else is no success`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "<html/>") }
        await #expect(throws: AWSError.self) {
            try await ScriptedClient(server).deletion.deleteStack(id: exampleID, token: "t")
        }
    }
}
