import Foundation

/// A tag key that tells about the owner, and how far to believe it.
package struct OwnerTagKey: Hashable, Sendable, Codable {
    package let key: String
    package let confidence: OwnerConfidence
    /// As keys are compared; made once, because every tag of every component is compared with it.
    let folded: String

    package init(_ key: String, _ confidence: OwnerConfidence = .stated) {
        self.key = key
        self.confidence = confidence
        folded = Self.folded(key)
    }

    private enum CodingKeys: CodingKey {
        case key, confidence
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .key),
            try container.decode(OwnerConfidence.self, forKey: .confidence)
        )
    }

    /// Keys compare without case and without `-`, `_`, `.` and spaces: `Owner-Email` is `ownerEmail`.
    static func folded(_ key: String) -> String {
        guard key.utf8.allSatisfy({ $0 < 128 }) else { return key.lowercased().filter { !"-_. ".contains($0) } }
        // Letter by letter is slow where every letter may be several code points.
        let kept = key.utf8.filter { $0 != 45 && $0 != 95 && $0 != 46 && $0 != 32 }
        return String(decoding: kept.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}

/// Environments that fit belong to this owner, where nothing better is known.
package struct OwnerPattern: Hashable, Sendable, Codable {
    /// A glob over the environment's name, `*` and `?`; nil fits every name.
    package let name: String?
    /// It has or had a component in this account; nil fits every account.
    package let account: AccountID?
    package let space: SpaceName?
    package let owner: OwnerName

    package init(name: String? = nil, account: AccountID? = nil, space: SpaceName? = nil, owner: OwnerName) {
        self.name = name
        self.account = account
        self.space = space
        self.owner = owner
    }

    func fits(_ place: OwnedPlace) -> Bool {
        (name.map { NameGlob($0).matches(place.name.text) } ?? true)
            && (account.map { place.accounts.contains($0) } ?? true)
            && (space.map { $0 == place.space } ?? true)
    }

    /// `name matches “feat-*”, account is 111122223333`.
    var text: String {
        [
            name.map { "name matches “\($0)”" }, account.map { "account is \($0)" }, space.map { "space is \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}

/// Where an environment stands, as rules about owners see it.
package struct OwnedPlace: Hashable, Sendable {
    package let name: EnvironmentName
    /// Nil where it does not matter.
    package let space: SpaceName?
    /// In which it has or had components.
    package let accounts: Set<AccountID>

    package init(name: EnvironmentName, space: SpaceName? = nil, accounts: Set<AccountID> = []) {
        self.name = name
        self.space = space
        self.accounts = accounts
    }
}

/// How owners are found; the order within both lists is the order of preference.
package struct OwnerRules: Hashable, Sendable, Codable {
    /// On one component the first key of a confidence speaks, later ones of the same confidence are silent.
    package var tagKeys: [OwnerTagKey]
    /// The first that matches decides.
    package var patterns: [OwnerPattern]
    /// Who is told about environments that nobody owns.
    package var fallback: OwnerName?
    /// Other names of a person or team, each with the name that counts: without them `anna` and `anna@example.com` differ.
    package var aliases: [OwnerName: OwnerName]
    /// CloudTrail is asked who made stacks, and what it said counts.
    package var asksCloudTrail: Bool
    /// Globs over roles, sessions and users of pipelines and programs, beside those that are known: they own nothing.
    package var machines: [String]

    package init(
        tagKeys: [OwnerTagKey] = OwnerRules.usualKeys,
        patterns: [OwnerPattern] = [],
        fallback: OwnerName? = nil,
        aliases: [OwnerName: OwnerName] = [:],
        asksCloudTrail: Bool = true,
        machines: [String] = []
    ) {
        self.tagKeys = tagKeys
        self.patterns = patterns
        self.fallback = fallback
        self.aliases = aliases
        self.asksCloudTrail = asksCloudTrail
        self.machines = machines
    }

    /// No standard exists; these are the keys in common use.
    ///
    /// Who answers for a thing before the group it belongs to, and that before whoever happened to make it.
    package static let usualKeys = [
        OwnerTagKey("owner"), OwnerTagKey("owner-email"), OwnerTagKey("owner-mail"), OwnerTagKey("owned-by"),
        OwnerTagKey("maintainer", .related), OwnerTagKey("contact", .related), OwnerTagKey("contact-email", .related),
        OwnerTagKey("team", .related), OwnerTagKey("squad", .related),
        OwnerTagKey("created-by", .noted), OwnerTagKey("creator", .noted), OwnerTagKey("creator-name", .noted),
    ]
}
