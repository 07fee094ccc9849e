package import Foundation

/// One open feature environment with what its signals depend on.
package struct SignalSubject: Sendable {
    package let key: EnvironmentKey
    /// Creation of its oldest component.
    package let oldest: Date
    /// The resources of one of its stacks were never read.
    package let isUnread: Bool
    /// When something that its signals depend on may have changed; nil where it has nothing.
    package let changed: Date?
    package var resources: [SignalResource]
    /// What is known so far.
    package var records: [SignalRecord.Kind: SignalRecord]

    package init(
        key: EnvironmentKey,
        oldest: Date,
        isUnread: Bool,
        changed: Date? = nil,
        resources: [SignalResource] = [],
        records: [SignalRecord.Kind: SignalRecord] = [:]
    ) {
        self.key = key
        self.oldest = oldest
        self.isUnread = isUnread
        self.changed = changed
        self.resources = resources
        self.records = records
    }
}

/// Of which environments signals are read now.
package struct SignalsDue: Sendable {
    package var kinds: [SignalRecord.Kind]
    /// What was read no later than this is read again.
    package var readBefore: Date
    /// Whatever was read when.
    package var isEverything: Bool

    package init(kinds: [SignalRecord.Kind], readBefore: Date = .distantPast, isEverything: Bool = false) {
        self.kinds = kinds
        self.readBefore = readBefore
        self.isEverything = isEverything
    }

    /// Every kind of every environment.
    package static let everything = SignalsDue(kinds: SignalRecord.Kind.allCases, isEverything: true)
}

/// Where signals are kept.
package protocol SignalStore: Sendable {
    /// Every environment of the class feature whose life is open, sorted by key.
    ///
    /// Without those of which a target was not read completely the last time: that may be hiding stacks, and with them what
    /// was used or is being rolled out, so nothing is concluded about them (R1, R7).
    func signalSubjects(_ due: SignalsDue) async throws(StoreFailure) -> [SignalSubject]
    /// What is known of the schedules in these components' templates.
    func schedules(of components: [ComponentID]) async throws(StoreFailure) -> [ComponentID: ComponentSchedules]
    func record(_ schedules: [ComponentID: ComponentSchedules]) async throws(StoreFailure)
    /// Writes them over what was known, and forgets those of lives that have ended.
    func record(_ signals: [(key: EnvironmentKey, record: SignalRecord)]) async throws(StoreFailure)
}
