/// Everything that is kept of what happened to one name, for as long as the database lasts.
package protocol HistoryStore: Sendable {
    /// All lives of a name in one space, newest first.
    func lives(of name: EnvironmentName, in space: SpaceName) async throws(StoreFailure) -> [EnvironmentRecord]
    /// Those that ever concerned this life, oldest first.
    func plans(of key: EnvironmentKey) async throws(StoreFailure) -> [PlanRecord]
}

/// One life of an environment with everything that is kept of it.
package struct EnvironmentLife: Sendable {
    package var environment: EnvironmentRecord
    /// All it ever had, gone ones too.
    package var components: [ComponentRecord]
    /// Oldest first.
    package var plans: [PlanRecord]
    package var leftovers: [LeftoverRecord]
    /// Of the audit log, oldest first.
    package var entries: [AuditEntry]

    package init(
        environment: EnvironmentRecord,
        components: [ComponentRecord],
        plans: [PlanRecord],
        leftovers: [LeftoverRecord],
        entries: [AuditEntry]
    ) {
        self.environment = environment
        self.components = components
        self.plans = plans
        self.leftovers = leftovers
        self.entries = entries
    }
}
