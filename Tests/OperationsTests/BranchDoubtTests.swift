import Core
import Foundation
import Hosts
import Operations
import TestSupport
import Testing

/// Lists of branches that were read whole, and say too much at once.
@Suite struct BranchDoubtTests {
    private static let many = (0..<11).map { ScriptedGitHub.Branch("topic/\($0)", "c\($0)") }

    @Test func `R3 GitHub: a list that lost most of its branches is not believed before it was read twice`()
        async throws
    {
        let all = Self.many + [BranchHouse.main, .init("feature/x", "a")]
        let server = try ScriptedGitHub(all)
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change { $0.branches = [BranchHouse.main] }
            for hours in [1, 5.9] {
                let outcome = try await house.look(after: hours)
                #expect(try await house.verdict("feat-x") == "undecided")
                #expect(outcome.notes.first?.why.contains("only 1 of the 13 branches known before") == true)
                #expect(outcome.isComplete)
            }
            // It was somebody's mistake.
            server.change { $0.branches = all }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change { $0.branches = [BranchHouse.main] }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            // A reading that fails in between says neither.
            server.change { $0.instead = { _ in ScriptedAnswer(status: 404) } }
            try await house.look()
            server.change { $0.instead = { _ in nil } }
            try await house.look(after: 5)
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    @Test func `R3 GitHub: another repository behind the same name has lost no branch before it was read twice`()
        async throws
    {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            server.change { state in
                state.id = 78
                state.branches = [BranchHouse.main]
            }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            #expect(try await house.because("feat-x").contains("another repository has its name by now"))
            // A third one is not the second.
            server.change { $0.id = 79 }
            try await house.look(after: 7)
            #expect(try await house.verdict("feat-x") == "undecided")
            // Nor is one that does not say who it is.
            server.change { $0.instead = { $0.path == "/repos/acme/shop" ? ScriptedAnswer(status: 403) : nil } }
            try await house.look(after: 7)
            #expect(try await house.verdict("feat-x") == "undecided")
            // Its list is believed, and says nothing of a branch of the first one, however often it is read.
            server.change { $0.instead = { _ in nil } }
            for _ in 0..<3 {
                try await house.look(after: 7)
                #expect(try await house.verdict("feat-x") == "undecided")
                #expect(try await house.because("feat-x").contains("it was of another repository"))
            }
            server.change { $0.branches.append(.init("feature/x", "b")) }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
        }
    }

    @Test func `R2 GitHub: a branch that could not be asked for by its name is unknown, with the reason`() async throws
    {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            server.change { state in
                state.branches.removeLast()
                state.instead = { $0.path.contains("matching-refs") ? ScriptedAnswer(status: 502) : nil }
            }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            #expect(try await house.because("feat-x").contains("answered 502"))
            server.change { $0.instead = { _ in nil } }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    @Test func `D3 what was merged into the default branch of then was not merged into the one of now`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        server.change { state in
            state.pulls = [
                .init(5, "feature/x", "a", updatedAt: "2025-10-08T09:00:00Z") {
                    $0.state = "closed"
                    $0.closedAt = "2025-10-08T09:00:00Z"
                    $0.mergedAt = $0.closedAt
                }
            ]
        }
        let policy = BranchHouse.policy.replacing("{ branch: gone }", with: "{ branch: merged }")
        try await BranchHouse.with([try BranchHouse.github(server.url)], policy: policy) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
            // Nothing about the request itself changes.
            server.change { state in
                state.defaultBranch = "trunk"
                state.branches.append(.init("trunk", "t"))
            }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change { $0.defaultBranch = "main" }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    @Test func `D3 requests of the repository that had this name before are none of this one's`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        func merged(_ number: Int, at: String) -> ScriptedGitHub.Pull {
            .init(number, "feature/x", "a", updatedAt: at) {
                $0.state = "closed"
                $0.closedAt = at
                $0.mergedAt = at
            }
        }
        let policy = BranchHouse.policy.replacing("{ branch: gone }", with: "{ pull_request: merged }")
        try await BranchHouse.with([try BranchHouse.github(server.url)], policy: policy) { house in
            await house.scenario.world.old("shop-feat-x")
            server.change { $0.pulls = [merged(5, at: "2025-10-08T09:00:00Z")] }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
            // The name passes to a repository whose requests are all older than the newest one known.
            server.change { state in
                state.id = 78
                state.branches.append(.init("theirs", "t"))
                state.pulls = [.init(5, "feature/x", "a", updatedAt: "2025-10-01T09:00:00Z")]
            }
            try await house.look()
            try await house.look(after: 7)
            #expect(try await house.verdict("feat-x") == "undecided")
            #expect(try await house.because("feat-x").contains("its pull requests were never read"))
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change { $0.pulls = [merged(5, at: "2025-10-09T09:00:00Z")] }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    @Test
    func `D3 GitHub: where branches were not read, it is not known that nobody owns it, and it has the longer grace`()
        async throws
    {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        server.change { $0.instead = { _ in ScriptedAnswer(status: 404) } }
        let rule = Scenario.warning
        try await BranchHouse.with([try BranchHouse.github(server.url)], policy: rule) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            let record = try #require(try await house.scenario.environment("feat-x"))
            #expect(record.findingState == "flagged")
            let finding = try FindingCoding.decode(try #require(record.finding))
            #expect(finding.isUnowned == true)
            try await house.scenario.apply(
                rule.replacing("stale_when: { age: 1d }", with: "stale_when: { owner: unknown }")
            )
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            server.change { $0.instead = { _ in nil } }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }
}
