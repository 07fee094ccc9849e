package import Foundation

/// One line of the audit log.
package struct AuditEntry: Sendable {
    package var id: Int64
    package var at: Date
    package var actor: String
    package var event: String
    package var environment: EnvironmentKey?
    package var plan: PlanID?
    /// JSON.
    package var details: [UInt8]

    package init(
        id: Int64,
        at: Date,
        actor: String,
        event: String,
        environment: EnvironmentKey?,
        plan: PlanID?,
        details: [UInt8]
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.event = event
        self.environment = environment
        self.plan = plan
        self.details = details
    }
}
