/// What bears on an environment's signals, of all that its stacks contain.
package enum SignalResourceType: String, Sendable, Hashable, CaseIterable {
    case function = "AWS::Lambda::Function"
    case restAPI = "AWS::ApiGateway::RestApi"
    case httpAPI = "AWS::ApiGatewayV2::Api"
    case rule = "AWS::Events::Rule"
    case schedule = "AWS::Scheduler::Schedule"
    case alias = "AWS::Lambda::Alias"
    case deploymentGroup = "AWS::CodeDeploy::DeploymentGroup"
    case deploymentApplication = "AWS::CodeDeploy::Application"

    /// It can be used by somebody, and its uses are counted.
    package var isUsed: Bool { self == .function || self == .restAPI || self == .httpAPI }
    /// It may set something off by the clock.
    package var isSchedule: Bool { self == .rule || self == .schedule }
    /// A new version of it can be brought out in steps.
    package var isRolledOut: Bool { self == .alias || self == .deploymentGroup || self == .restAPI }
}

/// One of them, in a stack of the environment or nested in one.
package struct SignalResource: Sendable, Hashable {
    package let target: Target
    package let component: ComponentID
    /// Of the component that holds it: another one means that it changed.
    package let content: Digest
    package let logicalID: String
    package let type: SignalResourceType
    /// Nil where the stack does not name it.
    package let physicalID: String?

    package init(
        target: Target,
        component: ComponentID,
        content: Digest,
        logicalID: String,
        type: SignalResourceType,
        physicalID: String?
    ) {
        self.target = target
        self.component = component
        self.content = content
        self.logicalID = logicalID
        self.type = type
        self.physicalID = physicalID
    }
}

/// What a template says of one of its schedules.
package struct TemplateSchedule: Sendable, Hashable, Codable {
    /// Of the rule or schedule.
    package let logicalID: String
    /// Logical ids of the functions that it invokes, aliases and versions followed.
    package let functions: Set<String>
    /// It invokes something that the template does not name: possibly any function.
    package let isOpen: Bool

    package init(logicalID: String, functions: Set<String>, isOpen: Bool) {
        self.logicalID = logicalID
        self.functions = functions
        self.isOpen = isOpen
    }
}

/// The schedules of one component's template, as they were read for one content of it.
package struct ComponentSchedules: Sendable, Hashable {
    package let content: Digest
    /// Nil: the template could not be understood.
    package let schedules: [TemplateSchedule]?

    package init(content: Digest, schedules: [TemplateSchedule]?) {
        self.content = content
        self.schedules = schedules
    }
}
