import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct GrantTests {
    @Test func `grants apply again without effect`() async throws {
        try await LedgerFixture.with { fixture in
            func rights() async throws -> [String] {
                try await fixture.sql(
                    """
                    SELECT c.relname || ' ' || coalesce(c.relacl::text, '') || coalesce(a.attname || a.attacl::text, '')
                    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL
                    WHERE c.relnamespace = 'curfew'::regnamespace ORDER BY 1
                    """
                ).decode(String.self)
            }
            let before = try await rights()
            let connection = try await Connection.open(fixture.settings)
            try await connection.execute(script: Grants.script)
            await connection.close()
            #expect(try await rights() == before)
            #expect(before.count > 20)
        }
    }

    @Test func `the groups that a restore needs are those of the grants`() async throws {
        try await LedgerFixture.with { fixture in
            let groups = try await fixture.sql(
                "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'curfew\\_%' AND NOT rolcanlogin"
            ).decode(String.self)
            #expect(groups.count >= 8)
            #expect(Set(Grants.groups) == Set(groups))
        }
    }

    @Test func `everything belongs to the owner`() async throws {
        try await LedgerFixture.with { fixture in
            let others = try await fixture.number(
                """
                SELECT count(*) FROM (
                    SELECT relowner AS owner FROM pg_class WHERE relnamespace = 'curfew'::regnamespace
                    UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'curfew'::regnamespace
                    UNION ALL SELECT nspowner FROM pg_namespace WHERE nspname = 'curfew'
                ) o WHERE owner <> 'curfew_owner'::regrole
                """
            )
            #expect(others == 0)
        }
    }

    @Test func `a scanner scans, evaluates and plans, but holds and approves nothing`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.ledger.applyPolicy(text: "", hash: Digest(of: "policy"), at: day(1))
            let scanner = fixture.ledger(as: try await fixture.login("scanner", "curfew_scanner"))
            let bucket = ObservedResource(
                logicalID: "B",
                physicalID: "b",
                type: "AWS::S3::Bucket",
                status: "CREATE_COMPLETE"
            )
            try await scanner.scan([component("a")], resources: [stackID("a"): [bucket]], at: day(1))
            let scan = try await scanner.scan(
                [component("a", updated: day(2))],
                resources: [stackID("a"): []],
                at: day(2)
            )
            try await scanner.setOwners([
                key("feat-x"): OwnerRecord(owner: "anna", source: "tag", detail: "", conflict: false)
            ])
            _ = try await scanner.noteNaming(hash: Digest(of: ""), at: day(1))
            let finding = FindingRecord(
                state: "flagged",
                before: nil,
                json: Array("{}".utf8),
                flaggedAt: day(2),
                dueAt: nil
            )
            try await scanner.record(
                [Decision(key: key("feat-x"), verdict: nil, finding: finding, events: ["flagged"])],
                in: EvaluationRecord(
                    scan: scan,
                    revision: 1,
                    counts: [:],
                    complete: [target.account],
                    holds: [AccountHold(account: target.account, since: day(2), because: "many turned stale")]
                ),
                at: day(2)
            )
            let stored = try await scanner.store([draft([(key("feat-x"), [stackID("a")])])], expiresAt: nil, at: day(2))
            let plan = try #require(stored.plans.first)
            let refused: [StoreFailure?] = [
                await failure { try await scanner.accept(target.account, because: "as it should be", at: day(2)) },
                await failure {
                    _ = try await scanner.approve(
                        plan.id,
                        digest: plan.digest,
                        selfApproved: false,
                        because: nil,
                        expiresAt: day(9),
                        at: day(3)
                    ) { _ in true }
                },
                await failure { try await scanner.protect(key("feat-x"), until: day(9), because: "x", at: day(2)) },
                await failure { try await scanner.pause(because: "x", at: day(2)) },
                await failure { try await scanner.setMode(target.account, .reap, because: "x", at: day(2)) },
                await failure { _ = try await scanner.applyPolicy(text: "x", hash: Digest(of: "x"), at: day(2)) },
            ]
            #expect(refused.map { $0?.kind } == Array(repeating: .refused, count: refused.count))
            await scanner.close()
        }
    }

    @Test func `an operator decides, but neither scans nor reaps`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let operating = fixture.ledger(as: try await fixture.login("operator", "curfew_operator"))
            try await operating.protect(key("feat-x"), until: day(9), because: "x", at: day(2))
            #expect(try await operating.unprotect(key("feat-x"), at: day(2)) == 1)
            try await operating.extend(key("feat-x"), until: day(9), because: "x", at: day(2))
            try await operating.claim(key("feat-x"), owner: "anna", at: day(2))
            try await operating.release(key("feat-x"), at: day(2))
            try await operating.pause(because: "x", at: day(2))
            _ = try await operating.resume(at: day(2))
            try await operating.setMode(target.account, .reap, because: "x", at: day(2))
            try await operating.accept(target, because: "x", at: day(2))
            _ = try await operating.applyPolicy(text: "x", hash: Digest(of: "x"), at: day(2))
            _ = try await operating.reject(plan.id, because: "no", at: day(3))
            try await operating.retire(otherTarget, because: "closed", at: day(3))
            #expect(await failure { try await operating.scan([], at: day(4)) }?.kind == .refused)
            let lease = await failure {
                _ = try await operating.claimLease("reap", holder: "x", for: .seconds(9), signatureWindow: .zero)
            }
            #expect(lease?.kind == .refused)
            let tombstone = await failure {
                try await operating.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            }
            #expect(tombstone?.kind == .refused)
            await operating.close()
        }
    }

    @Test func `a reaper carries out what is approved, and approves nothing`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(stacks: ["a"])
            let reaper = fixture.ledger(as: try await fixture.login("reaper", "curfew_reaper"))
            let refused: [StoreFailure?] = [
                await failure {
                    _ = try await reaper.approve(
                        plan.id,
                        digest: plan.digest,
                        selfApproved: false,
                        because: nil,
                        expiresAt: day(9),
                        at: day(3)
                    ) { _ in true }
                },
                await failure { _ = try await reaper.unprotect(key("feat-x"), at: day(2)) },
                await failure { _ = try await reaper.resume(at: day(2)) },
                await failure {
                    _ = try await reaper.store(
                        [draft([(key("feat-x"), [stackID("a")])], losing: ["x"])],
                        expiresAt: nil,
                        at: day(3)
                    )
                },
            ]
            #expect(refused.map { $0?.kind } == Array(repeating: .refused, count: refused.count))
            try await fixture.approve(plan, by: "anna")
            try await reaper.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
            try await reaper.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            try await fixture.intend(1, of: plan, as: reaper, at: day(3))
            for (from, to) in [(StepState.intended, StepState.requested), (.requested, .gone)] {
                try await reaper.move(step: 1, of: plan.id, from: from, to: to, reason: nil, at: day(3))
                try await reaper.noteGone(step: 1, of: plan.id, at: day(3))
            }
            #expect(try await reaper.closeReaped(stackID("a"), environment: key("feat-x"), at: day(3)))
            try await reaper.move(plan.id, from: [.running], to: .done, because: nil, at: day(3))
            await reaper.close()
        }
    }

    @Test func `a reader reads and writes nothing`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let reader = fixture.ledger(as: try await fixture.login("reader", "curfew_reader"))
            #expect(try await reader.environments().count == 1)
            #expect(try await reader.plan(plan.id).steps.count == 2)
            #expect(try await reader.history(of: nil, limit: 5).isEmpty == false)
            #expect(
                await failure { try await reader.note("x", environment: nil, plan: nil, details: [:]) }?.kind
                    == .refused
            )
            #expect(await failure { try await reader.claim(key("feat-x"), owner: "x", at: day(2)) }?.kind == .refused)
            await reader.close()
        }
    }

    @Test func `a member holds, approves and rejects, and does nothing else`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let member = fixture.ledger(as: try await fixture.login("member", "curfew_member"))
            try await member.protect(key("feat-x"), until: day(9), because: "x", at: day(2))
            #expect(try await member.unprotect(key("feat-x"), at: day(2)) == 1)
            try await member.extend(key("feat-x"), until: day(9), because: "x", at: day(2))
            try await member.claim(key("feat-x"), owner: "anna", at: day(2))
            try await member.setOwners([
                key("feat-x"): OwnerRecord(owner: "anna", source: "claim", detail: "", conflict: false)
            ])
            try await member.release(key("feat-x"), at: day(2))
            let finding = FindingRecord(
                state: "held",
                before: nil,
                json: Array("{}".utf8),
                flaggedAt: day(2),
                dueAt: nil
            )
            try await member.setFindings([key("feat-x"): finding], event: "held", plan: plan.id, at: day(3))
            let approved = try await member.approve(
                plan.id,
                digest: plan.digest,
                selfApproved: false,
                because: nil,
                expiresAt: day(9),
                at: day(3)
            ) { !$0.isEmpty }
            #expect(approved.state == .approved)
            #expect(try await member.reject(plan.id, because: "no", at: day(3)).state == .rejected)
            try await member.seal()
            let refused: [StoreFailure?] = [
                await failure { try await member.pause(because: "x", at: day(2)) },
                await failure { try await member.setMode(target.account, .reap, because: "x", at: day(2)) },
                await failure { _ = try await member.applyPolicy(text: "x", hash: Digest(of: "x"), at: day(2)) },
                await failure { try await member.retire(otherTarget, because: "x", at: day(2)) },
                await failure {
                    _ = try await member.store(
                        [draft([(key("feat-x"), [stackID("a")])], losing: ["x"])],
                        expiresAt: nil,
                        at: day(3)
                    )
                },
                await failure { try await member.scan([], at: day(4)) },
                await failure {
                    _ = try await member.claimLease("reap", holder: "x", for: .seconds(9), signatureWindow: .zero)
                },
            ]
            #expect(refused.map { $0?.kind } == Array(repeating: .refused, count: refused.count))
            await member.close()
        }
    }
}
