package import Foundation

/// The number of one scan; a later scan has a higher one.
package struct ScanID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package var description: String { "\(number)" }
    package static func < (left: ScanID, right: ScanID) -> Bool { left.number < right.number }
}

/// What kind of thing a component is to us.
///
/// The same words are a CHECK constraint in the database.
package enum ComponentClass: String, Sendable, Codable, CaseIterable {
    case feature
    case permanent
    case ambiguous
    case unmatched
    case excluded
    case nested
}

/// One component as a scan records it: what the provider said, and what the naming rules made of it.
package struct RecordedComponent: Sendable {
    package var observed: ObservedComponent
    package var kind: ComponentClass
    /// Every environment name that any evidence gives; a feature has exactly one.
    ///
    /// For a permanent component the permanent word comes first, then the names it holds back.
    package var named: [EnvironmentName]
    /// How the rules came to the class, one line.
    package var naming: String
    /// Latest change known to have succeeded.
    package var changed: Date?
    package var tool: String
    /// Digest of everything observed and concluded: equal means there is nothing to write.
    package var content: Digest

    package init(
        observed: ObservedComponent,
        kind: ComponentClass,
        named: [EnvironmentName],
        naming: String,
        changed: Date?,
        tool: String,
        content: Digest
    ) {
        self.observed = observed
        self.kind = kind
        self.named = named
        self.naming = naming
        self.changed = changed
        self.tool = tool
        self.content = content
    }
}

/// What is known of one component that was present at the end of the last reading.
package struct KnownComponent: Sendable {
    package var id: ComponentID
    package var kind: ComponentClass
    package var content: Digest
    package var changed: Date?
    package var updated: Date?
    package var hasTags: Bool
    package var resourcesRead: Bool
    /// A step of a plan of ours asked for its deletion.
    package var askedToDelete: Bool

    package init(
        id: ComponentID,
        kind: ComponentClass,
        content: Digest,
        changed: Date?,
        updated: Date?,
        hasTags: Bool,
        resourcesRead: Bool,
        askedToDelete: Bool
    ) {
        self.id = id
        self.kind = kind
        self.content = content
        self.changed = changed
        self.updated = updated
        self.hasTags = hasTags
        self.resourcesRead = resourcesRead
        self.askedToDelete = askedToDelete
    }
}

/// The result of reading one target.
///
/// A failed or suspect reading records itself and concludes nothing.
package struct TargetReading: Sendable {
    package enum Outcome: Sendable {
        /// - gone: ids known before, absent from the listing, and confirmed gone by a reading by id.
        case complete(components: [RecordedComponent], gone: [ComponentID])
        case suspect(because: String)
        case failed(ProviderFailure)
    }

    package var target: Target
    package var startedAt: Date
    package var finishedAt: Date
    package var outcome: Outcome
    /// Resources of new and changed components, by component.
    package var resources: [ComponentID: [ObservedResource]]

    package init(
        target: Target,
        startedAt: Date,
        finishedAt: Date,
        outcome: Outcome,
        resources: [ComponentID: [ObservedResource]] = [:]
    ) {
        self.target = target
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.outcome = outcome
        self.resources = resources
    }
}

/// The state of a target before it is read.
package struct TargetState: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case active
        case suspect
        case retired
    }

    package var target: Target
    package var state: State
    package var because: String?
    /// A person said that the next reading may differ as much as it likes.
    package var accepted: Bool
    package var lastCompleteAt: Date?
    package var lastFailure: String?

    package init(
        target: Target,
        state: State,
        because: String?,
        accepted: Bool,
        lastCompleteAt: Date?,
        lastFailure: String?
    ) {
        self.target = target
        self.state = state
        self.because = because
        self.accepted = accepted
        self.lastCompleteAt = lastCompleteAt
        self.lastFailure = lastFailure
    }
}

/// One present component as grouping needs it.
package struct GroupingInput: Sendable {
    package var id: ComponentID
    package var account: AccountID
    package var kind: ComponentClass
    package var named: [EnvironmentName]
    /// The environment it belongs to now.
    package var environment: EnvironmentKey?

    package init(
        id: ComponentID,
        account: AccountID,
        kind: ComponentClass,
        named: [EnvironmentName],
        environment: EnvironmentKey?
    ) {
        self.id = id
        self.account = account
        self.kind = kind
        self.named = named
        self.environment = environment
    }
}

/// One environment as it should be now: its class, its owner and its members.
package struct GroupedEnvironment: Sendable {
    package typealias Class = EnvironmentClass

    package var space: SpaceName
    package var name: EnvironmentName
    package var kind: Class
    package var members: [ComponentID]

    package init(space: SpaceName, name: EnvironmentName, kind: Class, members: [ComponentID]) {
        self.space = space
        self.name = name
        self.kind = kind
        self.members = members
    }
}

/// The newest finished scan of all targets, and what it could not read.
package struct ScanSummary: Sendable {
    package var id: ScanID
    package var state: String
    package var whole: Bool
    package var startedAt: Date
    package var finishedAt: Date?
    package var readings: [ReadingSummary]
    package var calls: [String: Int]

    package init(
        id: ScanID,
        state: String,
        whole: Bool,
        startedAt: Date,
        finishedAt: Date?,
        readings: [ReadingSummary],
        calls: [String: Int]
    ) {
        self.id = id
        self.state = state
        self.whole = whole
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.readings = readings
        self.calls = calls
    }
}

/// How one target was read: the counts add up to `listed` (R6).
package struct ReadingSummary: Sendable {
    package var target: Target
    package var outcome: String
    package var at: Date
    package var counts: [ComponentClass: Int]
    package var gone: Int
    package var failure: String?
    package var advice: String?

    package init(
        target: Target,
        outcome: String,
        at: Date,
        counts: [ComponentClass: Int],
        gone: Int,
        failure: String?,
        advice: String?
    ) {
        self.target = target
        self.outcome = outcome
        self.at = at
        self.counts = counts
        self.gone = gone
        self.failure = failure
        self.advice = advice
    }

    package var listed: Int { counts.values.reduce(0, +) }
}

/// Where scans are kept.
///
/// Every method is one transaction.
package protocol ScanStore: Sendable {
    /// Ends scans that a crash left running as `abandoned` (the caller holds the scan lock) and begins a new one.
    func beginScan(of targets: [Target], whole: Bool, at: Date) async throws(StoreFailure) -> ScanID
    func targetStates() async throws(StoreFailure) -> [TargetState]
    /// Everything present in a target, by id.
    func known(in target: Target) async throws(StoreFailure) -> [ComponentID: KnownComponent]
    /// Writes one target's reading in bulk: new and changed components, gone ones, resources, counts.
    /// An unchanged component is not written. A complete reading ends `suspect` and spends an acceptance.
    func record(_ reading: TargetReading, in scan: ScanID) async throws(StoreFailure)
    func groupingInput() async throws(StoreFailure) -> [GroupingInput]
    /// First ends every life all of whose components are gone, then moves the present ones to the environments given,
    /// opening a new life where there is none; a name without any member left open keeps its open life only while
    /// it has a component that is not confirmed gone.
    func regroup(_ environments: [GroupedEnvironment], at: Date) async throws(StoreFailure)
    func finishScan(_ scan: ScanID, complete: Bool, calls: [String: Int], at: Date) async throws(StoreFailure)
    func newestScan() async throws(StoreFailure) -> ScanSummary?
    /// Records the naming rules in force; true when they differ from the ones before (and there were any).
    func noteNaming(hash: Digest, at: Date) async throws(StoreFailure) -> Bool
}
