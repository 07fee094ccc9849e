package import Foundation

/// Finds credentials as AWS's tools do.
///
/// A profile that is named here is all there is. Otherwise the first of: the environment's key; the profile that
/// `AWS_PROFILE` names; the environment's web identity; the profile `default`; a container's role; an instance's role.
package struct CredentialChain: CredentialProvider {
    private let environment: AWSEnvironment
    private let profile: String?
    private let roles: RoleSessions
    /// What the last role of the chain is assumed with, where it ends in one.
    private var bounds: (policy: String, sessionName: String)?

    package init(_ environment: AWSEnvironment, profile: String? = nil, roles: RoleSessions) {
        self.environment = environment
        self.profile = profile
        self.roles = roles
    }

    /// The credentials are those of a role, which can be assumed with less.
    package var endsInRole: Bool {
        switch try? origin() {
        case .profile(let name): environment.profile(name)?["role_arn"] != nil
        case .webIdentity: true
        case .key, .container, .instance, nil: false
        }
    }

    /// The same chain, whose last role is assumed with this session policy.
    ///
    /// Credentials that are not a role's cannot be bounded: asking for them is an error.
    package func bounded(by policy: String, sessionName: String) -> CredentialChain {
        var chain = self
        chain.bounds = (policy, sessionName)
        return chain
    }

    package func credentials(now: Date) async throws(AWSError) -> Credentials {
        guard bounds == nil || endsInRole else {
            throw AWSError(.misconfigured, message: "these credentials are no role's: they cannot be bounded")
        }
        switch try origin() {
        case .key(let key): return try await key.credentials(now: now)
        case .profile(let name): return try await of(profile: name, visited: [], now: now)
        case .webIdentity(let identity): return try await assumed(identity)
        case .container(let container):
            return try await container.credentials(roles.connection.transport, now: now)
        case .instance(let instance):
            do { return try await instance.credentials(roles.connection.transport, now: now) } catch {
                guard error.kind == .noCredentials else { throw error }
                throw AWSError(.noCredentials, message: "\(Self.nothing); \(error.message)")
            }
        }
    }

    private enum Origin {
        case key(Credentials)
        case profile(String)
        case webIdentity(WebIdentity)
        case container(ContainerCredentials)
        case instance(InstanceCredentials)
    }

    private static let nothing = "no credentials in the environment, and no profile 'default'"

    /// Where the credentials are to come from; nothing is asked for it.
    private func origin() throws(AWSError) -> Origin {
        if let profile { return .profile(profile) }
        if let key = try environmentKey() { return .key(key) }
        if environment.namesProfile { return .profile(environment.profileName) }
        if let identity = try WebIdentity(environment) { return .webIdentity(identity) }
        if let values = environment.profile("default"), !saysNothing(values) { return .profile("default") }
        if let container = try ContainerCredentials(environment) { return .container(container) }
        if let instance = try InstanceCredentials(environment) { return .instance(instance) }
        throw AWSError(.noCredentials, message: Self.nothing)
    }

    /// A profile that only sets a region, or nothing of credentials.
    private func saysNothing(_ values: [String: String]) -> Bool {
        let speaking = ["aws_access_key_id", "role_arn", "credential_process"] + Self.unsupported
        return !speaking.contains { values[$0] != nil }
    }

    private func assumed(_ identity: WebIdentity) async throws(AWSError) -> Credentials {
        var identity = identity
        if let bounds { identity = identity.bounded(by: bounds.policy, sessionName: bounds.sessionName) }
        return try await identity.credentials(roles)
    }

    private func environmentKey() throws(AWSError) -> Credentials? {
        let (key, secret) = (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
        switch (key, secret) {
        case (nil, nil): return nil
        case (let key?, let secret?):
            return Credentials(
                accessKeyID: key,
                secretAccessKey: secret,
                sessionToken: environment["AWS_SESSION_TOKEN"]
            )
        case (nil, _): throw AWSError(.noCredentials, message: "AWS_SECRET_ACCESS_KEY is set, AWS_ACCESS_KEY_ID is not")
        case (_, nil): throw AWSError(.noCredentials, message: "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
        }
    }

    private func of(profile name: String, visited: [String], now: Date) async throws(AWSError) -> Credentials {
        guard let values = environment.profile(name) else {
            throw AWSError(.noCredentials, message: "there is no profile '\(name)' in the shared files")
        }
        // As a source, a profile's own key comes before its role; this also lets a profile be its own source.
        if !visited.isEmpty, let key = try staticKey(values, name) { return key }
        if let role = values["role_arn"] {
            guard !visited.contains(name) else {
                let circle = (visited + [name]).joined(separator: " → ")
                throw AWSError(.misconfigured, message: "source_profile goes round in a circle: \(circle)")
            }
            var assumption = try assumption(role, values, name)
            if visited.isEmpty, let bounds {
                assumption = assumption.bounded(by: bounds.policy, sessionName: bounds.sessionName)
            }
            if let file = values["web_identity_token_file"] {
                return try await WebIdentity(assumption, tokenFile: file).credentials(roles)
            }
            let source = try await source(of: name, values, visited: visited, now: now)
            return try await roles.assume(assumption, as: source, now: now)
        }
        if let key = try staticKey(values, name) { return key }
        if let command = values["credential_process"] {
            return try await credentialsFromProcess(
                command,
                environment: environment.variables,
                profile: name,
                now: now
            )
        }
        throw AWSError(.noCredentials, message: missing(name, values))
    }

    private func source(
        of name: String,
        _ values: [String: String],
        visited: [String],
        now: Date
    ) async throws(AWSError) -> Credentials {
        if values["mfa_serial"] != nil {
            throw AWSError(.noCredentials, message: missing(name, values))
        }
        switch (values["source_profile"], values["credential_source"]) {
        case (let source?, nil):
            return try await of(profile: source, visited: visited + [name], now: now)
        case (nil, "Environment"):
            if let key = try environmentKey() { return key }
            throw AWSError(.noCredentials, message: "profile '\(name)' wants its key in the environment: there is none")
        case (nil, "EcsContainer"):
            guard let container = try ContainerCredentials(environment) else {
                throw AWSError(.noCredentials, message: "profile '\(name)' wants a container's role: this is none")
            }
            return try await container.credentials(roles.connection.transport, now: now)
        case (nil, "Ec2InstanceMetadata"):
            guard let instance = try InstanceCredentials(environment) else {
                throw AWSError(.noCredentials, message: "profile '\(name)' wants an instance's role: it is turned off")
            }
            return try await instance.credentials(roles.connection.transport, now: now)
        case (nil, let other?):
            throw AWSError(
                .noCredentials,
                message: "profile '\(name)': credential_source \(other) is not known; it is one of Environment, "
                    + "EcsContainer, Ec2InstanceMetadata"
            )
        case (nil, nil):
            throw AWSError(.misconfigured, message: "profile '\(name)' has a role_arn but no source_profile")
        case (_?, _?):
            throw AWSError(.misconfigured, message: "profile '\(name)' has source_profile and credential_source")
        }
    }

    private func staticKey(_ values: [String: String], _ name: String) throws(AWSError) -> Credentials? {
        guard let key = values["aws_access_key_id"] else { return nil }
        guard let secret = values["aws_secret_access_key"] else {
            throw AWSError(.noCredentials, message: "profile '\(name)' has an access key without its secret")
        }
        return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    private func assumption(
        _ role: String,
        _ values: [String: String],
        _ name: String
    ) throws(AWSError) -> RoleAssumption {
        var seconds = 3600
        if let text = values["duration_seconds"] {
            guard let number = Int(text) else {
                throw AWSError(.misconfigured, message: "profile '\(name)': duration_seconds is no number")
            }
            seconds = number
        }
        return RoleAssumption(
            roleARN: role,
            sessionName: values["role_session_name"] ?? "curfew",
            externalID: values["external_id"],
            duration: .seconds(seconds)
        )
    }

    private static let unsupported = ["sso_session", "sso_start_url", "mfa_serial", "login_session"]

    private func missing(_ name: String, _ values: [String: String]) -> String {
        guard let key = Self.unsupported.first(where: { values[$0] != nil }) else {
            return "profile '\(name)' has no key, no role_arn and no credential_process"
        }
        return "profile '\(name)' uses \(key), which needs AWS's own tool: make a profile with "
            + "credential_process = aws configure export-credentials --profile \(name) --format process"
    }
}
