package import Foundation

/// What a provider said about one component at one reading.
///
/// Nothing here is our own opinion.
package struct ObservedComponent: Sendable, Hashable {
    package var id: ComponentID
    package var target: Target
    package var name: String
    package var status: ComponentStatus
    package var statusReason: String?
    /// Nil when the provider gave none: unknown, never "old".
    package var created: Date?
    /// The last change, successful or not; nil when there was none or it is not known.
    package var updated: Date?
    /// The component this one is nested in, where the provider says so.
    package var parent: ComponentID?
    package var root: ComponentID?
    /// The role with whose power the provider deletes this component; nil means the caller's.
    package var serviceRole: String?
    /// Nil means unknown: an unnamed listing does not say (only a reading by id does).
    package var terminationProtection: Bool?
    package var tags: [String: String]
    package var parameters: [String: String]
    package var outputs: [ComponentOutput]
    package var capabilities: [String]
    package var notificationTopics: [String]
    package var summary: String?

    package init(
        id: ComponentID,
        target: Target,
        name: String,
        status: ComponentStatus,
        statusReason: String? = nil,
        created: Date? = nil,
        updated: Date? = nil,
        parent: ComponentID? = nil,
        root: ComponentID? = nil,
        serviceRole: String? = nil,
        terminationProtection: Bool? = nil,
        tags: [String: String] = [:],
        parameters: [String: String] = [:],
        outputs: [ComponentOutput] = [],
        capabilities: [String] = [],
        notificationTopics: [String] = [],
        summary: String? = nil
    ) {
        self.id = id
        self.target = target
        self.name = name
        self.status = status
        self.statusReason = statusReason
        self.created = created
        self.updated = updated
        self.parent = parent
        self.root = root
        self.serviceRole = serviceRole
        self.terminationProtection = terminationProtection
        self.tags = tags
        self.parameters = parameters
        self.outputs = outputs
        self.capabilities = capabilities
        self.notificationTopics = notificationTopics
        self.summary = summary
    }

    /// True for a component that the provider itself calls part of another one.
    package var isNested: Bool { parent != nil || (root != nil && root != id) }
}

/// A named value a component gives out, perhaps exported to others in its target.
package struct ComponentOutput: Sendable, Hashable, Codable {
    package let key: String
    package let value: String
    package let exportName: String?

    package init(key: String, value: String, exportName: String?) {
        self.key = key
        self.value = value
        self.exportName = exportName
    }
}

/// The provider's own status word (CloudFormation's 23 of them), with what it means for us.
package struct ComponentStatus: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }

    package var description: String { text }
    package var isGone: Bool { text == "DELETE_COMPLETE" }
    package var isDeleting: Bool { text == "DELETE_IN_PROGRESS" }
    package var deleteFailed: Bool { text == "DELETE_FAILED" }
    /// An operation is under way.
    ///
    /// `REVIEW_IN_PROGRESS` is not one: it is a stack that was never made and stays for ever.
    package var isBusy: Bool { text.hasSuffix("_IN_PROGRESS") && text != "REVIEW_IN_PROGRESS" }
    /// The latest change was undone or broke, so its time is no proof of a successful change.
    package var latestChangeFailed: Bool {
        text.contains("ROLLBACK") || text == "UPDATE_FAILED" || text == "CREATE_FAILED" || text.hasPrefix("DELETE_")
    }
}

/// One thing that a component contains.
package struct ObservedResource: Sendable, Hashable, Codable {
    package let logicalID: String
    package let physicalID: String?
    package let type: String
    package let status: String

    package init(logicalID: String, physicalID: String?, type: String, status: String) {
        self.logicalID = logicalID
        self.physicalID = physicalID
        self.type = type
        self.status = status
    }
}

/// A value that one component exports to all others of its target.
package struct ObservedExport: Sendable, Hashable {
    package let name: String
    package let exporter: ComponentID
    package let target: Target

    package init(name: String, exporter: ComponentID, target: Target) {
        self.name = name
        self.exporter = exporter
        self.target = target
    }
}

/// One entry of a component's own history, newest first in a listing.
package struct ObservedEvent: Sendable, Hashable {
    package let at: Date
    package let logicalID: String
    package let physicalID: String?
    package let type: String
    package let status: String
    package let reason: String?
    /// The request token that caused it; ours carry the step.
    package let token: String?

    package init(
        at: Date,
        logicalID: String,
        physicalID: String?,
        type: String,
        status: String,
        reason: String?,
        token: String?
    ) {
        self.at = at
        self.logicalID = logicalID
        self.physicalID = physicalID
        self.type = type
        self.status = status
        self.reason = reason
        self.token = token
    }
}
