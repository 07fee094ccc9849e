import Foundation

/// How the tags that carry an environment's name are read.
enum EnvironmentTag {
    /// Compared in lower case, so Serverless' `STAGE` is `stage`.
    ///
    /// The two with a prefix are written by SST and Copilot.
    static let builtInKeys: Set<String> = [
        "environment", "env", "feature", "branch", "stage", "sst:stage", "copilot-environment",
    ]

    /// Under these a development word is no evidence where the stack name matches a feature pattern.
    ///
    /// A feature's copy is often deployed "in dev". The tools' own keys are not among them: there the value is the whole name.
    static let sparingDevelopment: Set<String> = ["environment", "env", "stage"]

    /// Values of a tag `feature` that mean that there is none.
    static let placeholders: Set<String> = [
        "none", "null", "nil", "no", "false", "yes", "true", "n-a", "na", "undefined", "unknown", "tbd",
    ]

    static func key(_ written: String) -> String {
        written.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// A branch's or request's own name without git's way to it: `refs/heads/feature/x` is `feature/x`,
    /// `refs/pull/12/merge` is `pr-12`, `refs/merge-requests/12/head` is `mr-12`.
    static func withoutReference(_ value: String) -> String {
        let text = value.trimmingCharacters(in: .whitespaces)
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        func starts(_ words: [String]) -> Bool {
            parts.count > words.count && zip(parts, words).allSatisfy { $0.lowercased() == $1 }
        }
        for prefix in [["refs", "heads"], ["refs", "remotes", "origin"], ["remotes", "origin"], ["origin"]]
        where starts(prefix) {
            return parts.dropFirst(prefix.count).joined(separator: "/")
        }
        if starts(["refs"]) { parts.removeFirst() }
        guard parts.count == 3, ["merge", "head"].contains(parts[2].lowercased()) else { return text }
        switch parts[0].lowercased() {
        case "pull": return "pr-\(parts[1])"
        case "merge-requests": return "mr-\(parts[1])"
        default: return text
        }
    }
}
