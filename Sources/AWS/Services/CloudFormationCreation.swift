/// A stack to make.
package struct StackCreation: Sendable, Equatable {
    /// What CloudFormation does with what was made when the creation fails.
    package enum OnFailure: String, Sendable, CaseIterable {
        case rollback = "ROLLBACK"
        case delete = "DELETE"
        case nothing = "DO_NOTHING"
    }

    package var name: String
    /// JSON or YAML, at most 51,200 bytes: longer ones CloudFormation takes from a bucket only.
    package var template: String
    package var parameters: [String: String]
    package var tags: [String: String]
    package var capabilities: [String]
    package var notificationARNs: [String]
    /// The service role; nil: the caller's power.
    package var roleARN: String?
    package var stackPolicy: String?
    package var terminationProtection: Bool
    /// Nil: CloudFormation's own, which is to roll back.
    package var onFailure: OnFailure?

    package init(
        name: String,
        template: String,
        parameters: [String: String] = [:],
        tags: [String: String] = [:],
        capabilities: [String] = [],
        notificationARNs: [String] = [],
        roleARN: String? = nil,
        stackPolicy: String? = nil,
        terminationProtection: Bool = false,
        onFailure: OnFailure? = nil
    ) {
        self.name = name
        self.template = template
        self.parameters = parameters
        self.tags = tags
        self.capabilities = capabilities
        self.notificationARNs = notificationARNs
        self.roleARN = roleARN
        self.stackPolicy = stackPolicy
        self.terminationProtection = terminationProtection
        self.onFailure = onFailure
    }

    /// AWS's limit for a template inside the request.
    package static let longestTemplate = 51_200

    var query: [(name: String, value: String?)] {
        var query: [(name: String, value: String?)] = [("StackName", name), ("TemplateBody", template)]
        query += numbered("Parameters", "ParameterKey", "ParameterValue", parameters)
        query += numbered("Tags", "Key", "Value", tags)
        query += listed("Capabilities", capabilities) + listed("NotificationARNs", notificationARNs)
        query += [
            ("RoleARN", roleARN), ("StackPolicyBody", stackPolicy), ("OnFailure", onFailure?.rawValue),
            // What a failed creation made would stay otherwise, and have the name that the next try needs.
            ("RetainExceptOnCreate", onFailure == .delete ? "true" : nil),
            ("EnableTerminationProtection", terminationProtection ? "true" : nil),
        ]
        return query
    }
}

/// The calls that make a stack again.
package struct CloudFormationCreation: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Asks CloudFormation to begin making the stack, and returns its id.
    ///
    /// A repeated call with the same token is the same call; another stack of that name is an
    /// `AlreadyExistsException`.
    package func createStack(
        _ creation: StackCreation,
        token: String,
        window: WriteWindow = WriteWindow()
    ) async throws(AWSError) -> String {
        guard isToken(token) else { throw refused("the request token is not 1 to 128 letters, digits and hyphens") }
        guard creation.template.utf8.count <= StackCreation.longestTemplate else {
            throw refused(
                "the template of \(creation.name) has \(creation.template.utf8.count) bytes, and CloudFormation takes "
                    + "more than \(StackCreation.longestTemplate) from a bucket only"
            )
        }
        return try await client.query(
            .cloudformation,
            "CreateStack",
            region: region,
            creation.query + [("ClientRequestToken", token)],
            window: window
        ) { (result) throws(AWSError) in try result.required("StackId") }
    }

    package func setStackPolicy(
        _ policy: String,
        of stackID: String,
        window: WriteWindow = WriteWindow()
    ) async throws(AWSError) {
        let parameters: [(name: String, value: String?)] = [("StackName", stackID), ("StackPolicyBody", policy)]
        try await client.command(.cloudformation, "SetStackPolicy", region: region, parameters, window: window)
    }

    private func refused(_ why: String) -> AWSError {
        AWSError(.misconfigured, message: why).on(.cloudformation, "CreateStack", region: region)
    }
}

/// `LIST.member.1.KEY=…&LIST.member.1.VALUE=…`, by key.
private func numbered(
    _ list: String,
    _ key: String,
    _ value: String,
    _ items: [String: String]
) -> [(name: String, value: String?)] {
    items.sorted { $0.key < $1.key }.enumerated().flatMap { number, item -> [(name: String, value: String?)] in
        let member = "\(list).member.\(number + 1)"
        return [("\(member).\(key)", item.key), ("\(member).\(value)", item.value)]
    }
}
