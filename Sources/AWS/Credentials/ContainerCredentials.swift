import Curl
import Foundation

/// The role of a container: ECS, Fargate, and EKS' pod identities.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
struct ContainerCredentials: Sendable {
    private let url: String
    private let token: String?
    private let tokenFile: String?

    /// What the environment says; nil where it names no endpoint.
    init?(_ environment: AWSEnvironment) throws(AWSError) {
        // A file is read each time: the agent renews it.
        tokenFile = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
        token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard relative.hasPrefix("/"), !relative.hasPrefix("//"), Self.isPath(relative) else {
                throw AWSError(.misconfigured, message: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path")
            }
            url = "http://169.254.170.2" + relative
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            try Self.check(full)
            url = full
        } else {
            return nil
        }
    }

    /// In the clear only to this machine, or where ECS and EKS answer: what is sent and got is a secret.
    private static func check(_ url: String) throws(AWSError) {
        // Two readers of a URL with a user in it may see two hosts.
        guard isPath(url), !url.contains("@"), let authority = hostAndPort(of: url) else {
            throw AWSError(.misconfigured, message: "AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL")
        }
        let host = hostName(authority).lowercased()
        let allowed = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
        guard url.lowercased().hasPrefix("https://") || isLoopback(host: authority) || allowed.contains(host) else {
            throw AWSError(
                .misconfigured,
                message: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine"
            )
        }
    }

    private static func isPath(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
    }

    func credentials(_ transport: any HTTPTransport, now: Date) async throws(AWSError) -> Credentials {
        let source = "the container's credentials endpoint"
        var authorization = token
        if let tokenFile {
            authorization = try secretText(of: tokenFile, what: "the container's authorization token")
        }
        var headers = [(name: "Accept", value: "application/json")]
        if let authorization {
            // A line break would begin another header.
            guard !authorization.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
                throw AWSError(.misconfigured, message: "AWS_CONTAINER_AUTHORIZATION_TOKEN has more than one line")
            }
            headers.append((name: "Authorization", value: authorization))
        }
        let response = try await transport.local(url, headers: headers, within: .seconds(5), source: source)
        guard response.status == 200 else {
            throw AWSError(.noCredentials, message: "\(source) answered \(response.status)", status: response.status)
        }
        return try LocalAnswer.credentials(response.body, from: source, now: now)
    }
}
