package import Foundation

/// What one present component of an environment says about itself.
package struct ComponentTags: Sendable, Hashable {
    package var id: ComponentID
    package var created: Date?
    package var tags: [String: String]
    package var tool: DeploymentTool

    package init(id: ComponentID, created: Date?, tags: [String: String], tool: DeploymentTool = .plain) {
        self.id = id
        self.created = created
        self.tags = tags
        self.tool = tool
    }
}
