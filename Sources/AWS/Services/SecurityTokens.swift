/// Who the credentials are.
package struct CallerIdentity: Sendable, Equatable {
    package let account: String
    package let arn: String
    package let userID: String
}

/// Credentials of a role, and whose they are.
package struct RoleSession: Sendable, Equatable {
    package let credentials: Credentials
    /// `arn:…:assumed-role/<role>/<session>`.
    package let arn: String
}

/// STS of one region.
package struct SecurityTokens: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Needs no permission and cannot be denied.
    package func callerIdentity() async throws(AWSError) -> CallerIdentity {
        try await client.query(.sts, "GetCallerIdentity", region: region) { (result) throws(AWSError) in
            CallerIdentity(
                account: try result.required("Account"),
                arn: try result.required("Arn"),
                userID: try result.required("UserId")
            )
        }
    }

    package func assumeRole(_ role: RoleAssumption) async throws(AWSError) -> RoleSession {
        let parameters: [(name: String, value: String?)] = [
            ("RoleArn", role.roleARN),
            ("RoleSessionName", role.sessionName),
            ("ExternalId", role.externalID),
            ("DurationSeconds", String(role.duration.components.seconds)),
            ("Policy", role.policy),
        ]
        return try await client.query(.sts, "AssumeRole", region: region, parameters) { (result) throws(AWSError) in
            try RoleSession(result)
        }
    }

    /// The token says who asks: the call is not signed.
    package func assumeRole(_ role: RoleAssumption, webIdentity token: String) async throws(AWSError) -> RoleSession {
        let parameters: [(name: String, value: String?)] = [
            ("RoleArn", role.roleARN),
            ("RoleSessionName", role.sessionName),
            ("WebIdentityToken", token),
            ("DurationSeconds", String(role.duration.components.seconds)),
            ("Policy", role.policy),
        ]
        return try await client.query(
            .sts,
            "AssumeRoleWithWebIdentity",
            region: region,
            parameters,
            isSigned: false
        ) { (result) throws(AWSError) in try RoleSession(result) }
    }
}

extension RoleSession {
    fileprivate init(_ result: XMLTree) throws(AWSError) {
        guard let values = result["Credentials"] else { throw notUnderstood("no Credentials in the answer") }
        credentials = Credentials(
            accessKeyID: try values.required("AccessKeyId"),
            secretAccessKey: try values.required("SecretAccessKey"),
            sessionToken: try values.required("SessionToken"),
            expiration: try values.requiredDate("Expiration")
        )
        arn = try result["AssumedRoleUser"]?.required("Arn") ?? ""
    }
}
