import Curl
import Foundation

/// The role of an EC2 instance, from its metadata, version 2 alone.
///
/// Version 1 answers whoever can make the instance ask: where version 2 is refused, there are no credentials.
struct InstanceCredentials: Sendable {
    private let endpoint: String

    /// Nil where the environment turns it off.
    init?(_ environment: AWSEnvironment) throws(AWSError) {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        if var own = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] {
            while own.hasSuffix("/") { own.removeLast() }
            guard hostAndPort(of: own) != nil, !own.contains(where: { "@?#\\ ".contains($0) }) else {
                throw AWSError(.misconfigured, message: "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL")
            }
            endpoint = own
        } else {
            let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
            endpoint = isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        }
    }

    func credentials(_ transport: any HTTPTransport, now: Date) async throws(AWSError) -> Credentials {
        let token = try await token(transport)
        let path = "/latest/meta-data/iam/security-credentials/"
        let names = try await value(path, token, transport)
        let role =
            String(decoding: names, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !role.isEmpty, role.utf8.allSatisfy(Self.isRoleCharacter) else {
            throw AWSError(.noCredentials, message: "\(Self.source) names no role")
        }
        let answer = try await value(path + percentEncoded(role), token, transport)
        return try LocalAnswer.credentials(answer, from: Self.source, now: now)
    }

    private static let source = "the instance's metadata"

    /// An answer that never comes is the usual one: this is no instance, or a container one hop further away than the
    /// instance allows.
    private func token(_ transport: any HTTPTransport) async throws(AWSError) -> String {
        let response: HTTPResponse
        do {
            response = try await transport.local(
                endpoint + "/latest/api/token",
                method: "PUT",
                headers: [("X-aws-ec2-metadata-token-ttl-seconds", "21600")],
                within: .seconds(1),
                source: Self.source
            )
        } catch {
            guard error.kind == .unreachable || error.kind == .brokenOff else { throw error }
            throw AWSError(
                .noCredentials,
                message: error.message + " (from a container, the instance's hop limit has to be 2)"
            )
        }
        let text = String(decoding: response.body, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard response.status == 200, !text.isEmpty, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else {
            throw AWSError(
                .noCredentials,
                message: "\(Self.source) gave no token (\(response.status)); version 1 is not used",
                status: response.status
            )
        }
        return text
    }

    private func value(
        _ path: String,
        _ token: String,
        _ transport: any HTTPTransport
    ) async throws(AWSError) -> [UInt8] {
        let response = try await transport.local(
            endpoint + path,
            headers: [("X-aws-ec2-metadata-token", token)],
            within: .seconds(2),
            source: Self.source
        )
        guard response.status == 200 else {
            throw AWSError(
                .noCredentials,
                message: response.status == 404
                    ? "no role is attached to this instance" : "\(Self.source) answered \(response.status)",
                status: response.status
            )
        }
        return response.body
    }

    private static func isRoleCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "_+=,.@-".utf8.contains(byte)
        }
    }
}
