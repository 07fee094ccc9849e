package import Foundation

/// One environment with everything a verdict needs, and the verdict and finding it has.
package struct EnvironmentRecord: Sendable {
    package var key: EnvironmentKey
    package var kind: GroupedEnvironment.Class
    package var beganAt: Date
    package var endedAt: Date?
    /// Created time of the oldest component this life ever had (first-seen where unknown, R4).
    package var oldest: Date
    /// Created (or first-seen) time of the youngest component present.
    package var youngest: Date
    /// Latest change known to have succeeded over the components present.
    package var changed: Date?
    /// Newest created, updated or first-seen time of any component, by anybody but Curfew.
    package var newestActivity: Date
    package var owner: String?
    package var ownerSource: String
    package var ownerDetail: String
    package var ownerConflict: Bool
    package var claim: String?
    package var claimedAt: Date?
    /// Targets this life has or had components in (retired ones left out), each with its newest complete reading.
    package var targets: [TargetCoverage]
    package var protection: Hold?
    package var lease: Hold?
    /// Leases given to this life so far, ended ones too.
    package var leaseCount: Int
    package var releasedAt: Date?
    package var releasedBy: String?
    package var partlyReaped: PartialReap?
    /// Tags of the components present, sorted by id.
    package var tags: [ComponentTags]
    package var componentCount: Int
    package var verdict: VerdictRecord?
    /// The stored finding as JSON, in the rules' own shape.
    package var finding: [UInt8]?
    package var findingState: String?
    package var dueAt: Date?
    package var flaggedAt: Date?
    /// Newest time at which a component that was known before got another class or other names (D5).
    package var regroupedAt: Date?
    package var runtimes: EnvironmentRuntimes
    /// The newest registration that counts for this life.
    package var registration: Registration?
    /// Who made and deployed its components, as far as the provider's history told.
    package var trail: [TrailEvidence]
    /// Where that was not read and nothing better names an owner: at most one in each target, the newest.
    package var untoldTrails: [UntoldTrail]
    /// What is known of its branches and pull requests.
    package var branches: EnvironmentBranches
    /// What was read of it beyond its components, at most one of each kind.
    package var signals: [SignalRecord]
    /// Nil where costs were never read.
    package var cost: EnvironmentCost?

    package init(
        key: EnvironmentKey,
        kind: GroupedEnvironment.Class,
        beganAt: Date,
        endedAt: Date?,
        oldest: Date,
        youngest: Date,
        changed: Date?,
        newestActivity: Date,
        owner: String?,
        ownerSource: String,
        ownerDetail: String,
        ownerConflict: Bool,
        claim: String?,
        claimedAt: Date?,
        targets: [TargetCoverage],
        protection: Hold?,
        lease: Hold?,
        leaseCount: Int,
        releasedAt: Date?,
        releasedBy: String?,
        partlyReaped: PartialReap?,
        tags: [ComponentTags],
        componentCount: Int,
        verdict: VerdictRecord?,
        finding: [UInt8]?,
        findingState: String?,
        dueAt: Date?,
        flaggedAt: Date?,
        regroupedAt: Date? = nil,
        runtimes: EnvironmentRuntimes = .none,
        registration: Registration? = nil,
        trail: [TrailEvidence] = [],
        untoldTrails: [UntoldTrail] = [],
        branches: EnvironmentBranches = .none,
        signals: [SignalRecord] = [],
        cost: EnvironmentCost? = nil
    ) {
        self.key = key
        self.kind = kind
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.oldest = oldest
        self.youngest = youngest
        self.changed = changed
        self.newestActivity = newestActivity
        self.owner = owner
        self.ownerSource = ownerSource
        self.ownerDetail = ownerDetail
        self.ownerConflict = ownerConflict
        self.claim = claim
        self.claimedAt = claimedAt
        self.targets = targets
        self.protection = protection
        self.lease = lease
        self.leaseCount = leaseCount
        self.releasedAt = releasedAt
        self.releasedBy = releasedBy
        self.partlyReaped = partlyReaped
        self.tags = tags
        self.componentCount = componentCount
        self.verdict = verdict
        self.finding = finding
        self.findingState = findingState
        self.dueAt = dueAt
        self.flaggedAt = flaggedAt
        self.regroupedAt = regroupedAt
        self.runtimes = runtimes
        self.registration = registration
        self.trail = trail
        self.untoldTrails = untoldTrails
        self.branches = branches
        self.signals = signals
        self.cost = cost
    }
}
