package import Foundation

/// A present component, with what is kept of who made it.
package struct TrailedComponent: Sendable {
    package var id: ComponentID
    package var name: String
    /// Nil where the provider gave none.
    package var created: Date?
    package var trail: [TrailEvidence]

    package init(id: ComponentID, name: String, created: Date?, trail: [TrailEvidence]) {
        self.id = id
        self.name = name
        self.created = created
        self.trail = trail
    }
}
