import Core
import Foundation
import Ledger
import Operations
import Settings

extension Session {
    /// Every account that the settings, the organization or the records know.
    func accountOverviews() async throws -> [AccountOverview] {
        let organization = found.settings.organization == nil ? nil : try await ledger.organization()
        let listed = Dictionary(
            (organization?.accounts ?? []).map { ($0.listed.id, $0.listed) },
            uniquingKeysWith: { first, _ in first }
        )
        let regions = found.settings.findsTargets ? try await ledger.regions() : [:]
        let settings = Dictionary(found.settings.accounts.map { ($0.id, $0) }) { first, _ in first }
        let targets = Dictionary(grouping: try await coveredTargets(), by: \.target.account)
        let records = try await wiring.accounts()
        let known = Set(records.map(\.account)).union(settings.keys).union(listed.keys).union(targets.keys)
        return known.sorted().map { id in
            let account = settings[id]
            let record = records.first { $0.account == id }
            let isDiscovered = account.map(\.isDiscovered) ?? (listed[id] != nil)
            let isKnown = account != nil || listed[id] != nil
            return AccountOverview(
                // D2: an account that nobody set a mode for is in report mode.
                record: record ?? AccountRecord(account: id, mode: .report, because: nil, by: nil, at: nil),
                name: account?.name,
                origin: isKnown ? (isDiscovered ? .organization : .settings) : .records,
                access: account?.accessText,
                regions: account?.regions ?? [],
                findsRegions: account?.enabledRegions != nil,
                regionsTrouble: account?.enabledRegions == nil ? nil : regions[id]?.trouble,
                state: listed[id]?.state,
                passedOver: found.known?.passedOver[id],
                targets: targets[id] ?? []
            )
        }
    }

    /// Every target that is or was read, with how well it is known.
    func coveredTargets() async throws -> [CoveredTarget] {
        CoveredTarget.all(
            try await ledger.coverage(),
            configured: wiring.rules.configured,
            passedOver: found.known?.passedOver ?? [:],
            now: wiring.clock()
        )
    }

    /// Accounts without one known region, which have no target to speak of.
    func accountsWithoutRegions() async throws -> [CoveredTarget] {
        let lacking = found.settings.accounts.filter { $0.enabledRegions != nil && $0.regions.isEmpty }
        guard !lacking.isEmpty else { return [] }
        let regions = try await ledger.regions()
        return lacking.map { CoveredTarget(unknownRegionsOf: $0.id, regions[$0.id]) }
    }
}

extension CoveredTarget {
    fileprivate init(unknownRegionsOf account: AccountID, _ regions: RegionsRecord?) {
        let target = Target(account: account, region: Region("unknown"))
        let state = TargetState(
            target: target,
            state: .active,
            because: nil,
            accepted: false,
            lastCompleteAt: nil,
            lastFailure: regions?.trouble?.why
        )
        let failed = regions?.trouble.map { trouble in
            ReadingSummary(
                target: target,
                outcome: "failed",
                at: trouble.at,
                counts: [:],
                gone: 0,
                failure: "its regions could not be read: \(trouble.why)",
                advice: trouble.advice
            )
        }
        let record = CoverageRecord(state: state, newest: failed, complete: nil, environments: 0)
        self.init(record: record, coverage: failed == nil ? .never : .failed)
    }
}

extension AccountSettings {
    /// With whose credentials it is read; never with an external id.
    fileprivate var accessText: String {
        switch access {
        case .ambient: return "ambient credentials"
        case .profile(let name): return "profile \(name)"
        case .role(let arn, _, let profile):
            let role = arn.range(of: ":role/").map { String(arn[$0.upperBound...]) } ?? arn
            return "role \(role)\(profile.map { ", profile \($0)" } ?? "")"
        }
    }
}
