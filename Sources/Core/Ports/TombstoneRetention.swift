package import Foundation

/// Forgetting what was kept too long; the database refuses what is younger than 30 days or belongs to a life that is
/// open.
package protocol TombstoneRetention: Sendable {
    /// Those of environments that ended, all longer ago than this; oldest first.
    func oldTombstones(keptFor: Duration) async throws(StoreFailure) -> [OldTombstone]
    /// Forgets them, and writes down which.
    func forgetTombstones(keptFor: Duration) async throws(StoreFailure) -> [OldTombstone]
}

package struct OldTombstone: Sendable, Hashable {
    package let environment: EnvironmentKey
    package let plan: PlanID
    package let component: ComponentID
    package let storedAt: Date

    package init(environment: EnvironmentKey, plan: PlanID, component: ComponentID, storedAt: Date) {
        self.environment = environment
        self.plan = plan
        self.component = component
        self.storedAt = storedAt
    }
}
