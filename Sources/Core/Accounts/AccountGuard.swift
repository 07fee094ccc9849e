/// Says whether an account's aliases or name look like production (P9).
package enum AccountGuard {
    static let alarming: Set<String> = ["prod", "production", "prd", "live"]

    /// The alarming word in one alias or name; nil where there is none.
    ///
    /// `non-prod` is fine, `nonprod` is another word, `prod-eu` and `acme_LIVE` are not fine.
    package static func alarm(in text: String) -> String? {
        let words = normalised(text).split(separator: "-").map(String.init)
        for (index, word) in words.enumerated() where alarming.contains(word) {
            if index > 0, words[index - 1] == "non" { continue }
            return word
        }
        return nil
    }

    /// The first alarming alias or name with its word.
    package static func alarm(inAnyOf texts: [String]) -> (text: String, word: String)? {
        for text in texts {
            if let word = alarm(in: text) { return (text, word) }
        }
        return nil
    }
}
