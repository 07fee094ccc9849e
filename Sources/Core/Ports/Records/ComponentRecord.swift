package import Foundation

/// One component as the inventory keeps it.
package struct ComponentRecord: Sendable {
    package var id: ComponentID
    package var target: Target
    package var name: String
    package var status: ComponentStatus
    package var kind: ComponentClass
    package var named: [EnvironmentName]
    package var naming: String
    package var created: Date?
    package var updated: Date?
    package var changed: Date?
    package var firstSeen: Date
    package var gone: Date?
    package var goneBecause: String?
    package var tags: [String: String]
    package var serviceRole: String?
    package var tool: String
    package var environment: EnvironmentKey?
    package var resourceCount: Int

    package init(
        id: ComponentID,
        target: Target,
        name: String,
        status: ComponentStatus,
        kind: ComponentClass,
        named: [EnvironmentName],
        naming: String,
        created: Date?,
        updated: Date?,
        changed: Date?,
        firstSeen: Date,
        gone: Date?,
        goneBecause: String?,
        tags: [String: String],
        serviceRole: String?,
        tool: String,
        environment: EnvironmentKey?,
        resourceCount: Int
    ) {
        self.id = id
        self.target = target
        self.name = name
        self.status = status
        self.kind = kind
        self.named = named
        self.naming = naming
        self.created = created
        self.updated = updated
        self.changed = changed
        self.firstSeen = firstSeen
        self.gone = gone
        self.goneBecause = goneBecause
        self.tags = tags
        self.serviceRole = serviceRole
        self.tool = tool
        self.environment = environment
        self.resourceCount = resourceCount
    }
}
