/// A pattern over names: `*` is any run of characters, `?` any one; everything else stands for itself.
///
/// Case does not matter, because names compare as lower case. The whole name has to match.
package struct NameGlob: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    private let pattern: [Character]

    package init(_ text: String) {
        self.text = text
        pattern = Array(text.lowercased())
    }

    package var description: String { text }

    /// True for a pattern that lets every name through, such as `*`.
    package var matchesEverything: Bool { !pattern.isEmpty && pattern.allSatisfy { $0 == "*" } }

    /// Works in at most pattern × name steps, whatever the pattern: it comes from a file that people edit.
    package func matches(_ name: String) -> Bool { matches(lowerCase: Array(name.lowercased())) }

    /// For one name against many globs.
    func matches(lowerCase name: [Character]) -> Bool {
        var (at, position) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == "*" {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.pattern + 1
                position = last.name + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}
