import Crypto
import Foundation

/// Finds the live branches that an environment's name may stand for.
///
/// Slugs lose what they leave out, so no name is ever turned back into a branch: every known slug of every live branch is
/// calculated and compared. Who finds several has found none of them gone.
package struct BranchMatcher: Sendable {
    /// By name of an environment.
    private var firm: [String: Set<String>] = [:]
    /// What a tool may have cut: each slug with its branch, in order.
    private var slugs: [(text: String, branch: String)] = []
    /// By letters and digits alone.
    private var bare: [String: Set<String>] = [:]

    /// `names`: the rules that read environments' names.
    package init(branches: some Sequence<String>, names: NameEvaluator) {
        for branch in branches {
            var forms: Set<String> = []
            for slug in Self.slugs(of: branch) {
                forms.insert(slug)
                // As the name of a stack or a tag `feature` would be read.
                let read = [
                    names.feature(slug).named, names.evaluate(stackName: "x-\(slug)", tags: [:]).named.first,
                ]
                for name in read.compactMap(\.self) { forms.insert(name.text) }
            }
            for form in forms {
                firm[form, default: []].insert(branch)
                slugs.append((form, branch))
                let letters = String(form.filter { $0 != "-" }.prefix(Self.amplify))
                bare[letters, default: []].insert(branch)
            }
            for name in Self.environmentSlugs(of: branch) { firm[name, default: []].insert(branch) }
        }
        slugs.sort { ($0.text, $0.branch) < ($1.text, $1.branch) }
    }

    /// Branches whose slug is exactly that name.
    package func named(_ name: EnvironmentName) -> Set<String> { firm[name.text] ?? [] }

    /// Branches of which it may be what a tool left over: cut off, with a suffix, or without its dashes.
    ///
    /// They keep an environment, and prove nothing once they are gone.
    package func resembling(_ name: EnvironmentName) -> Set<String> {
        var found = bare[String(name.text.filter { $0 != "-" }.prefix(Self.amplify))] ?? []
        if name.text.utf8.count >= Self.shortestCut { found.formUnion(beginning(with: name.text)) }
        // GitLab's CI_ENVIRONMENT_SLUG: 17 characters and a suffix of six, made of a name that nobody tells us.
        let parts = name.text.split(separator: "-")
        if name.text.utf8.count <= 24, parts.count > 1, parts.last?.utf8.count == 6 {
            let rest = parts.dropLast().joined(separator: "-")
            if rest.utf8.count >= 8 { found.formUnion(beginning(with: rest)) }
            let withoutReview = rest.hasPrefix("review-") ? String(rest.dropFirst("review-".count)) : ""
            if withoutReview.utf8.count >= 4 { found.formUnion(beginning(with: withoutReview)) }
        }
        return found.subtracting(named(name))
    }

    private func beginning(with text: String) -> Set<String> {
        var low = 0
        var high = slugs.count
        while low < high {
            let middle = (low + high) / 2
            if slugs[middle].text < text { low = middle + 1 } else { high = middle }
        }
        return Set(slugs[low...].prefix { $0.text.hasPrefix(text) }.map(\.branch))
    }

    /// No tool cuts a name that is shorter.
    private static let shortestCut = 12
    /// Amplify keeps letters and digits, and fifty of them.
    private static let amplify = 50

    /// Whole, and cut after 63 characters as GitLab's CI_COMMIT_REF_SLUG and github-slug-action do.
    private static func slugs(of branch: String) -> Set<String> {
        let long = branch.lowercased().unicodeScalars.map { scalar -> Character in
            let isKept = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            return isKept ? Character(scalar) : "-"
        }
        let cut = String(long.prefix(63))
        return Set([normalised(branch), normalised(cut)].filter { !$0.isEmpty })
    }

    /// CI_ENVIRONMENT_SLUG of the names that GitLab's own examples give to environments.
    static func environmentSlugs(of branch: String) -> [String] {
        let slug = slugs(of: branch).min { $0.count < $1.count } ?? ""
        return [branch, slug, "review/\(branch)", "review/\(slug)"].map { normalised(environmentSlug($0)) }
            .filter { !$0.isEmpty }
    }

    /// As GitLab's `Gitlab::Slug::Environment` makes it.
    static func environmentSlug(_ name: String) -> String {
        var text = String(
            name.lowercased().unicodeScalars.map { scalar -> Character in
                let isKept = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
                return isKept ? Character(scalar) : "-"
            }
        )
        if let first = text.first, !("a"..."z").contains(first) { text = "env-\(text)" }
        text = text.reduce(into: "") { if $1 != "-" || $0.last != "-" { $0.append($1) } }
        text = String(text.prefix(24))
        if text.hasSuffix("-") { text.removeLast() }
        guard text != name else { return text }
        text = String(text.prefix(17))
        return text + (text.hasSuffix("-") ? "" : "-") + suffix(of: name)
    }

    /// The last six digits of its SHA-256 in base 36.
    private static func suffix(of name: String) -> String {
        let modulus: UInt64 = 2_176_782_336  // 36⁶
        let number = SHA256.hash(data: Data(name.utf8)).reduce(UInt64(0)) { ($0 * 256 + UInt64($1)) % modulus }
        let digits = String(number, radix: 36)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}

extension EnvironmentName {
    /// The number of the pull or merge request that it is named after; nil for any other name.
    package var requestNumber: Int? {
        var parts = text.split(separator: "-")
        if parts.first == "preview" { parts.removeFirst() }
        guard parts.count == 2, ["pr", "mr"].contains(parts[0]), parts[1].utf8.count <= 9 else { return nil }
        return Int(parts[1])
    }
}
