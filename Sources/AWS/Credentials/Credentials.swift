package import Foundation

/// An access key with its secret.
///
/// Neither `description` nor a dump shows the secret or the token.
package struct Credentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let accessKeyID: String
    package let secretAccessKey: String
    package let sessionToken: String?
    /// Nil: they do not expire by themselves.
    package let expiration: Date?

    package init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    package var description: String {
        "access key …\(accessKeyID.suffix(4))\(sessionToken == nil ? "" : " with a session token")"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": "…\(accessKeyID.suffix(4))"]) }

    /// The text without this secret and token, should a service have sent them back.
    func removed(from text: String) -> String {
        var text = text
        for secret in [secretAccessKey, sessionToken ?? ""] where secret.count >= 8 {
            text = text.replacingOccurrences(of: secret, with: "…")
        }
        return text
    }
}

/// Something that yields credentials valid at `now`, or says why not.
package protocol CredentialProvider: Sendable {
    func credentials(now: Date) async throws(AWSError) -> Credentials
}

extension Credentials: CredentialProvider {
    /// Themselves, unless they have expired.
    package func credentials(now: Date) async throws(AWSError) -> Credentials {
        if let expiration, expiration <= now {
            throw AWSError(.expiredCredentials, message: "the credentials expired at \(amzTimestamp(expiration))")
        }
        return self
    }
}
