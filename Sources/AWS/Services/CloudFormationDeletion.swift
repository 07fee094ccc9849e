/// The calls that lead to a stack's end.
package struct CloudFormationDeletion: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Asks CloudFormation to begin deleting the stack; that it began is all that success says.
    ///
    /// A stack that is already gone is a success too.
    ///
    /// - Parameters:
    ///   - id: The stack's ARN. A name is refused: it may belong to another stack by now.
    ///   - token: 1 to 128 of `[a-zA-Z0-9][-a-zA-Z0-9]*`; every event of the deletion carries it, and a repeated call
    ///     with it is the same call. It is repeated only after throttling and transient failures.
    ///   - roleARN: The service role to delete with; nil: the stack's own, else the caller's.
    ///   - retaining: Logical ids that stay. CloudFormation takes them only for a stack whose deletion has failed.
    ///   - window: One signature for every attempt, and the time after which nothing is sent.
    /// - Throws: `AWSError`; after `brokenOff` or `serviceFailure` the deletion may have begun all the same.
    package func deleteStack(
        id: String,
        token: String,
        roleARN: String? = nil,
        retaining: [String] = [],
        window: WriteWindow = WriteWindow()
    ) async throws(AWSError) {
        try checkIsID(id, for: "DeleteStack")
        guard isToken(token) else {
            throw refused("the request token is not 1 to 128 letters, digits and hyphens", "DeleteStack")
        }
        let parameters: [(name: String, value: String?)] =
            [("StackName", id)] + listed("RetainResources", retaining) + [
                ("ClientRequestToken", token), ("RoleARN", roleARN),
            ]
        try await client.command(.cloudformation, "DeleteStack", region: region, parameters, window: window)
    }

    /// Switches termination protection off; of a root stack only, which passes it on to what is nested in it.
    ///
    /// Off already is a success.
    package func switchTerminationProtectionOff(
        id: String,
        window: WriteWindow = WriteWindow()
    ) async throws(AWSError) {
        let operation = "UpdateTerminationProtection"
        try checkIsID(id, for: operation)
        let parameters: [(name: String, value: String?)] = [
            ("EnableTerminationProtection", "false"), ("StackName", id),
        ]
        let changed = try await client.query(
            .cloudformation,
            operation,
            region: region,
            parameters,
            window: window
        ) { (result) throws(AWSError) in try result.required("StackId") }
        guard changed == id else {
            throw notUnderstood("asked for one stack, got another").on(.cloudformation, operation, region: region)
        }
    }

    private func checkIsID(_ id: String, for operation: String) throws(AWSError) {
        guard id.hasPrefix("arn:"), id.contains(":stack/") else {
            throw refused("a stack is named by its id (ARN) only", operation)
        }
    }

    private func refused(_ why: String, _ operation: String) -> AWSError {
        AWSError(.misconfigured, message: why).on(.cloudformation, operation, region: region)
    }
}

func isToken(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != 45, text.utf8.count <= 128 else { return false }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45: true
        default: false
        }
    }
}
