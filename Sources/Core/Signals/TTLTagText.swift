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

    /// What Cloud Custodian's `mark-for-op` writes: `Resource does not meet policy: delete@2026/03/01`.
    ///
    /// With hours it is `…@2026/03/01 1300 UTC`; the message before the last colon is anybody's. Nil where something else
    /// than the end is meant to come, such as `stop`. A zone's abbreviation means several zones, but for UTC.
    static func mark(_ text: String) -> TTLValue? {
        guard let colon = text.lastIndex(of: ":") else { return .unparsable(text) }
        let parts = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            .split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return .unparsable(text) }
        guard ["delete", "terminate", "remove"].contains(parts[0].lowercased()) else { return nil }
        var words = parts[1].split(separator: " ").map(String.init)
        if words.count > 1, words[1].count == 4, words[1].allSatisfy({ ("0"..."9").contains($0) }) {
            words[1] = "\(words[1].prefix(2)):\(words[1].suffix(2))"
        }
        return TTLDate.parse(words.joined(separator: " ")).map { .expiresAt($0) } ?? .unparsable(text)
    }

    /// The value of a key such as `ttl` or `expires`; `key` is folded.
    static func end(_ text: String, key: String) -> TTLValue {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if never.contains(trimmed.lowercased()) { return .never }
        if let date = TTLDate.parse(trimmed) ?? epoch(trimmed, key: key) { return .expiresAt(date) }
        if let duration = duration(trimmed) ?? plainNumber(trimmed, key: key), duration > .zero {
            // Zero is "at once" in some tools and "never" in others.
            return .expiresAfter(duration)
        }
        return .unparsable(text)
    }

    /// Seconds or milliseconds since 1970, under a key that names a moment.
    ///
    /// Ten and thirteen digits are no number of hours or days; under `ttl` they could still be a length of time.
    private static func epoch(_ text: String, key: String) -> Date? {
        guard text.allSatisfy({ ("0"..."9").contains($0) }), text.first != "0", let number = Double(text),
            ["expir", "delete", "autodelete", "cloudnukeafter", "janitor/expires"].contains(where: key.hasPrefix),
            !["hours", "days", "minutes"].contains(where: key.hasSuffix)
        else { return nil }
        switch text.count {
        case 10: return Date(timeIntervalSince1970: number)
        case 13: return Date(timeIntervalSince1970: number / 1_000)
        default: return nil
        }
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
