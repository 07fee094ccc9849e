package import Foundation

/// A hold on teardown or an environment's own time.
package struct Hold: Sendable, Hashable, Codable {
    /// Unique among holds of its kind, such as `protection 3`.
    package var id: String
    package var until: Date
    package var because: String
    package var by: String
    package var at: Date

    package init(id: String, until: Date, because: String, by: String, at: Date) {
        self.id = id
        self.until = until
        self.because = because
        self.by = by
        self.at = at
    }
}

/// One component as the inventory keeps it.
package struct ComponentRecord: Sendable {
    package var id: ComponentID
    package var target: Target
    package var name: String
    package var status: ComponentStatus
    package var kind: ComponentClass
    package var named: [EnvironmentName]
    package var naming: String
    package var created: Date?
    package var updated: Date?
    package var changed: Date?
    package var firstSeen: Date
    package var gone: Date?
    package var goneBecause: String?
    package var tags: [String: String]
    package var serviceRole: String?
    package var tool: String
    package var environment: EnvironmentKey?
    package var resourceCount: Int

    package init(
        id: ComponentID,
        target: Target,
        name: String,
        status: ComponentStatus,
        kind: ComponentClass,
        named: [EnvironmentName],
        naming: String,
        created: Date?,
        updated: Date?,
        changed: Date?,
        firstSeen: Date,
        gone: Date?,
        goneBecause: String?,
        tags: [String: String],
        serviceRole: String?,
        tool: String,
        environment: EnvironmentKey?,
        resourceCount: Int
    ) {
        self.id = id
        self.target = target
        self.name = name
        self.status = status
        self.kind = kind
        self.named = named
        self.naming = naming
        self.created = created
        self.updated = updated
        self.changed = changed
        self.firstSeen = firstSeen
        self.gone = gone
        self.goneBecause = goneBecause
        self.tags = tags
        self.serviceRole = serviceRole
        self.tool = tool
        self.environment = environment
        self.resourceCount = resourceCount
    }
}

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
        regroupedAt: Date? = nil
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
    }
}

/// What one present component of an environment says about itself.
package struct ComponentTags: Sendable, Hashable {
    package var id: ComponentID
    package var created: Date?
    package var tags: [String: String]

    package init(id: ComponentID, created: Date?, tags: [String: String]) {
        self.id = id
        self.created = created
        self.tags = tags
    }
}

/// How well one target of an environment is known.
package struct TargetCoverage: Sendable, Hashable {
    package var target: Target
    package var suspect: Bool
    /// The newest scan that read it completely, and when.
    package var scan: ScanID?
    package var at: Date?
    /// Why the newest reading was not complete, where it was not.
    package var failure: String?

    package init(target: Target, suspect: Bool, scan: ScanID?, at: Date?, failure: String?) {
        self.target = target
        self.suspect = suspect
        self.scan = scan
        self.at = at
        self.failure = failure
    }
}

/// A plan's steps deleted some components before that plan ended failed or halted.
package struct PartialReap: Sendable, Hashable, Codable {
    package var plan: PlanID
    package var at: Date
    package init(plan: PlanID, at: Date) {
        self.plan = plan
        self.at = at
    }
}

/// The newest verdict as it is kept.
package struct VerdictRecord: Sendable {
    package var verdict: String
    package var verdictClass: VerdictClass?
    package var reason: String
    package var policy: String?
    package var revision: Int64
    /// The trace as JSON.
    package var trace: [UInt8]
    package var changesAt: Date?
    package var since: Date

    package init(
        verdict: String,
        verdictClass: VerdictClass?,
        reason: String,
        policy: String?,
        revision: Int64,
        trace: [UInt8],
        changesAt: Date?,
        since: Date
    ) {
        self.verdict = verdict
        self.verdictClass = verdictClass
        self.reason = reason
        self.policy = policy
        self.revision = revision
        self.trace = trace
        self.changesAt = changesAt
        self.since = since
    }
}

