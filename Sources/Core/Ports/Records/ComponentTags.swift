package import Foundation

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
