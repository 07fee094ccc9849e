package import Foundation

/// A role to act as, and how.
package struct RoleAssumption: Sendable, Equatable {
    package let roleARN: String
    /// 2 to 64 of `[\w+=,.@-]`; stands in CloudTrail.
    package let sessionName: String
    package let externalID: String?
    /// 15 minutes to 12 hours; one hour at most from another role.
    package let duration: Duration
    /// A session policy (JSON): the session's rights are what both it and the role allow.
    package let policy: String?

    package init(
        roleARN: String,
        sessionName: String,
        externalID: String? = nil,
        duration: Duration = .seconds(3600),
        policy: String? = nil
    ) {
        self.roleARN = roleARN
        self.sessionName = sessionName
        self.externalID = externalID
        self.duration = duration
        self.policy = policy
    }

    /// The same role with less.
    package func bounded(by policy: String, sessionName: String? = nil) -> RoleAssumption {
        RoleAssumption(
            roleARN: roleARN,
            sessionName: sessionName ?? self.sessionName,
            externalID: externalID,
            duration: duration,
            policy: policy
        )
    }
}

/// Assumes roles through the STS of one region: tokens of regional endpoints are valid in every region.
package struct RoleSessions: Sendable {
    let connection: AWSConnection
    private let region: String

    package init(_ connection: AWSConnection, region: String) {
        self.connection = connection
        self.region = region
    }

    func assume(
        _ role: RoleAssumption,
        as source: any CredentialProvider,
        now: Date
    ) async throws(AWSError) -> Credentials {
        let client = AWSClient(credentials: source, connection: connection)
        return try await SecurityTokens(client, region: region).assumeRole(role).credentials
    }

    /// As whoever the token names; errors show the token no more than a secret.
    func assume(_ role: RoleAssumption, webIdentity token: String) async throws(AWSError) -> Credentials {
        let identity = Credentials(accessKeyID: "", secretAccessKey: token)
        let client = AWSClient(credentials: identity, connection: connection)
        return try await SecurityTokens(client, region: region).assumeRole(role, webIdentity: token).credentials
    }
}

/// Acts as a role with somebody else's credentials.
package struct AssumedRole: CredentialProvider {
    private let source: any CredentialProvider
    private let role: RoleAssumption
    private let sessions: RoleSessions

    package init(_ role: RoleAssumption, from source: any CredentialProvider, sessions: RoleSessions) {
        self.source = source
        self.role = role
        self.sessions = sessions
    }

    package func credentials(now: Date) async throws(AWSError) -> Credentials {
        try await sessions.assume(role, as: source, now: now)
    }
}

extension CredentialProvider {
    /// Credentials of that role, kept and renewed before they expire.
    package func assuming(_ role: RoleAssumption, sessions: RoleSessions) -> RefreshingCredentials {
        RefreshingCredentials(AssumedRole(role, from: self, sessions: sessions))
    }
}
