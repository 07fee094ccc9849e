import Core
import Curl
import Foundation
import Hosts
import Ledger
import Operations
import TestSupport
import Testing

/// The ways of knowing that a branch is gone, from a host's answer to a verdict.
@Suite struct BranchEvidenceTests {
    @Test func `R3 plain git: a branch that two readings apart both lack makes its environment stale, one does not`()
        async throws
    {
        try await GitRepository.with { git in
            try await git.git("branch", "feature/x")
            try await git.git("branch", "feature/y")
            let repository = try BranchHouse.repository("file://\(git.folder)", kind: .git)
            try await BranchHouse.with([repository]) { house in
                for name in ["shop-feat-x", "shop-feat-y", "shop-feat-never"] { await house.scenario.world.old(name) }
                try await house.look()
                #expect(try await house.verdict("feat-x") == "keep")
                #expect(try await house.verdict("feat-never") == "undecided")
                try await git.git("branch", "-D", "feature/x")
                for _ in 1...3 {
                    try await house.look()
                    #expect(try await house.verdict("feat-x") == "undecided")
                }
                let because = try await house.because("feat-x")
                #expect(because.contains("another reading has to lack it"), "\(because)")
                try await house.look(after: 4)
                #expect(try await house.verdict("feat-x") == "stale")
                #expect(try await house.verdict("feat-y") == "keep")
                #expect(try await house.verdict("feat-never") == "undecided")
                // Pushed again, it is wanted again.
                try await git.git("branch", "feature/x")
                try await house.look()
                #expect(try await house.verdict("feat-x") == "keep")
            }
        }
    }

    @Test func `R1 plain git: a repository that is gone itself has lost no branch`() async throws {
        try await GitRepository.with { git in
            try await git.git("branch", "feature/x")
            let repository = try BranchHouse.repository("file://\(git.folder)/.git", kind: .git)
            try await BranchHouse.with([repository]) { house in
                await house.scenario.world.old("shop-feat-x")
                try await house.look()
                try FileManager.default.moveItem(atPath: "\(git.folder)/.git", toPath: "\(git.folder)/moved")
                let outcome = try await house.look()
                #expect(try await house.verdict("feat-x") == "undecided")
                #expect(outcome.notes.count == 1)
                #expect(outcome.isComplete)
                try FileManager.default.moveItem(atPath: "\(git.folder)/moved", toPath: "\(git.folder)/.git")
                try await house.look()
                #expect(try await house.verdict("feat-x") == "keep")
            }
        }
    }

