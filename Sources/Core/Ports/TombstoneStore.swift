package import Foundation

/// What was kept of components before their deletion was asked for.
///
/// It can hold secrets: the list says what there is, and every reading of a content is written into the audit log.
package protocol TombstoneStore: Sendable {
    /// Of every plan that had this environment, newest first.
    func tombstones(of key: EnvironmentKey) async throws(StoreFailure) -> [TombstoneRecord]
    /// The content, checked against its hash; `notFound` where none was stored.
    func tombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> [UInt8]
}

/// A tombstone without its content.
package struct TombstoneRecord: Sendable, Hashable {
    package let plan: PlanID
    package let component: ComponentID
    /// Of the content.
    package let hash: Digest
    package let storedAt: Date

    package init(plan: PlanID, component: ComponentID, hash: Digest, storedAt: Date) {
        self.plan = plan
        self.component = component
        self.hash = hash
        self.storedAt = storedAt
    }
}