/// One line of the audit log.
package struct AuditEntry: Sendable {
    package var id: Int64
    package var at: Date
    package var actor: String
    package var event: String
    package var environment: EnvironmentKey?
    package var plan: PlanID?
    /// JSON.
    package var details: [UInt8]

    package init(
        id: Int64,
        at: Date,
        actor: String,
        event: String,
        environment: EnvironmentKey?,
        plan: PlanID?,
        details: [UInt8]
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.event = event
        self.environment = environment
        self.plan = plan
        self.details = details
    }
}

/// An account as the inventory knows it.
package struct AccountRecord: Sendable {
    package enum Mode: String, Sendable, Codable, CaseIterable {
        case report
        case reap
    }

    package var account: AccountID
    package var mode: Mode
    package var because: String?
    package var by: String?
    package var at: Date?

    package init(account: AccountID, mode: Mode, because: String?, by: String?, at: Date?) {
        self.account = account
        self.mode = mode
        self.because = because
        self.by = by
        self.at = at
    }
}

/// Who is connected, as the database proves it.
package struct Login: Sendable, Hashable {
    package var name: String
    /// Member of `curfew_operator` (or the owner of the database).
    package var isOperator: Bool
    /// The database is our own private cluster.
    package var embedded: Bool

    package init(name: String, isOperator: Bool, embedded: Bool) {
        self.name = name
        self.isOperator = isOperator
        self.embedded = embedded
    }
}

/// Reading the inventory and changing what people say about it.
///
/// Every change writes its audit entry in the same transaction.
package protocol EnvironmentStore: Sendable {
    func login() async throws(StoreFailure) -> Login
    /// The database's clock.
    func clock() async throws(StoreFailure) -> Date

    /// Environments whose life is open, sorted by key.
    func environments() async throws(StoreFailure) -> [EnvironmentRecord]
    /// The newest life of every environment of that name, open or ended, in any space.
    func environments(named: EnvironmentName) async throws(StoreFailure) -> [EnvironmentRecord]
    func components(of key: EnvironmentKey) async throws(StoreFailure) -> [ComponentRecord]
    /// Components present of the given classes, in any environment or none.
    func components(classes: Set<ComponentClass>) async throws(StoreFailure) -> [ComponentRecord]
    func resources(of id: ComponentID) async throws(StoreFailure) -> [ObservedResource]
    func history(of key: EnvironmentKey?, limit: Int) async throws(StoreFailure) -> [AuditEntry]

    func protect(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure)
    /// Ends all open protections; returns how many there were.
    func unprotect(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) -> Int
    /// Ends a release; the lease before ends and this one begins.
    func extend(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure)
    func claim(_ key: EnvironmentKey, owner: String, at: Date) async throws(StoreFailure)
    /// Ends an open lease.
    func release(_ key: EnvironmentKey, at: Date) async throws(StoreFailure)
    /// Writes owners as the rules resolve them, only where they differ.
    func setOwners(_ owners: [EnvironmentKey: OwnerRecord]) async throws(StoreFailure)

    func accounts() async throws(StoreFailure) -> [AccountRecord]
    func setMode(_ account: AccountID, _ mode: AccountRecord.Mode, because: String, at: Date) async throws(StoreFailure)
    /// Closes the target's components as `unverifiable`; it is not read any more.
    func retire(_ target: Target, because: String, at: Date) async throws(StoreFailure)
    func accept(_ target: Target, because: String, at: Date) async throws(StoreFailure)

    func pause(because: String, at: Date) async throws(StoreFailure)
    func resume(at: Date) async throws(StoreFailure) -> Bool
    /// Why everything stands still, or nil.
    func pauseReason() async throws(StoreFailure) -> String?
}

/// An owner as it is kept with its environment.
package struct OwnerRecord: Sendable, Hashable {
    package var owner: String?
    package var source: String
    package var detail: String
    package var conflict: Bool

    package init(owner: String?, source: String, detail: String, conflict: Bool) {
        self.owner = owner
        self.source = source
        self.detail = detail
        self.conflict = conflict
    }
}
