import Core
import Ledger
import Operations
import Providers
import Reports
import Settings

/// What `doctor` looks at of where there is something to read: the organization and accounts' regions, asked as a scan
/// asks them; nothing of the answers is kept.
struct DoctorTargets: Sendable {
    let session: Session

    func organization(_ organization: OrganizationSettings) async throws -> DoctorWord {
        let listed = try await session.aws.finding.organizationAccounts()
        let left = listed.filter { organization.selection.refusal(of: $0) != nil }.count
        let inactive = listed.filter { !$0.isActive && organization.selection.refusal(of: $0) == nil }.count
        var text = "\(Canvas.counted(listed.count, "account")) listed"
        if left > 0 { text += ", \(left) left out by rules" }
        if inactive > 0 { text += ", \(inactive) not active and not read" }
        guard let known = try await session.ledger.organization(), let at = known.listedAt else {
            return .warning("\(text); none of them is known here yet: curfew scan")
        }
        text += "; known since \(session.shell.moment(at))"
        let now = session.wiring.clock()
        guard let stale = AccountNames(known).staleness(at: now) else { return .ok(text) }
        // P9: a name that may have changed blocks like one that is known to be bad.
        return .warning("\(text); \(stale), so nothing is torn down in any of them: curfew scan")
    }

    func regions(of account: AccountSettings) async throws -> DoctorWord {
        let identity = try await session.aws.finding.identity(of: account.id)
        guard identity == account.id else {
            throw Problem(
                .configuration,
                "the credentials belong to account \(identity)",
                advice: "correct the profile or role in the settings file"
            )
        }
        let enabled = try await session.aws.finding.enabledRegions(of: account.id)
        guard !account.regions.isEmpty else {
            return .warning("\(Canvas.counted(enabled.count, "region")) enabled; none of them is read yet: curfew scan")
        }
        return .ok("\(Canvas.counted(enabled.count, "region")) enabled, \(account.regions.count) of them read")
    }
}