    /// Each of them is an answer from a host of which a branch was deleted, and proves nothing about that.
    static let unreadable: [ScriptedAnswer] = [
        ScriptedAnswer(status: 404, body: #"{"message":"Not Found"}"#), ScriptedAnswer(status: 401),
        ScriptedAnswer(status: 403, headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1760010000")]),
        ScriptedAnswer(status: 500), ScriptedAnswer(body: "[]"), ScriptedAnswer(body: #"[{"name":"main"#),
        ScriptedAnswer(body: #"[{"name":"main","commit":{"sha":"m"}}]"#, ending: .missing(50)),
    ]

    @Test(arguments: unreadable.indices)
    func `R1 GitHub: what could not be read leaves a deleted branch unknown`(index: Int) async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change { state in
                state.branches.removeLast()
                state.instead = { $0.path.contains("/branches") ? Self.unreadable[index] : nil }
            }
            let outcome = try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            #expect(outcome.notes.count == 1, "\(outcome.notes)")
            let because = try await house.because("feat-x").replacing("\\/", with: "/")
            #expect(because.contains("github.com/acme/shop"), "\(because)")
            server.change { $0.instead = { _ in nil } }
            // Whatever limit there was is over.
            house.scenario.clock.pass(.seconds(90_000))
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    @Test func `R2 GitHub: a branch that slipped between two pages is not gone`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            // The list lacks it, and by its name it is there.
            server.change {
                $0.instead = { request in
                    request.path.contains("/branches")
                        ? ScriptedAnswer(body: #"[{"name":"main","commit":{"sha":"m"}}]"#) : nil
                }
            }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
        }
    }

    @Test func `R1 GitHub: a page that breaks off is no end of the list, and one that is not asked for neither`()
        async throws
    {
        let many = (0..<150).map { ScriptedGitHub.Branch("aaa/\($0)", "c") }
        let server = try ScriptedGitHub(many + [BranchHouse.main, .init("zzz/feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            server.change {
                $0.instead = { request in
                    request.path.contains("/list/1") ? ScriptedAnswer(body: "[{", ending: .missing(900)) : nil
                }
            }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            server.change { $0.instead = { _ in nil } }
            let before = server.requests.count
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            // All of it unchanged: three requests, and each said what was known.
            #expect(server.requests.dropFirst(before).allSatisfy { $0[header: "if-none-match"] != nil })
            #expect(server.requests.count - before == 3)
        }
    }

    @Test func `GitHub: a repository that was renamed keeps its branches, and its new name is told`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        let old = try BranchHouse.repository("https://github.com/acme/old", kind: .github, api: server.url)
        server.change { state in
            state.name = "acme/store"
            state.instead = { request in
                guard request.path.hasPrefix("/repos/acme/old") else { return nil }
                let rest = request.path.dropFirst("/repos/acme/old".count)
                return ScriptedAnswer(status: 301, headers: [("Location", "/repos/acme/shop\(rest)")])
            }
        }
        try await BranchHouse.with([old]) { house in
            await house.scenario.world.old("shop-feat-x")
            let outcome = try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
            #expect(outcome.notes.map(\.why) == ["its host sends us on to acme/store; its branches were read there"])
        }
    }

    @Test func `P17 R1 GitHub: a host that sends us to another one is unknown, and that one is not asked`() async throws
    {
        let elsewhere = try ScriptedGitHub([BranchHouse.main])
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer {
            server.stop()
            elsewhere.stop()
        }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            let place = "\(elsewhere.url)/repos/acme/shop/branches"
            server.change { $0.instead = { _ in ScriptedAnswer(status: 301, headers: [("Location", place)]) } }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "undecided")
            #expect(elsewhere.requests.isEmpty)
        }
    }

    @Test func `N3 a host that asked to be left alone is not called before that`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            server.change { $0.instead = { _ in ScriptedAnswer(status: 429, headers: [("Retry-After", "7200")]) } }
            try await house.look()
            let asked = server.requests.count
            server.change { $0.instead = { _ in nil } }
            let outcome = try await house.look()
            #expect(server.requests.count == asked)
            #expect(outcome.notes.first?.why.contains("takes no more requests until") == true)
            try await house.look()
            #expect(try await house.verdict("feat-x") == "keep")
        }
    }

    @Test func `a cut slug is alive as long as one live branch begins like it, and unknown after that`() async throws {
        let server = try ScriptedGitHub([
            BranchHouse.main, .init("feature/checkout-redesign-one", "a"), .init("feature/checkout-redesign-two", "b"),
        ])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-checkout-redes")
            try await house.look()
            #expect(try await house.verdict("feat-checkout-redes") == "keep")
            server.change { $0.branches.removeAll { $0.name.hasSuffix("one") } }
            try await house.look()
            #expect(try await house.verdict("feat-checkout-redes") == "keep")
            server.change { $0.branches.removeAll { $0.name.hasSuffix("two") } }
            try await house.look()
            #expect(try await house.verdict("feat-checkout-redes") == "undecided")
        }
    }

    @Test func `a pull request by its number: open, merged, and its environment goes`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("topic", "a")])
        defer { server.stop() }
        server.change { $0.pulls = [.init(12, "topic", "a", updatedAt: "2025-10-01T10:00:00Z")] }
        let merged = BranchHouse.policy.replacing("{ branch: gone }", with: "{ pull_request: merged }")
        try await BranchHouse.with([try BranchHouse.github(server.url)], policy: merged) { house in
            await house.scenario.world.old("shop-pr-12")
            await house.scenario.world.old("shop-pr-13")
            try await house.look()
            #expect(try await house.verdict("pr-12") == "keep")
            #expect(try await house.verdict("pr-13") == "undecided")
            server.change { state in
                state.pulls[0].state = "closed"
                state.pulls[0].closedAt = "2025-10-09T09:00:00Z"
                state.pulls[0].mergedAt = "2025-10-09T09:00:00Z"
                state.pulls[0].updatedAt = "2025-10-09T09:00:00Z"
            }
            try await house.look()
            #expect(try await house.verdict("pr-12") == "stale")
            let found = try await house.scenario.environment("pr-12")
            #expect(found?.branches.branches.map(\.branch) == ["topic"])
            #expect(found?.branches.requests.map(\.request.number) == [12])
        }
    }

    @Test func `what a pipeline registered is the repository and the branch, whatever the settings' names say`()
        async throws
    {
        let shop = try ScriptedGitHub([BranchHouse.main, .init("topic/ours", "a"), .init("feature/x", "b")])
        let web = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "b")])
        defer {
            shop.stop()
            web.stop()
        }
        let repositories = [
            try BranchHouse.github(shop.url),
            try BranchHouse.repository("https://github.com/acme/web", kind: .github, api: web.url),
        ]
        try await BranchHouse.with(repositories) { house in
            let draft = try Self.draft("feat-x", branch: "topic/ours", repository: "https://github.com/acme/shop")
            _ = try await house.scenario.ledger.register(draft, in: SpaceName(Scenario.shop.text))
            await house.scenario.world.add("shop-feat-x", in: Scenario.home, created: house.scenario.clock.now)
            house.scenario.clock.pass(.seconds(90_000))
            try await house.look()
            let seen = try await house.scenario.environment("feat-x")?.branches
            #expect(seen?.repositories.map(\.address) == ["https://github.com/acme/shop"])
            #expect(seen?.repositories.map(\.isRegistered) == [true])
            #expect(seen?.branches.map(\.branch) == ["feature/x", "topic/ours"])
            #expect(web.requests.isEmpty)
            shop.change { $0.branches = [BranchHouse.main] }
            try await house.look()
            #expect(try await house.verdict("feat-x") == "stale")
        }
    }

    private static func draft(_ name: String, branch: String, repository: String) throws -> RegistrationDraft {
        var draft = RegistrationDraft(name: EnvironmentName(name), owner: OwnerName("ada@example.com"))
        draft.branch = branch
        draft.repository = repository
        return draft
    }

    @Test func `the author of the newest commit owns what nobody else does`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        server.change {
            $0.commits["a"] = .init(at: "2025-10-01T10:00:00Z", name: "Bob", address: "bob@example.com")
        }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            let found = try await house.scenario.environment("feat-x")
            #expect(found?.owner == "bob@example.com")
            #expect(found?.ownerSource == "branch author")
            #expect(found?.branches.branches.first?.activeAt == Date(timeIntervalSince1970: 1_759_312_800))
            // The commit is asked for once.
            try await house.look()
            #expect(server.requests.filter { $0.path.contains("/commits/") }.count == 1)
        }
    }

    @Test func `a repository that left the settings says nothing any more`() async throws {
        let server = try ScriptedGitHub([BranchHouse.main, .init("feature/x", "a")])
        defer { server.stop() }
        try await BranchHouse.with([try BranchHouse.github(server.url)]) { house in
            await house.scenario.world.old("shop-feat-x")
            try await house.look()
            #expect(try await house.scenario.environment("feat-x")?.branches.branches.count == 1)
            let without = BranchHouse(scenario: house.scenario, repositories: [], hosts: house.hosts)
            try await without.look()
            #expect(try await without.scenario.environment("feat-x")?.branches == EnvironmentBranches.none)
        }
    }
}
