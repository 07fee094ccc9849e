package import Foundation

/// What is known of one component that was present at the end of the last reading.
package struct KnownComponent: Sendable {
    package var id: ComponentID
    /// The store's own number for it.
    package var number: Int64
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
        number: Int64,
        kind: ComponentClass,
        content: Digest,
        changed: Date?,
        updated: Date?,
        hasTags: Bool,
        resourcesRead: Bool,
        askedToDelete: Bool
    ) {
        self.id = id
        self.number = number
        self.kind = kind
        self.content = content
        self.changed = changed
        self.updated = updated
        self.hasTags = hasTags
        self.resourcesRead = resourcesRead
        self.askedToDelete = askedToDelete
    }
}
