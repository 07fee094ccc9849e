/// The words that begin a feature's name: `feat-…` runs on, `pr-N` takes one number and ends.
package struct FeatureBeginning: Hashable, Sendable {
    package static let builtIn = [
        "feat-…", "feature-…", "fix-…", "bugfix-…", "hotfix-…", "pr-N", "mr-N", "preview-pr-N",
    ].compactMap(FeatureBeginning.init)

    /// The fixed words, normalised.
    package let tokens: [String]
    /// Whether a number must follow and nothing else may.
    package let numbered: Bool

    /// Reads `spike-…`, `spike-`, `spike` (runs on) and `ticket-N` (a number); nil where no word is left.
    package init?(_ text: String) {
        var words = text.split { $0 == "-" || $0 == "/" || $0 == "_" || $0 == " " }
        numbered = words.count > 1 && words.last == "N"
        if numbered { words.removeLast() }
        tokens = normalised(words.joined(separator: "-")).split(separator: "-").map(String.init)
        if tokens.isEmpty { return nil }
    }

    /// The tokens of the beginning at `position`, without the feature's own words; nil where it does not stand there.
    func stands(at position: Int, in name: [Substring]) -> Range<Int>? {
        let end = position + tokens.count
        // Nearly every position fails on its first word.
        guard end < name.count, tokens[0] == name[position], zip(tokens, name[position...]).allSatisfy({ $0 == $1 })
        else { return nil }
        if numbered, !name[end].allSatisfy({ ("0"..."9").contains($0) }) { return nil }
        return position..<end
    }
}

/// Where in a name the feature stands, what is in front of it and what is behind.
struct FeatureReading: Equatable {
    /// How many tokens stand before the beginning: the `{service}` of `{service}-{feature}`.
    var before: Int
    /// The feature's own words, after the beginning.
    var ownName: Range<Int>
    /// A listed `{service}` after the feature; empty where there is none.
    var service: Range<Int>
    /// Tokens after a numbered feature that nothing explains.
    var remainder: Range<Int>
    var name: EnvironmentName

    init(
        before: Int,
        ownName: Range<Int>,
        service: Range<Int>,
        remainder: Range<Int>,
        beginning: [String],
        in tokens: [Substring]
    ) {
        self.before = before
        self.ownName = ownName
        self.service = service
        self.remainder = remainder
        // `feature-x` and `feat-x` are the same feature.
        let first = beginning == ["feature"] ? ["feat"] : beginning
        name = EnvironmentName((first + tokens[ownName].map(String.init)).joined(separator: "-"))
    }
}

/// Finds features in names, by the beginnings and services of the rules.
struct FeatureReader: Sendable {
    private let beginnings: [FeatureBeginning]
    private let services: [[Substring]]

    init(beginnings: [FeatureBeginning], services: [String]) {
        // Longer beginnings first: `preview-pr-12` is not `pr-12` of a service called preview.
        self.beginnings = Array(Set(FeatureBeginning.builtIn + beginnings)).sorted {
            ($1.tokens.count, $0.numbered ? 0 : 1, $0.tokens.joined(separator: "-"))
                < ($0.tokens.count, $1.numbered ? 0 : 1, $1.tokens.joined(separator: "-"))
        }
        self.services = Set(services.map(normalised)).filter { !$0.isEmpty }.sorted().map { $0.split(separator: "-") }
            .sorted { $0.count > $1.count }
    }

    /// The last words of all beginnings, which a number may follow.
    var lastWords: Set<String> { Set(beginnings.compactMap(\.tokens.last)) }

    /// The leftmost feature in the name; it runs to the end, or to a listed service with `servicesAfter`.
    ///
    /// With `servicesBefore` a listed service at the start is that service, even when it begins like a feature
    /// (`feature-flags`).
    /// `also`: a service that may stand after this one, beside the listed ones.
    func read(
        _ tokens: [Substring],
        servicesBefore: Bool,
        servicesAfter: Bool,
        also: [Substring] = []
    ) -> FeatureReading? {
        let start = servicesBefore ? (services.first { tokens.starts(with: $0) }?.count ?? 0) : 0
        for position in start..<max(start, tokens.count) {
            for beginning in beginnings {
                guard let words = beginning.stands(at: position, in: tokens) else { continue }
                return reading(beginning, words, in: tokens, servicesAfter: servicesAfter, also: also)
            }
        }
        return nil
    }

    private func reading(
        _ beginning: FeatureBeginning,
        _ words: Range<Int>,
        in tokens: [Substring],
        servicesAfter: Bool,
        also: [Substring]
    ) -> FeatureReading {
        let end = tokens.count
        let own = words.upperBound
        let known = also.isEmpty ? services : [also] + services
        let service = servicesAfter ? known.first { tokens[(own + 1)...].suffix($0.count).elementsEqual($0) } : nil
        let serviceStart = end - (service?.count ?? 0)
        let ownEnd = beginning.numbered ? own + 1 : serviceStart
        return FeatureReading(
            before: words.lowerBound,
            ownName: own..<ownEnd,
            service: serviceStart..<end,
            remainder: ownEnd..<serviceStart,
            beginning: beginning.tokens,
            in: tokens
        )
    }
}
