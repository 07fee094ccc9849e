import Foundation

/// Reads the texts of TTL tags.
///
/// Whatever has two readings is unparsable, because the wrong one deletes something.
enum TTLText {
    private static let never: Set<String> = [
        "forever", "never", "none", "keep", "permanent", "infinite", "unlimited", "no", "false", "off",
    ]

    /// The value of a key such as `keep`; nil where it says no, which is no statement about the end.
    static func keep(_ text: String) -> TTLValue? {
        switch text.trimmingCharacters(in: .whitespaces).lowercased() {
        case "", "true", "yes", "1", "on", "forever", "always", "y": .never
        case "false", "no", "0", "off", "n": nil
        default: .unparsable(text)
        }
    }

    /// The value of a key such as `ttl` or `expires`; `key` is folded.
    static func end(_ text: String, key: String) -> TTLValue {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if never.contains(trimmed.lowercased()) { return .never }
        if let date = TTLDate.parse(trimmed) { return .expiresAt(date) }
        if let duration = duration(trimmed) ?? plainNumber(trimmed, key: key), duration > .zero {
            // Zero is "at once" in some tools and "never" in others.
            return .expiresAfter(duration)
        }
        return .unparsable(text)
    }

    /// `7d`, `7D`, `7 days`, `P7D`, `PT72H`; months and years have no fixed length.
    private static func duration(_ text: String) -> Duration? {
        if let duration = iso(text) { return duration }
        // `m` is minutes to kube-janitor, `M` months to others.
        guard !text.contains("M") || text.lowercased().contains("min") else { return nil }
        var short = text.lowercased()
        for (words, letter) in [
            (["weeks", "week"], "w"), (["days", "day"], "d"), (["hours", "hour", "hrs", "hr"], "h"),
            (["minutes", "minute", "mins", "min"], "m"), (["seconds", "second", "secs", "sec"], "s"),
        ] {
            guard let word = words.first(where: { short.hasSuffix($0) }) else { continue }
            short = short.dropLast(word.count).trimmingCharacters(in: .whitespaces) + letter
            break
        }
        return DurationText.parse(short)
    }

    /// ISO 8601 with days or weeks before the `T`, hours, minutes and seconds behind it.
    private static func iso(_ text: String) -> Duration? {
        guard text.hasPrefix("P") else { return nil }
        let halves = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard let dates = halves.first, halves.count <= 2 else { return nil }
        let times = halves.count == 2 ? halves[1] : ""
        guard dates.allSatisfy({ "0123456789WD".contains($0) }), times.allSatisfy({ "0123456789HMS".contains($0) }),
            halves.count == 1 || !times.isEmpty
        else { return nil }
        return DurationText.parse(String(dates + times).lowercased())
    }

    /// A number without a unit is an age, an hour count or an epoch, unless the key says which.
    private static func plainNumber(_ text: String, key: String) -> Duration? {
        guard !text.isEmpty, text.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        for (suffix, letter) in [("hours", "h"), ("days", "d"), ("minutes", "m")] where key.hasSuffix(suffix) {
            return DurationText.parse(text + letter)
        }
        return nil
    }
}
