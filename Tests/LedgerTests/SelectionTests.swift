import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct SelectionTests {
    /// Three environments in two accounts, the oldest last by name.
    private func prepared(_ fixture: LedgerFixture) async throws {
        let ledger = fixture.ledger
        _ = try await ledger.applyPolicy(text: "policies: []", hash: Digest(of: "p"), unwarned: ["p"], at: day(1))
        let scan = try await ledger.scan(
            [
                component("a", created: day(-3), named: ["feat-a"]),
                component("b", created: day(-2), named: ["feat-b"]),
                component("c", created: day(-9), named: ["feat-c"]),
            ],
            at: day(1)
        )
        try await ledger.setOwners([
            key("feat-b"): OwnerRecord(owner: "ada", source: "tag", detail: "", conflict: false)
        ])
        let verdict = VerdictRecord(
            verdict: "stale",
            verdictClass: .stale,
            reason: "",
            policy: "p",
            revision: 1,
            trace: Array("{}".utf8),
            changesAt: nil,
            since: day(1)
        )
        func finding(_ due: Double) -> FindingRecord {
            FindingRecord(state: "flagged", before: nil, json: Array("{}".utf8), flaggedAt: day(1), dueAt: day(due))
        }
        try await ledger.record(
            [
                Decision(key: key("feat-a"), verdict: verdict, finding: finding(9), events: []),
                Decision(key: key("feat-c"), verdict: verdict, finding: finding(4), events: []),
            ],
            in: EvaluationRecord(scan: scan, revision: 1, counts: [:]),
            at: day(1)
        )
    }

    private func names(
        _ fixture: LedgerFixture,
        _ change: (inout EnvironmentSelection) -> Void
    ) async throws -> [String] {
        var selection = EnvironmentSelection()
        change(&selection)
        return try await fixture.ledger.environments(selection).map(\.key.name.text)
    }

    @Test func `every filter narrows, and none is all`() async throws {
        try await LedgerFixture.with { fixture in
            try await prepared(fixture)
            let all = ["feat-a", "feat-b", "feat-c"]
            #expect(try await names(fixture) { _ in } == all)
            #expect(try await names(fixture) { $0.owner = "ada" } == ["feat-b"])
            #expect(try await names(fixture) { $0.isUnowned = true } == ["feat-a", "feat-c"])
            #expect(try await names(fixture) { $0.standing = "stale" } == ["feat-a", "feat-c"])
            #expect(try await names(fixture) { $0.standing = "flagged" } == ["feat-a", "feat-c"])
            #expect(try await names(fixture) { $0.standing = "due" }.isEmpty)
            #expect(try await names(fixture) { $0.states = [.flagged] } == ["feat-a", "feat-c"])
            #expect(try await names(fixture) { $0.states = [.due] }.isEmpty)
            #expect(try await names(fixture) { $0.name = NameGlob("feat-?") } == all)
            #expect(try await names(fixture) { $0.name = NameGlob("*-b") } == ["feat-b"])
            // What means something else in a regular expression means itself.
            #expect(try await names(fixture) { $0.name = NameGlob("feat.a") }.isEmpty)
            #expect(try await names(fixture) { $0.name = NameGlob("eat-a") }.isEmpty)
            #expect(try await names(fixture) { $0.accounts = [target.account] } == all)
            #expect(try await names(fixture) { $0.accounts = [otherTarget.account] }.isEmpty)
            #expect(try await names(fixture) { $0.oldestBy = day(-3) } == ["feat-a", "feat-c"])
            #expect(try await names(fixture) { $0.isAmbiguous = true }.isEmpty)
        }
    }

    @Test func `pages follow one another in every order, and miss nothing`() async throws {
        try await LedgerFixture.with { fixture in
            try await prepared(fixture)
            let orders: [EnvironmentSelection.Order: [String]] = [
                .name: ["feat-a", "feat-b", "feat-c"], .age: ["feat-c", "feat-a", "feat-b"],
                .owner: ["feat-b", "feat-a", "feat-c"], .due: ["feat-c", "feat-a", "feat-b"],
            ]
            for order in EnvironmentSelection.Order.allCases {
                var found: [String] = []
                for offset in 0..<3 {
                    found += try await names(fixture) {
                        $0.order = order
                        $0.limit = 1
                        $0.offset = offset
                    }
                }
                #expect(found == orders[order], "\(order)")
            }
        }
    }
}
