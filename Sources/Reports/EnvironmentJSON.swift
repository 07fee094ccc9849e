package import Core
package import Foundation

/// One environment, as `curfew list --json` (an array of them) and `curfew show --json` (one, with `components_detail`) write it.
package struct EnvironmentJSON: Encodable, Sendable {
    /// What it is: `space`, `name` and `incarnation` together never mean anything else.
    package var space: String
    package var name: String
    package var incarnation: Int
    /// `feature`, `permanent` or `ambiguous`: what the naming rules made of it.
    package var `class`: String

    /// The finding's state: `flagged`, `warned`, `due`, `planned`, `reaping`, `reaped`, `held`, `cleared`; null without one.
    @OrNull package var state: String?
    /// `permanent`, `protected`, `leased`, `keep`, `stale`, `undecided`, `ambiguous`; null before the first evaluation.
    @OrNull package var verdict: String?
    /// `stale`, `released`, `partly reaped`, `named`; null unless the verdict is `stale`.
    @OrNull package var verdictClass: String?
    @OrNull package var reason: String?
    @OrNull package var policy: String?
    @OrNull package var policyRevision: Int64?
    /// What holds a stale environment back from being due, in words.
    @OrNull package var heldBack: String?
    /// When the verdict changes while nothing happens.
    @OrNull package var verdictChangesAt: Date?

    /// Who answers for it; `owner_source` says from where that is known (`claim`, `tag`, `registration`, `pattern`, `conflict`,
    /// `none`).
    @OrNull package var owner: String?
    package var ownerSource: String
    package var ownerDetail: String
    package var ownerConflict: Bool

    /// Where it stands, sorted, and how many components are present there.
    package var accounts: [String]
    package var regions: [String]
    package var components: Int

    /// Since when: `created_at` is the oldest component's, `changed_at` the latest successful change's (null: unknown).
    package var createdAt: Date
    @OrNull package var changedAt: Date?
    package var firstSeenAt: Date
    @OrNull package var endedAt: Date?
    package var ageSeconds: Int64
    /// Since the latest change, use, claim or extension; null where the latest change is unknown.
    @OrNull package var idleSeconds: Int64?

    /// What is to come, and what holds it off.
    @OrNull package var flaggedAt: Date?
    /// When the newest warning that counts was delivered: it is due a whole grace (`warn.before`) after that.
    @OrNull package var warnedAt: Date?
    @OrNull package var dueAt: Date?
    @OrNull package var protectedUntil: Date?
    @OrNull package var protectedBecause: String?
    @OrNull package var leasedUntil: Date?
    @OrNull package var leasedBecause: String?
    package var leases: Int
    @OrNull package var releasedAt: Date?
    @OrNull package var partlyReapedBy: String?

    /// The newest registration by a pipeline that counts for this life; null without one.
    @OrNull package var registration: RegistrationJSON?
    /// What was read of it beyond its components.
    package var signals: [SignalJSON]
    /// What it cost by month, newest first; empty where costs were never read.
    package var costs: [CostJSON]
    /// Every target it has or had components in, and the newest complete reading of each.
    package var coverage: [CoverageJSON]
    /// Only `show` fills it in; null in a list.
    @OrNull package var componentsDetail: [ComponentJSON]?
    /// Everything that speaks of its owner, what decides first, also what is outweighed; only in `show`.
    @OrNull package var ownerEvidence: [OwnerEvidenceJSON]?

    /// `components` and `owners`: nil for a list.
    package init(
        _ record: EnvironmentRecord,
        components detail: [ComponentRecord]? = nil,
        owners: OwnerFinding? = nil,
        now: Date
    ) {
        space = record.key.space.text
        name = record.key.name.text
        incarnation = record.key.incarnation
        `class` = record.kind.rawValue
        state = record.findingState
        verdict = record.verdict?.verdict
        verdictClass = record.verdict?.verdictClass?.rawValue
        reason = record.verdict?.reason
        policy = record.verdict?.policy
        policyRevision = record.verdict?.revision
        heldBack = record.heldBack
        verdictChangesAt = record.verdict?.changesAt
        owner = record.owner
        ownerSource = record.ownerSource
        ownerDetail = record.ownerDetail
        ownerConflict = record.ownerConflict
        accounts = Set(record.targets.map(\.target.account.text)).sorted()
        regions = Set(record.targets.map(\.target.region.text)).sorted()
        components = record.componentCount
        createdAt = record.oldest
        changedAt = record.changed
        firstSeenAt = record.beganAt
        endedAt = record.endedAt
        ageSeconds = max(0, now.passed(since: record.oldest).components.seconds)
        idleSeconds = record.active.map { max(0, now.passed(since: $0).components.seconds) }
        flaggedAt = record.flaggedAt
        warnedAt = record.warnedAt
        dueAt = record.dueAt
        protectedUntil = record.protection?.until
        protectedBecause = record.protection?.because
        leasedUntil = record.lease?.until
        leasedBecause = record.lease?.because
        leases = record.leaseCount
        releasedAt = record.releasedAt
        partlyReapedBy = record.partlyReaped?.plan.description
        registration = record.registration.map(RegistrationJSON.init)
        signals = record.signals.map(SignalJSON.init)
        costs = record.cost?.months(asOf: now).map(CostJSON.init) ?? []
        coverage = record.targets.sorted { $0.target < $1.target }.map(CoverageJSON.init)
        componentsDetail = detail?.map { ComponentJSON($0, now: now) }
        ownerEvidence = owners.map { owners in
            owners.evidence.map { OwnerEvidenceJSON($0, decides: owners.decides($0)) }
        }
    }
}

