import Foundation

/// A role that is assumed with a token which somebody else signed, such as Kubernetes' of a service account.
struct WebIdentity: Sendable {
    let role: RoleAssumption
    /// Read anew for each session: whoever put it there also renews it.
    let tokenFile: String

    /// What the environment says; nil where it names no token.
    init?(_ environment: AWSEnvironment) throws(AWSError) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw AWSError(.misconfigured, message: "AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not")
        }
        self.init(role: role, sessionName: environment["AWS_ROLE_SESSION_NAME"], tokenFile: file)
    }

    init(role: String, sessionName: String?, tokenFile: String) {
        self.init(RoleAssumption(roleARN: role, sessionName: sessionName ?? "curfew"), tokenFile: tokenFile)
    }

    init(_ role: RoleAssumption, tokenFile: String) {
        self.role = role
        self.tokenFile = tokenFile
    }

    func bounded(by policy: String, sessionName: String) -> WebIdentity {
        WebIdentity(role.bounded(by: policy, sessionName: sessionName), tokenFile: tokenFile)
    }

    func credentials(_ sessions: RoleSessions) async throws(AWSError) -> Credentials {
        let token = try secretText(of: tokenFile, what: "the web identity token")
        return try await sessions.assume(role, webIdentity: token)
    }
}

/// The first 20,000 bytes that a file may have, without white space around them; never in an error.
func secretText(of file: String, what: String) throws(AWSError) -> String {
    guard let bytes = FileManager.default.contents(atPath: file) else {
        throw AWSError(.noCredentials, message: "\(what) cannot be read from \(file)")
    }
    // STS takes no longer ones.
    guard bytes.count <= 20_000, let text = String(validating: bytes, as: UTF8.self) else {
        throw AWSError(.noCredentials, message: "\(what) in \(file) is not text, or too long")
    }
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !token.isEmpty, !token.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
        throw AWSError(.noCredentials, message: "\(what) in \(file) is empty, or has more than one line")
    }
    return token
}
