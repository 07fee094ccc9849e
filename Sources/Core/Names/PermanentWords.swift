/// The names that are never a feature's: always in force, configuration can only add to them.
///
/// A word counts as a whole token of a normalised name (`prod-hotfix-12`, not `product-hotfix-12`).
/// Where it stands decides how strictly it is read:
/// - Anywhere at all, even inside a feature's own name, for every word that is not a development word. A stack
///   `feature-flags-prod` is the production of a service called feature-flags as often as a feature "flags-prod",
///   and only one of the two readings can lose production. The price, `feat-live-chat` is never taken down, is
///   shown by the trace.
/// - The development words do not count inside a feature's own name (`feat-test-login` is a feature), and where
///   the stack name matches a feature pattern they do not count under the tags `environment`, `env`, `stage`.
/// - With a number (`prod2`, `uat1`) a word counts like the word alone, except inside a feature's own name
///   (`feat-base64-upload`).
package struct PermanentWords: Sendable {
    package static let builtIn = [
        "prod", "production", "prd", "live", "main", "master", "trunk", "release", "staging", "stage", "stg",
        "preprod", "uat", "qa", "test", "int", "integration", "dev", "develop", "development", "demo", "default",
        "shared", "common", "core", "base", "infra", "platform", "sam-app",
    ]

    /// Words that feature environments carry too, because they are deployed in a development stage.
    package static let development: Set<String> = [
        "dev", "develop", "development", "test", "int", "integration", "qa", "demo", "default",
    ]

    private struct Word {
        let text: String
        let tokens: [Substring]
        let isDevelopment: Bool
    }

    /// By their first token; longer words first.
    private let words: [Substring: [Word]]

    /// A development word that is added by configuration loses its exceptions: somebody asked for it by name.
    package init(adding additions: [String] = []) {
        let added = additions.map(normalised).filter { !$0.isEmpty }
        let all = Set(Self.builtIn).union(added).map { text in
            Word(
                text: text,
                tokens: text.split(separator: "-"),
                isDevelopment: Self.development.contains(text) && !added.contains(text)
            )
        }
        words = Dictionary(grouping: all.sorted { $0.text.count > $1.text.count }) { $0.tokens.first ?? "" }
    }

    /// What a name says about permanence.
    package struct Reading: Equatable, Sendable {
        /// The leftmost permanent word that counts.
        package var permanent: String?
        /// The leftmost development word that was passed over because of `sparingDevelopment`.
        package var spared: String?
    }

    /// Reads a normalised name, split at `-`.
    ///
    /// `ownName` are the tokens that a feature chose for itself, after its beginning; `sparingDevelopment` says
    /// whether development words are no evidence here.
    package func read(_ tokens: [Substring], ownName: Range<Int>, sparingDevelopment: Bool) -> Reading {
        var reading = Reading()
        for position in tokens.indices {
            for word in words(at: position, in: tokens, ownName: ownName) {
                if sparingDevelopment && word.isDevelopment {
                    reading.spared = reading.spared ?? word.text
                    continue
                }
                reading.permanent = word.text
                return reading
            }
        }
        return reading
    }

    /// Whether the whole name is one permanent word.
    package func isExactly(_ tokens: [Substring]) -> Bool {
        !tokens.isEmpty && words(at: 0, in: tokens, ownName: 0..<0).contains { $0.tokens.count == tokens.count }
    }

    /// The words that begin at a token and count there.
    private func words(at position: Int, in tokens: [Substring], ownName: Range<Int>) -> [Word] {
        let rest = tokens[position...]
        let found = (words[tokens[position]] ?? []).filter { word in
            guard rest.starts(with: word.tokens) else { return false }
            let isOwn = ownName.contains(position) && position + word.tokens.count <= ownName.upperBound
            return !(isOwn && word.isDevelopment)
        }
        guard found.isEmpty, !ownName.contains(position) else { return found }
        var bare = tokens[position]
        while let last = bare.last, ("0"..."9").contains(last) { bare.removeLast() }
        guard bare.count < tokens[position].count else { return found }
        return (words[bare] ?? []).filter { $0.tokens.count == 1 }
    }
}