/// How one target of an environment is known.
package struct CoverageJSON: Encodable, Sendable {
    package var account: String
    package var region: String
    /// Its newest reading was complete and is believed.
    package var complete: Bool
    package var suspect: Bool
    @OrNull package var readAt: Date?
    @OrNull package var scan: Int64?
    @OrNull package var failure: String?

    package init(_ coverage: TargetCoverage) {
        account = coverage.target.account.text
        region = coverage.target.region.text
        complete = coverage.scan != nil && coverage.failure == nil && !coverage.suspect
        suspect = coverage.suspect
        readAt = coverage.at
        scan = coverage.scan?.number
        failure = coverage.failure
    }
}

/// One component, as `list --unmatched --json` and `show --json` write it.
///
/// Parameters and outputs are never among it.
package struct ComponentJSON: Encodable, Sendable {
    package var id: String
    package var name: String
    package var account: String
    package var region: String
    /// The provider's own word.
    package var status: String
    /// `feature`, `permanent`, `ambiguous`, `unmatched`, `excluded`, `nested`.
    package var `class`: String
    /// The environment names that its evidence gives, and how they were found.
    package var named: [String]
    package var naming: String
    @OrNull package var createdAt: Date?
    @OrNull package var updatedAt: Date?
    @OrNull package var changedAt: Date?
    package var firstSeenAt: Date
    @OrNull package var goneAt: Date?
    @OrNull package var goneBecause: String?
    @OrNull package var ageSeconds: Int64?
    /// As written; the keys are the provider's own and stay as they are.
    package var tags: [String: String]
    @OrNull package var serviceRole: String?
    package var tool: String
    package var resources: Int

    package init(_ record: ComponentRecord, now: Date) {
        id = record.id.text
        name = record.name
        account = record.target.account.text
        region = record.target.region.text
        status = record.status.text
        `class` = record.kind.rawValue
        named = record.named.map(\.text)
        naming = record.naming
        createdAt = record.created
        updatedAt = record.updated
        changedAt = record.changed
        firstSeenAt = record.firstSeen
        goneAt = record.gone
        goneBecause = record.goneBecause
        ageSeconds = record.created.map { max(0, now.passed(since: $0).components.seconds) }
        tags = record.tags
        serviceRole = record.serviceRole
        tool = record.tool
        resources = record.resourceCount
    }
}
