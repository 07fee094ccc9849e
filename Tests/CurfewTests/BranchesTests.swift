import Foundation
import Postgres
import TestSupport
import Testing

/// A repository from the settings file to a verdict, a table and `doctor`.
@Suite struct BranchesTests {
    private static let token = "ghp_house-never-shown"
    private static let policy = """
        policies:
          - name: features
            applies_to: { name: "feat-*" }
            stale_when: { branch: gone }
            not_before: 0s
            sightings: { count: 1, apart: 0s }
            warn: none

        """

    private struct Asked {
        let house: House

        func callAsFunction(_ words: String..., expecting status: Int32 = 0) async throws -> Program.Outcome {
            let outcome =
                switch words.count {
                case 1: try await house.curfew(words[0], with: ["GITHUB_TOKEN": token], expecting: nil)
                default: try await house.curfew(words[0], words[1], with: ["GITHUB_TOKEN": token], expecting: nil)
                }
            #expect(outcome.status == status, "\(outcome)")
            #expect(!outcome.output.contains(token) && !outcome.messages.contains(token), "P17 \(outcome)")
            return outcome
        }
    }

    private static func with(_ body: (Asked, ScriptedGitHub) async throws -> Void) async throws {
        let server = try ScriptedGitHub([.init("main", "m"), .init("feature/a", "a"), .init("feature/b", "b")])
        defer { server.stop() }
        try await House.with { house in
            try await house.deploy([Deployment(name: "shop-feat-a"), Deployment(name: "shop-feat-c")])
            let repository =
                "{ url: \"https://github.com/acme/shop\", api: \"\(server.url)\", token_from: \"env:GITHUB_TOKEN\" }"
            let asked = Asked(house: try house.saying("repositories: [\(repository)]"))
            try house.write(policy, to: house.policyFile)
            _ = try await house.curfew("policy", "apply", house.policyFile)
            try await body(asked, server)
        }
    }

    @Test func `P17 a branch is read, missed, unknown and gone, and everybody is told without the token`() async throws
    {
        try await Self.with { curfew, server in
            _ = try await curfew("scan")
            _ = try await curfew("evaluate")
            #expect(server.requests.allSatisfy { $0[header: "authorization"] == "Bearer \(Self.token)" })
            let shown = try await curfew("show", "feat-a")
            for words in ["github.com/acme/shop", "branch feature/a at a", "all its branches read"] {
                #expect(shown.output.contains(words), "\(shown)")
            }
            let never = try await curfew("explain", "feat-c")
            #expect(never.output.contains("no branch of that name was ever seen in github.com/acme/shop"), "\(never)")

            server.change { state in
                state.branches.remove(at: 1)
                state.instead = { _ in ScriptedAnswer(status: 404, body: #"{"message":"Not Found"}"#) }
            }
            let blind = try await curfew("scan")
            #expect(blind.output.contains("are unknown"), "\(blind)")
            #expect(blind.output.contains("there is no such repository"), "\(blind)")
            _ = try await curfew("evaluate")
            #expect(try await curfew("explain", "feat-a").output.contains("undecided"))
            let sick = try await curfew("doctor", expecting: 69)
            #expect(sick.output.contains("FAIL  repository github.com/acme/shop"), "\(sick)")

            server.change { $0.instead = { _ in nil } }
            _ = try await curfew("scan")
            _ = try await curfew("evaluate")
            let gone = try await curfew("explain", "feat-a")
            #expect(
                gone.output.contains("feature/a of github.com/acme/shop (its slug is the name), is not there since"),
                "\(gone)"
            )
            let well = try await curfew("doctor", expecting: 0)
            #expect(well.output.contains("ok    repository github.com/acme/shop"), "\(well)")
            let text = try await curfew.house.lines(
                "SELECT coalesce(string_agg(r::text || p::text, ' '), '') FROM repositories r JOIN repository_pages p USING (repository_id)"
            )
            #expect(!text.joined().contains(Self.token))
        }
    }
}
