import Core
import Curl
import Foundation
import Hosts
import Ledger
import Operations
import TestSupport
import Testing

/// A scenario whose scans read repositories.
struct BranchHouse {
    static let policy = Scenario.strict.replacing("{ age: 1d }", with: "{ branch: gone }")
    static let main = ScriptedGitHub.Branch("main", "m")

    let scenario: Scenario
    let repositories: [Repository]
    var hosts: any GitHosting

    /// Scan and evaluation, an hour after the last ones or later.
    @discardableResult
    func look(after hours: Double = 1) async throws -> ScanOutcome {
        scenario.clock.pass(.seconds(hours * 3_600))
        let outcome = try await Scan(
            provider: scenario.world,
            store: scenario.ledger,
            rules: scenario.wiring.rules,
            locks: scenario.ledger,
            evidence: [
                BranchEvidence(
                    host: hosts,
                    store: scenario.ledger,
                    repositories: repositories,
                    names: scenario.wiring.rules.names
                )
            ]
        ).run(only: nil, full: false, clock: scenario.wiring.clock, progress: { _ in })
        try await scenario.evaluate()
        return outcome
    }

    func verdict(_ name: String) async throws -> String? { try await scenario.environment(name)?.verdict?.verdict }
    func because(_ name: String) async throws -> String {
        let trace = try await scenario.environment(name)?.verdict?.trace ?? []
        return String(decoding: trace, as: UTF8.self).replacing("\\/", with: "/")
    }

    static func repository(_ address: String, kind: Repository.Kind, api: String = "") throws -> Repository {
        Repository(address: address, place: try #require(RepositoryPlace(address: address)), kind: kind, api: api)
    }

    static func github(_ api: String) throws -> Repository {
        try repository("https://github.com/acme/shop", kind: .github, api: api)
    }

    static func with(
        _ repositories: [Repository],
        policy: String = policy,
        _ body: (BranchHouse) async throws -> Void
    ) async throws {
        try await Scenario.run { scenario in
            try await scenario.ready(policy)
            let hosts = GitHosts(transport: HTTPPool(width: 1), token: { _ in .success(nil) }, sleep: { _ in })
            try await body(BranchHouse(scenario: scenario, repositories: repositories, hosts: hosts))
        }
    }
}
