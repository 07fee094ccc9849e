/// A stack's name as Architect writes it: `toLogicalID(app)`, `Staging` or `Production`, and `toLogicalID(--name)`.
///
/// Nothing separates its parts, and `Staging` is Architect's word for everything that is not production, a feature's
/// deployment included. So such a name is read only where the settings list the app.
struct ArchitectName {
    let isProduction: Bool
    /// The words of `--name`; empty for the app's own staging and production.
    let words: [Substring]

    /// Nil where no listed app deployed it.
    ///
    /// `beginnings`: words that a number may follow. Capital letters are all that is left of what separated words once;
    /// `pr-12` is `Pr12`, so a number is taken off a word that begins a feature, and off no other.
    init?(_ stackName: String, apps: [String], beginnings: Set<String>) {
        let prefixes = apps.map(Self.logicalID).filter { !$0.isEmpty && stackName.hasPrefix($0) }
        for prefix in prefixes.sorted(by: { $0.count > $1.count }) {
            let rest = stackName.dropFirst(prefix.count)
            for (stage, isProduction) in [("Staging", false), ("Production", true)] where rest.hasPrefix(stage) {
                let name = rest.dropFirst(stage.count)
                // `Stagingarea` is another app's name.
                if let first = name.first, first.isLowercase { continue }
                self.isProduction = isProduction
                words = Self.words(name, beginnings: beginnings)
                return
            }
        }
        return nil
    }

    /// Architect's own `toLogicalID` (architect/utils, to-logical-id/index.js): `my-app` is `MyApp`.
    static func logicalID(_ text: String) -> String {
        var spaced = ""
        for character in text {
            if character.isASCII, character.isUppercase { spaced.append(" ") }
            spaced.append(character)
        }
        if spaced.count == 1 { return spaced.uppercased() }
        let parts = spaced.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let joined = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return joined == "Get" ? "GetIndex" : joined
    }

    private static func words(_ name: Substring, beginnings: Set<String>) -> [Substring] {
        var words: [Substring] = []
        var word = ""
        func end() {
            if word.isEmpty { return }
            let letters = word.prefix { !("0"..."9").contains($0) }
            let digits = word.dropFirst(letters.count)
            if !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }), beginnings.contains(String(letters)) {
                words += [letters, digits]
            } else {
                words.append(Substring(word))
            }
            word = ""
        }
        for character in name {
            if character.isUppercase { end() }
            word += character.lowercased()
        }
        end()
        return words
    }
}
