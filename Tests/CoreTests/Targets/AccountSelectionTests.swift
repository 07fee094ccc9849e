import Core
import Foundation
import Testing

@Suite struct AccountSelectionTests {
    private func account(
        _ id: String = "111111111111",
        _ name: String = "sandbox-a",
        units: [String]? = ["ou-ab12-cd34ef56"]
    )
        -> ListedAccount
    {
        ListedAccount(id: AccountID(id), name: name, state: "ACTIVE", partition: "aws", units: units)
    }

    private func takes(
        _ account: ListedAccount,
        include: [AccountSelection.Rule]? = nil,
        exclude: [AccountSelection.Rule] = []
    ) -> Bool {
        AccountSelection(include: include, exclude: exclude).refusal(of: account) == nil
    }

    private let id = AccountSelection.Rule.account(AccountID("111111111111"))
    private let glob = AccountSelection.Rule.name(NameGlob("Sandbox-*"))
    private let unit = AccountSelection.Rule.unit("ou-ab12-cd34ef56")

    @Test func `without rules every account is taken in, with an include list only what it names`() {
        #expect(takes(account()))
        for rule in [id, glob, unit] { #expect(takes(account(), include: [rule])) }
        #expect(!takes(account(), include: []))
        let other = account("222222222222", "core", units: ["ou-ab12-99999999"])
        for rule in [id, glob, unit] { #expect(!takes(other, include: [rule])) }
        #expect(takes(other, include: [id, .name(NameGlob("core"))]))
    }

    @Test func `exclusion is stronger, but an id is stronger than a name or a unit`() {
        for rule in [glob, unit] {
            #expect(!takes(account(), exclude: [rule]))
            #expect(!takes(account(), include: [glob, unit], exclude: [rule]))
            #expect(takes(account(), include: [id], exclude: [rule]))
            #expect(!takes(account(), include: [rule], exclude: [id]))
        }
        #expect(!takes(account(), include: [id], exclude: [id]))
        let selection = AccountSelection(exclude: [glob])
        #expect(selection.refusal(of: account()) == "excluded by `Sandbox-*`")
    }

    @Test func `of an account whose units are not known a unit takes nothing in and keeps it out`() {
        let unknown = account(units: nil)
        #expect(!takes(unknown, include: [unit]))
        #expect(!takes(unknown, exclude: [unit]))
        #expect(takes(unknown, include: [id], exclude: [unit]))
        #expect(takes(account(units: []), exclude: [unit]))
    }

    @Test func `names of the organization are as old as their listing, and none is never known`() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func names(_ age: TimeInterval?) -> AccountNames {
            AccountNames(names: [:], readAt: age.map { now.addingTimeInterval(-$0) })
        }
        #expect(names(nil).staleness(at: now)?.contains("never listed") == true)
        #expect(names(48 * 3_600).staleness(at: now) == nil)
        #expect(names(48 * 3_600 + 1).staleness(at: now)?.contains("not listed for 2d") == true)
    }
}

@Suite struct UnreadTargetTests {
    private func state(_ account: String, _ state: TargetState.State) -> TargetState {
        TargetState(
            target: Target(account: AccountID(account), region: Region("eu-west-1")),
            state: state,
            because: nil,
            accepted: false,
            lastCompleteAt: nil,
            lastFailure: nil
        )
    }

    @Test func `R8 what is configured and not read, or known and not configured, is said with the way on`() {
        let states = [
            state("1", .retired), state("2", .active), state("3", .suspect), state("4", .retired), state("5", .active),
        ]
        let unread = UnreadTarget.all(
            states,
            configured: [states[0].target, states[4].target],
            passedOver: [
                AccountID("2"): .left, AccountID("6"): .inactive("SUSPENDED"), AccountID("7"): .excluded("by a rule"),
                AccountID("8"): .left,
            ]
        )
        #expect(unread.map(\.what) == ["1/eu-west-1", "2/eu-west-1", "3/eu-west-1", "account 6"])
        #expect(unread[0].why == "retired, but configured: not read")
        #expect(unread[0].advice.contains("curfew accounts reopen 1/eu-west-1 --because"))
        #expect(unread[1].why.hasPrefix("known, but not configured (it left the organization)"))
        #expect(unread[2].why.hasPrefix("known, but not configured: nothing in it ends"))
        #expect(unread[2].advice.contains("curfew accounts retire 3/eu-west-1 --because"))
        #expect(unread[3].why == "not read: it is SUSPENDED in the organization")
    }

    @Test func `R1 what was read before a target was taken up again is not complete`() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let target = Target(account: AccountID("1"), region: Region("eu-west-1"))
        let complete = ReadingSummary(
            target: target,
            outcome: "complete",
            at: now,
            counts: [:],
            gone: 0,
            failure: nil,
            advice: nil
        )
        func coverage(_ state: TargetState.State) -> Coverage {
            Coverage(
                CoverageRecord(state: self.state("1", state), newest: complete, complete: complete, environments: 1),
                configured: true,
                now: now
            )
        }
        #expect(coverage(.suspect) == .suspect)
        #expect(coverage(.active) == .complete)
    }
}
