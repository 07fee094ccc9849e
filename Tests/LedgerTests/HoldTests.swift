import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct HoldTests {
    @Test func `a lease follows the one before, and is counted`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.extend(key("feat-x"), until: day(8), because: "first", at: day(1))
            try await ledger.extend(key("feat-x"), until: day(15), because: "second", at: day(2))
            let environment = try #require(try await ledger.environments().first)
            #expect(environment.lease?.because == "second" && environment.lease?.until == day(15))
            #expect(environment.lease?.id == "lease 2" && environment.leaseCount == 2)
            #expect(environment.lease?.by == fixture.settings.overrides["user"])
        }
    }

    @Test func `release ends the lease, and claim and extend end the release`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.extend(key("feat-x"), until: day(8), because: "first", at: day(1))
            try await ledger.release(key("feat-x"), at: day(2))
            var environment = try await ledger.environments().first
            #expect(environment?.lease == nil && environment?.releasedAt == day(2) && environment?.releasedBy != nil)
            try await ledger.claim(key("feat-x"), owner: "anna", at: day(3))
            environment = try await ledger.environments().first
            #expect(environment?.releasedAt == nil && environment?.claim == "anna" && environment?.claimedAt == day(3))
            try await ledger.release(key("feat-x"), at: day(4))
            try await ledger.extend(key("feat-x"), until: day(11), because: "again", at: day(5))
            environment = try await ledger.environments().first
            #expect(environment?.releasedAt == nil && environment?.lease?.because == "again")
            let events = try await ledger.history(of: key("feat-x"), limit: 20).map(\.event)
            #expect(events.contains("claimed") && events.contains("released") && events.contains("extended"))
        }
    }

    @Test func `what has ended or never was cannot be held`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.scan([], gone: [stackID("a")], at: day(2))
            let ended = await failure { try await ledger.claim(key("feat-x"), owner: "anna", at: day(3)) }
            #expect(ended?.kind == .conflict)
            let never = await failure {
                try await ledger.protect(key("feat-z"), until: day(9), because: "x", at: day(3))
            }
            #expect(never?.kind == .notFound)
        }
    }

    @Test func `owners are written where they differ, with an entry each`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b", named: ["feat-y"])], at: day(1))
            let anna = OwnerRecord(owner: "anna", source: "tag", detail: "owner=anna", conflict: false)
            try await ledger.setOwners([key("feat-x"): anna, key("feat-y"): anna])
            try await ledger.setOwners([key("feat-x"): anna])
            #expect(try await ledger.environments().map(\.owner) == ["anna", "anna"])
            #expect(try await ledger.history(of: nil, limit: 50).filter { $0.event == "owner found" }.count == 2)
        }
    }

    @Test func `accounts begin in report mode, and a change says who and why`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([], at: day(1))
            #expect(try await ledger.accounts().map(\.mode) == [.report, .report])
            try await ledger.setMode(target.account, .reap, because: "agreed with the team", at: day(2))
            let account = try await ledger.accounts().first
            #expect(account?.mode == .reap && account?.because == "agreed with the team" && account?.at == day(2))
            #expect(account?.by == fixture.settings.overrides["user"])
        }
    }

    @Test func `D2 an account's mode is of the account as it came, and lapses for good when it comes from elsewhere`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let scanning = fixture.ledger(as: try await fixture.login("scanner", "curfew_scanner"))
            try await fixture.ledger.scan([], at: day(1))
            try await fixture.ledger.setMode(target.account, .reap, of: .settings, because: "agreed", at: day(2))
            func mode() async throws -> AccountRecord.Mode? {
                try await fixture.ledger.accounts().first { $0.account == target.account }?.mode
            }
            // Nobody knows it, or the same do.
            try await scanning.lapseModes([:])
            try await scanning.lapseModes([target.account: .settings, otherTarget.account: .organization])
            #expect(try await mode() == .reap)
            try await scanning.lapseModes([target.account: .organization])
            #expect(try await mode() == .report)
            let said = try await fixture.ledger.history(of: nil, limit: 9).filter { $0.event == "account mode report" }
            #expect(said.count == 1)
            let record = try await fixture.ledger.accounts().first { $0.account == target.account }
            #expect(record?.by == "scanner" || record?.by?.contains("scanner") == true)
            #expect(record?.because?.contains("by now it comes from the organization") == true)
            // Once is enough, and going back gives nothing back.
            try await scanning.lapseModes([target.account: .settings])
            #expect(try await mode() == .report)
            await scanning.close()
        }
    }

    @Test func `P8 one pause at a time, and it says why and who`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            #expect(try await ledger.pauseReason() == nil)
            try await ledger.pause(because: "a fire", at: day(1))
            #expect(try await ledger.pauseReason()?.hasPrefix("a fire (") == true)
            #expect(await failure { try await ledger.pause(because: "another", at: day(2)) }?.kind == .conflict)
            #expect(try await ledger.resume(at: day(3)))
            #expect(try await ledger.resume(at: day(3)) == false)
            #expect(try await ledger.pauseReason() == nil)
        }
    }

    @Test func `the login is who is connected, with roles only by membership`() async throws {
        try await LedgerFixture.with { fixture in
            let logins: [(ConnectionSettings, Set<DatabaseRole>)] = [
                (try await fixture.login("anna", "curfew_operator"), [.operator]),
                (try await fixture.login("nightly", "curfew_scanner", "curfew_reaper"), [.scanner, .reaper]),
                (try await fixture.login("ben", "curfew_reader"), []),
                (try await fixture.login("eve", "curfew_member", "curfew_verifier"), []),
                (try await fixture.login("pipeline", "curfew_registrar"), [.registrar]),
                (fixture.settings, Set(DatabaseRole.allCases)),
            ]
            for (settings, roles) in logins {
                let ledger = fixture.ledger(as: settings)
                let login = try await ledger.login()
                #expect(login == Login(name: settings.overrides["user"] ?? "", roles: roles, embedded: false))
                await ledger.close()
            }
        }
    }

    @Test func `the clock is the database's`() async throws {
        try await LedgerFixture.with { fixture in
            let now = try await fixture.ledger.clock()
            #expect(abs(now.timeIntervalSince(Date())) < 60)
        }
    }
}
