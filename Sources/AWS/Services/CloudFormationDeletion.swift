package import Foundation

/// The one call of Curfew that destroys something.
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
    ///   - signedAt: The signature's time for every attempt; AWS refuses it some minutes later. Nil: each attempt's.
    ///   - deadline: Checked last before anything is written; later, nothing is sent.
    /// - Throws: `AWSError`; after `brokenOff` or `serviceFailure` the deletion may have begun all the same.
    package func deleteStack(
        id: String,
        token: String,
        roleARN: String? = nil,
        signedAt: Date? = nil,
        deadline: ContinuousClock.Instant? = nil
    ) async throws(AWSError) {
        guard id.hasPrefix("arn:"), id.contains(":stack/") else {
            throw refused("a stack is deleted by its id (ARN) only")
        }
        guard isToken(token) else { throw refused("the request token is not 1 to 128 letters, digits and hyphens") }
        var parameters = [(name: "StackName", value: id), (name: "ClientRequestToken", value: token)]
        if let roleARN { parameters.append((name: "RoleARN", value: roleARN)) }
        let call = AWSCall(
            service: .cloudformation,
            operation: "DeleteStack",
            region: region,
            content: .query(parameters),
            changesSomething: true,
            signedAt: signedAt,
            notAfter: deadline
        )
        try await client.call(call) { (response) throws(AWSError) in
            // It has no result element, only the response around the request id.
            _ = try xml(response, root: "DeleteStackResponse")
        }
    }

    private func refused(_ why: String) -> AWSError {
        AWSError(.misconfigured, message: why).on(.cloudformation, "DeleteStack", region: region)
    }
}

private func isToken(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != 45, text.utf8.count <= 128 else { return false }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45: true
        default: false
        }
    }
}
