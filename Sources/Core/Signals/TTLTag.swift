package import Foundation

/// What a component's own tag says about how long it is wanted.
package enum TTLValue: Hashable, Sendable, Codable {
    /// This long after the component was created.
    case expiresAfter(Duration)
    case expiresAt(Date)
    /// Wanted for ever.
    case never
    /// The text cannot be read with certainty. It is reported, and means keep.
    case unparsable(String)
}

/// One such tag as it was found.
package struct TTLTag: Hashable, Sendable, Codable {
    /// As it is written on the component.
    package let key: String
    package let text: String
    package let value: TTLValue
}

/// The tag keys that carry a lifetime or an end.
///
/// Compared without case and without `-`, `_`, `.` and spaces: `delete_after` is `DeleteAfter`.
package struct TTLKeys: Hashable, Sendable, Codable {
    /// A duration, a date, or `never`.
    package var ends: [String]
    /// A flag to keep: `true`, or there at all.
    package var keeps: [String]
    /// A mark of Cloud Custodian: `…: delete@2026/03/01`.
    package var marks: [String]

    package init(ends: [String], keeps: [String], marks: [String] = []) {
        self.ends = ends
        self.keeps = keeps
        self.marks = marks
    }

    /// The keys of kube-janitor, cloud-nuke and Cloud Custodian, and those that people invent.
    package static let usual = TTLKeys(
        ends: [
            "ttl", "ttl-hours", "ttl-days", "ttl-minutes", "lifetime", "janitor/ttl", "janitor/expires", "expires",
            "expires-at", "expires-on", "expires-after", "expire-at", "expire-on", "expire-after", "expiry",
            "expiry-date", "expiration", "expiration-date", "delete-after", "delete-on", "delete-at", "auto-delete",
            "auto-delete-after", "cloud-nuke-after",
        ],
        keeps: ["keep", "do-not-delete", "dont-delete", "permanent", "cloud-nuke-excluded"],
        marks: ["maid_status", "custodian_status"]
    )

    static func folded(_ key: String) -> String {
        key.lowercased().filter { !"-_. ".contains($0) }
    }
}

/// Folding them for every component anew took an eighth of an evaluation.
private struct FoldedTTLKeys {
    let ends: Set<String>
    let keeps: Set<String>
    let marks: Set<String>

    init(_ keys: TTLKeys) {
        ends = Set(keys.ends.map(TTLKeys.folded))
        keeps = Set(keys.keeps.map(TTLKeys.folded))
        marks = Set(keys.marks.map(TTLKeys.folded))
    }

    static let usual = FoldedTTLKeys(.usual)
}

/// The TTL tags among a component's tags, by key.
///
/// One that cannot be read is among them: it means keep.
package func ttlTags(in tags: [String: String], keys: TTLKeys = .usual) -> [TTLTag] {
    let known = keys == .usual ? FoldedTTLKeys.usual : FoldedTTLKeys(keys)
    return tags.sorted { $0.key < $1.key }.compactMap { key, text in
        let folded = TTLKeys.folded(key)
        if known.keeps.contains(folded) { return TTLText.keep(text).map { TTLTag(key: key, text: text, value: $0) } }
        if known.marks.contains(folded) { return TTLText.mark(text).map { TTLTag(key: key, text: text, value: $0) } }
        guard known.ends.contains(folded) else { return nil }
        return TTLTag(key: key, text: text, value: TTLText.end(text, key: folded))
    }
}

/// What all of a component's TTL tags together say.
package enum TTLConclusion: Hashable, Sendable, Codable {
    /// It has no TTL tag.
    case absent
    /// Wanted for ever, or this tag cannot be read, which is reported and means the same.
    case keep(because: TTLTag)
    /// No longer wanted from then on.
    case ends(at: Date)
    /// A lifetime without a known beginning: unknown age is not old.
    case unknown(because: TTLTag)
}

/// Weighs a component's TTL tags; `created` is when the component was created, where that is known.
///
/// One tag that says keep, or cannot be read, outweighs all others, then one that is unknown; of dates the latest counts.
package func ttlConclusion(of tags: [TTLTag], created: Date?) -> TTLConclusion {
    var latest: Date?
    var unknown: TTLTag?
    for tag in tags {
        switch tag.value {
        case .never, .unparsable:
            return .keep(because: tag)
        case .expiresAt(let date):
            latest = max(latest ?? date, date)
        case .expiresAfter(let duration):
            guard let created else {
                unknown = unknown ?? tag
                continue
            }
            let date = created.addingTimeInterval(TimeInterval(duration.components.seconds))
            latest = max(latest ?? date, date)
        }
    }
    if let unknown { return .unknown(because: unknown) }
    return latest.map { .ends(at: $0) } ?? .absent
}
