/// Which tool deployed a stack, by the marks that it is known to leave.
package enum DeploymentTool: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case sam = "SAM"
    case cdk = "CDK"
    case serverless = "Serverless"
    case sst = "SST"
    case copilot = "Copilot"
    case architect = "Architect"
    case chalice = "Chalice"
    case amplify = "Amplify"
    /// None of the others left its mark.
    case plain

    /// By what the inventory calls it, and by its tags, which say more than what was written down by an older version.
    package init(recorded: String, tags: [String: String]) {
        let kept = Self.allCases.first { $0.rawValue == recorded } ?? .plain
        self = kept == .plain ? Self(tags: tags) ?? .plain : kept
    }

    /// By a stack's own tags; nil where they name none.
    package init?(tags: [String: String]) {
        // Compared by their lengths first: nearly every tag is another one, and there are many.
        var keys: Set<String> = []
        for key in tags.keys where Self.lengths.contains(key.utf8.count) { keys.insert(key.lowercased()) }
        if keys.isEmpty { return nil }
        if keys.contains("copilot-application") {
            self = .copilot
        } else if keys.contains("sst:app") {
            self = .sst
        } else if keys.contains("amplify:app-id") {
            self = .amplify
        } else if keys.contains("aws-chalice") {
            self = .chalice
        } else {
            return nil
        }
    }

    private static let lengths = Set(
        ["copilot-application", "sst:app", "amplify:app-id", "aws-chalice"].map(\.utf8.count)
    )

    /// As the inventory keeps it.
    package var recorded: String { self == .plain ? "CloudFormation" : rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
