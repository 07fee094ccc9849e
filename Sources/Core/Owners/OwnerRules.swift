import Foundation

/// A tag key that tells about the owner, and how far to believe it.
package struct OwnerTagKey: Hashable, Sendable, Codable {
    package let key: String
    package let confidence: OwnerConfidence

    package init(_ key: String, _ confidence: OwnerConfidence = .stated) {
        self.key = key
        self.confidence = confidence
    }

    /// Keys compare without case and without `-`, `_`, `.` and spaces: `Owner-Email` is `ownerEmail`.
    static func folded(_ key: String) -> String {
        key.lowercased().filter { !"-_. ".contains($0) }
    }
}

/// Environments whose name matches belong to this owner, where nothing better is known.
package struct OwnerPattern: Hashable, Sendable, Codable {
    /// A glob over the environment's name, `*` and `?`.
    package let name: String
    package let owner: OwnerName

    package init(name: String, owner: OwnerName) {
        self.name = name
        self.owner = owner
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

    package init(
        tagKeys: [OwnerTagKey] = OwnerRules.usualKeys,
        patterns: [OwnerPattern] = [],
        fallback: OwnerName? = nil,
        aliases: [OwnerName: OwnerName] = [:]
    ) {
        self.tagKeys = tagKeys
        self.patterns = patterns
        self.fallback = fallback
        self.aliases = aliases
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
