package import Foundation

/// Everything that a verdict may rest on.
///
/// The same facts, policies and `now` give the same verdict, always (D8).
package struct EnvironmentFacts: Sendable, Hashable, Codable {
    package var key: EnvironmentKey
    package var nature: Nature
    /// Every account in which it has components.
    package var accounts: Set<AccountID>
    /// The accounts' configured names, where they have one; policies may use either.
    package var accountNames: [AccountID: String]
    /// Creation of the oldest component that this incarnation ever had.
    package var oldestCreated: Known<Date>
    /// Creation of the youngest component that it has now.
    package var youngestCreated: Known<Date>
    /// When Curfew first saw any component of this incarnation; never before `oldestCreated`.
    ///
    /// An unknown age starts to run here (R4).
    package var firstSeen: Date
    /// When Curfew first saw the component it saw last; `not_before` runs from here when creation is unknown.
    package var newestFirstSeen: Date
    package var signals: [Signal]
    package var timeToLive: TimeToLive
    package var protection: Protection?
    package var lease: Lease?
    package var release: Release?
    package var partlyReaped: PartlyReaped?
    /// The owners that contradict each other with like confidence, in words.
    package var ownerConflict: String?
    package var reading: Reading
    package var runtimes: RuntimeFacts
    package var branches: EnvironmentBranches
    package var rollout: Rollout
    package var cost: CostFacts
    /// Every region in which it has components; empty where that is not known.
    package var regions: Set<Region>
    /// What deployed its components; empty where that is not known.
    package var tools: Set<DeploymentTool>
    package var ownership: Ownership
    package var tags: TagFacts

    package init(
        key: EnvironmentKey,
        nature: Nature = .feature,
        accounts: Set<AccountID>,
        accountNames: [AccountID: String] = [:],
        oldestCreated: Known<Date>,
        youngestCreated: Known<Date>,
        firstSeen: Date,
        newestFirstSeen: Date,
        signals: [Signal],
        timeToLive: TimeToLive = .absent,
        protection: Protection? = nil,
        lease: Lease? = nil,
        release: Release? = nil,
        partlyReaped: PartlyReaped? = nil,
        ownerConflict: String? = nil,
        reading: Reading = .complete,
        runtimes: RuntimeFacts = .none,
        branches: EnvironmentBranches = .none,
        rollout: Rollout = .none(source: "nothing in it is rolled out in steps"),
        cost: CostFacts = .notRead,
        regions: Set<Region> = [],
        tools: Set<DeploymentTool> = [],
        ownership: Ownership = .unread(reason: "not looked for"),
        tags: TagFacts = .unread("not looked for")
    ) {
        self.key = key
        self.nature = nature
        self.accounts = accounts
        self.accountNames = accountNames
        self.oldestCreated = oldestCreated
        self.youngestCreated = youngestCreated
        self.firstSeen = firstSeen
        self.newestFirstSeen = newestFirstSeen
        self.signals = signals
        self.timeToLive = timeToLive
        self.protection = protection
        self.lease = lease
        self.release = release
        self.partlyReaped = partlyReaped
        self.ownerConflict = ownerConflict
        self.reading = reading
        self.runtimes = runtimes
        self.branches = branches
        self.rollout = rollout
        self.cost = cost
        self.regions = regions
        self.tools = tools
        self.ownership = ownership
        self.tags = tags
    }

    /// Whether a new version is being brought out in steps.
    package enum Rollout: Sendable, Hashable, Codable {
        /// None is, or nothing in it can be; what says so.
        case none(source: String)
        /// What is rolled out, and when that was read.
        case inProgress(String, read: Date)
        case unknown(reason: String)
    }

    /// What the naming rules made of it.
    package enum Nature: Sendable, Hashable, Codable {
        case feature
        /// The evidence that names it so.
        case permanent(evidence: String)
        /// Why the rules disagree.
        case ambiguous(evidence: String)
    }

    /// How its targets (all it has or had members in) were read.
    package enum Reading: Sendable, Hashable, Codable {
        case complete
        /// One target or more failed or was read in part (R1); which, and why.
        case partial(String)
        /// A reading that is not believed (R3); which, and why.
        case suspect(String)
    }
}

/// A hold on teardown.
///
/// In force while `now` is before `until`.
package struct Protection: Sendable, Hashable, Codable {
    package let until: Date
    package let by: String
    package let reason: String

    package init(until: Date, by: String, reason: String) {
        self.until = until
        self.by = by
        self.reason = reason
    }
}

/// Time that was asked for.
///
/// In force while `now` is before `until`, unless past the policy's `max_age`.
package struct Lease: Sendable, Hashable, Codable {
    package let granted: Date
    package let until: Date
    package let by: String
    package let reason: String
    /// How often this incarnation was extended, this time included.
    package let count: Int

    package init(granted: Date, until: Date, by: String, reason: String, count: Int) {
        self.granted = granted
        self.until = until
        self.by = by
        self.reason = reason
        self.count = count
    }
}

/// "I am done with it", by the owner or an operator.
///
/// A later claim, extend or deployment ends it.
package struct Release: Sendable, Hashable, Codable {
    package let at: Date
    package let by: String

    package init(at: Date, by: String) {
        self.at = at
        self.by = by
    }
}

/// A plan's steps deleted some of its components before that plan ended.
///
/// A later deployment ends this.
package struct PartlyReaped: Sendable, Hashable, Codable {
    /// When the plan ended.
    package let at: Date
    /// The plan and what is left, in words.
    package let detail: String

    package init(at: Date, detail: String) {
        self.at = at
        self.detail = detail
    }
}
