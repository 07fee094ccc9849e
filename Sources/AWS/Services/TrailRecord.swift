package import Foundation

/// A CloudTrail record, as far as it says who called what on which stack.
///
/// Of members that are not there or have another shape nothing is said; without an id, a name, a time and an identity it
/// is no record.
package struct TrailRecord: Sendable, Equatable, Decodable {
    package let id: String
    package let name: String
    package let at: Date
    /// `cloudformation.amazonaws.com`.
    package let source: String
    package let region: String?
    package let account: String?
    /// The call failed.
    package let failed: Bool
    package let identity: Identity
    /// What the call was given, and its answer: only what is text.
    package let request: [String: String]
    package let response: [String: String]

    package struct Identity: Sendable, Equatable, Decodable {
        package let type: String
        package let principalID: String?
        package let arn: String?
        package let userName: String?
        package let invokedBy: String?
        /// Of the role that was assumed, or the user behind a federated one.
        package let issuerName: String?
        package let sourceIdentity: String?
        package let federatedProvider: String?
    }

    package init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: Key.self)
        id = try record.decode(String.self, forKey: "eventID")
        name = try record.decode(String.self, forKey: "eventName")
        let time = try record.decode(String.self, forKey: "eventTime")
        guard let date = awsDate(time) else {
            throw DecodingError.dataCorruptedError(forKey: "eventTime", in: record, debugDescription: "no time")
        }
        at = date
        source = record.text("eventSource") ?? ""
        region = record.text("awsRegion")
        account = record.text("recipientAccountId")
        failed = record.text("errorCode") != nil
        identity = try record.decode(Identity.self, forKey: "userIdentity")
        request = record.texts("requestParameters")
        response = record.texts("responseElements")
    }
}

extension TrailRecord.Identity {
    package init(from decoder: any Decoder) throws {
        let identity = try decoder.container(keyedBy: Key.self)
        let context = identity.nested("sessionContext")
        type = try identity.decode(String.self, forKey: "type")
        principalID = identity.text("principalId")
        arn = identity.text("arn")
        userName = identity.text("userName")
        invokedBy = identity.text("invokedBy")
        issuerName = context?.nested("sessionIssuer")?.text("userName")
        sourceIdentity = context?.text("sourceIdentity")
        federatedProvider =
            context?.nested("webIdFederationData")?.text("federatedProvider") ?? identity.text("identityProvider")
    }
}

/// Any member of an object.
private struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) { stringValue = value }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer where K == Key {
    /// Nil where it is missing, empty, or no text.
    fileprivate func text(_ key: Key) -> String? {
        (try? decodeIfPresent(String.self, forKey: key)).flatMap { $0.isEmpty ? nil : $0 }
    }

    fileprivate func nested(_ key: Key) -> KeyedDecodingContainer<Key>? {
        try? nestedContainer(keyedBy: Key.self, forKey: key)
    }

    fileprivate func texts(_ key: Key) -> [String: String] {
        guard let object = nested(key) else { return [:] }
        let texts = object.allKeys.compactMap { key in object.text(key).map { (key.stringValue, $0) } }
        return Dictionary(texts) { first, _ in first }
    }
}
