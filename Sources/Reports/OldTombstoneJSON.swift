package import Core
package import Foundation

/// A tombstone that is or was forgotten, as `curfew database prune --json` writes it.
package struct OldTombstoneJSON: Encodable, Sendable {
    package var space: String
    package var environment: String
    package var incarnation: Int
    package var plan: String
    package var component: String
    package var storedAt: Date
    /// False: it would be.
    package var forgotten: Bool

    package init(_ tombstone: OldTombstone, forgotten: Bool) {
        space = tombstone.environment.space.text
        environment = tombstone.environment.name.text
        incarnation = tombstone.environment.incarnation
        plan = tombstone.plan.description
        component = tombstone.component.text
        storedAt = tombstone.storedAt
        self.forgotten = forgotten
    }
}
