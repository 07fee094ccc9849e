package import Foundation

/// What teardowns leave behind, followed until it is gone.
package protocol LeftoverStore: Sendable {
    /// Writes down what was found at a moment; what is known already was seen once more, and is open again where it had
    /// been closed.
    func note(_ leftovers: [Leftover], at: Date) async throws(StoreFailure)
    /// Oldest first; only those that are not known to be gone where asked.
    func leftovers(open: Bool) async throws(StoreFailure) -> [LeftoverRecord]
    /// They were looked for: `seen` says whether they were there.
    ///
    /// One that was not seen stays open until it is closed.
    func check(_ ids: [LeftoverID], seen: Bool, at: Date) async throws(StoreFailure)
    /// They are gone.
    func close(_ ids: [LeftoverID], at: Date) async throws(StoreFailure)
}

/// Something that stayed when its environment went.
package struct Leftover: Sendable, Hashable {
    /// The same words are a CHECK constraint in the database.
    package enum Reason: String, Sendable, Codable, CaseIterable {
        /// The template says that it stays.
        case retained
        /// A snapshot that was made of something that went.
        case snapshot
        /// Made by running functions, no stack had it.
        case logGroup = "log group"
        /// The plan retained it by name.
        case named
        /// It carries the environment's tags, and no stack has it.
        case tagged
        /// Its deletion failed, and its stack went without it.
        case failed
    }

    package let environment: EnvironmentKey
    /// The plan that left it; nil where it was found otherwise.
    package let plan: PlanID?
    /// The component that had it; nil where none did.
    package let component: ComponentID?
    package let target: Target
    /// As CloudFormation calls it, such as `AWS::S3::Bucket`.
    package let type: String
    /// A physical id or an ARN.
    package let identifier: String
    package let reason: Reason
    /// Whose the environment was.
    package let owner: String?

    package init(
        environment: EnvironmentKey,
        plan: PlanID?,
        component: ComponentID?,
        target: Target,
        type: String,
        identifier: String,
        reason: Reason,
        owner: String?
    ) {
        self.environment = environment
        self.plan = plan
        self.component = component
        self.target = target
        self.type = type
        self.identifier = identifier
        self.reason = reason
        self.owner = owner
    }
}

package struct LeftoverRecord: Sendable, Hashable {
    package let id: LeftoverID
    package let leftover: Leftover
    package let foundAt: Date
    package let lastSeenAt: Date
    /// When somebody last looked for it, whatever came of it.
    package let checkedAt: Date
    package let goneAt: Date?

    package init(
        id: LeftoverID,
        leftover: Leftover,
        foundAt: Date,
        lastSeenAt: Date,
        checkedAt: Date,
        goneAt: Date?
    ) {
        self.id = id
        self.leftover = leftover
        self.foundAt = foundAt
        self.lastSeenAt = lastSeenAt
        self.checkedAt = checkedAt
        self.goneAt = goneAt
    }
}

package struct LeftoverID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package var description: String { "L\(number)" }
}
