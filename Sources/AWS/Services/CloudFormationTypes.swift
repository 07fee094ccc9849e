package import Foundation

/// One page of stacks.
package struct StackPage: Sendable, Equatable {
    package let stacks: [Stack]
    package let nextToken: String?
}

/// A stack as DescribeStacks shows it.
package struct Stack: Sendable, Equatable {
    package struct Tag: Sendable, Equatable {
        package let key: String
        package let value: String
    }

    /// A NoEcho parameter's value comes masked from AWS.
    package struct Parameter: Sendable, Equatable {
        package let key: String
        package let value: String
    }

    package struct Output: Sendable, Equatable {
        package let key: String
        package let value: String
        package let exportName: String?
    }

    /// `arn:…:stack/<name>/<uuid>`; never used again, unlike the name.
    package let stackID: String
    package let name: String
    /// Such as `CREATE_COMPLETE`.
    package let status: String
    package let statusReason: String?
    package let creationTime: Date
    /// Nil for a stack that was never updated.
    package let lastUpdatedTime: Date?
    package let deletionTime: Date?
    /// Of a nested stack: the stack it belongs to, and the outermost one.
    package let parentID: String?
    package let rootID: String?
    /// The service role that CloudFormation uses for it; nil: whoever calls.
    package let roleARN: String?
    /// Nil: unknown.
    ///
    /// AWS says it only when the stack is asked for by name or id.
    package let enableTerminationProtection: Bool?
    package let tags: [Tag]
    package let parameters: [Parameter]
    package let outputs: [Output]
    package let capabilities: [String]
    package let notificationARNs: [String]
    package let stackDescription: String?
    package let disableRollback: Bool?
    package let timeoutInMinutes: Int?
}

/// One resource of a stack as ListStackResources shows it.
package struct StackResource: Sendable, Equatable {
    package let logicalID: String
    /// Nil while it is not made, or where making it failed.
    package let physicalID: String?
    package let type: String
    package let status: String
    package let statusReason: String?
    package let lastUpdated: Date
}

/// One thing that happened to a stack or a resource of it.
package struct StackEvent: Sendable, Equatable {
    package let eventID: String
    package let stackID: String
    package let stackName: String
    package let logicalID: String?
    package let physicalID: String?
    package let resourceType: String?
    package let timestamp: Date
    package let status: String?
    package let statusReason: String?
    /// The token of the call that began the operation.
    package let clientRequestToken: String?
    package let operationID: String?
}

/// One page of events, newest first.
package struct StackEventPage: Sendable, Equatable {
    package let events: [StackEvent]
    package let nextToken: String?
}

/// A value that one stack offers to others of the account and region.
package struct Export: Sendable, Equatable {
    package let name: String
    package let value: String
    package let exportingStackID: String
}

/// A template as given, or as transforms (such as SAM) made it.
package enum TemplateStage: String, Sendable, CaseIterable {
    case original = "Original"
    case processed = "Processed"
}

extension Stack {
    init(_ xml: XMLTree) throws(AWSError) {
        stackID = try xml.required("StackId")
        name = try xml.required("StackName")
        status = try xml.required("StackStatus")
        statusReason = xml.optional("StackStatusReason")
        creationTime = try xml.requiredDate("CreationTime")
        lastUpdatedTime = try xml.date("LastUpdatedTime")
        deletionTime = try xml.date("DeletionTime")
        parentID = xml.optional("ParentId")
        rootID = xml.optional("RootId")
        roleARN = xml.optional("RoleARN")
        enableTerminationProtection = try xml.flag("EnableTerminationProtection")
        tags = try mapped(xml.members("Tags")) { (item) throws(AWSError) in
            Tag(key: try item.required("Key"), value: item.text("Value") ?? "")
        }
        parameters = try mapped(xml.members("Parameters")) { (item) throws(AWSError) in
            Parameter(key: try item.required("ParameterKey"), value: item.text("ParameterValue") ?? "")
        }
        outputs = try mapped(xml.members("Outputs")) { (item) throws(AWSError) in
            Output(
                key: try item.required("OutputKey"),
                value: item.text("OutputValue") ?? "",
                exportName: item.optional("ExportName")
            )
        }
        capabilities = xml.members("Capabilities").map(\.text)
        notificationARNs = xml.members("NotificationARNs").map(\.text)
        stackDescription = xml.optional("Description")
        disableRollback = try xml.flag("DisableRollback")
        timeoutInMinutes = xml.optional("TimeoutInMinutes").flatMap { Int($0) }
    }
}

extension StackResource {
    init(_ xml: XMLTree) throws(AWSError) {
        logicalID = try xml.required("LogicalResourceId")
        physicalID = xml.optional("PhysicalResourceId")
        type = try xml.required("ResourceType")
        status = try xml.required("ResourceStatus")
        statusReason = xml.optional("ResourceStatusReason")
        lastUpdated = try xml.requiredDate("LastUpdatedTimestamp")
    }
}

extension StackEvent {
    init(_ xml: XMLTree) throws(AWSError) {
        eventID = try xml.required("EventId")
        stackID = try xml.required("StackId")
        stackName = try xml.required("StackName")
        logicalID = xml.optional("LogicalResourceId")
        physicalID = xml.optional("PhysicalResourceId")
        resourceType = xml.optional("ResourceType")
        timestamp = try xml.requiredDate("Timestamp")
        status = xml.optional("ResourceStatus")
        statusReason = xml.optional("ResourceStatusReason")
        clientRequestToken = xml.optional("ClientRequestToken")
        operationID = xml.optional("OperationId")
    }
}

extension Export {
    init(_ xml: XMLTree) throws(AWSError) {
        name = try xml.required("Name")
        value = xml.text("Value") ?? ""
        exportingStackID = try xml.required("ExportingStackId")
    }
}

/// `map` keeps typed errors only through a closure that names them.
func mapped<Item>(
    _ elements: [XMLTree],
    _ transform: (XMLTree) throws(AWSError) -> Item
) throws(AWSError) -> [Item] {
    var items: [Item] = []
    items.reserveCapacity(elements.count)
    for element in elements { items.append(try transform(element)) }
    return items
}
