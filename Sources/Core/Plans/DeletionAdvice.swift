import Foundation

/// What to do about a deletion that failed, from the provider's own words.
package enum DeletionAdvice {
    private struct Rule {
        /// All of them stand in the reason, in any case.
        let words: [String]
        /// The resource's type begins so; nil: any.
        var type: String?
        let advice: String
    }

    /// The first that fits counts, so the more special ones come first.
    private static let rules: [Rule] = [
        Rule(
            words: ["in use by", "export"],
            advice: "take down what imports the export first, or let it import something else"
        ),
        Rule(
            words: ["role", "is invalid or cannot be assumed"],
            advice: "make its service role again under the same name, or delete the stack by hand with another role"
        ),
        Rule(
            words: ["terminationprotection is enabled"],
            advice: "switch the stack's termination protection off if it may go, and plan again"
        ),
        Rule(words: ["not empty"], type: "AWS::S3", advice: Texts.bucket),
        Rule(words: ["bucket", "not empty"], advice: Texts.bucket),
        Rule(words: ["versions in the bucket"], advice: Texts.bucket),
        Rule(words: ["repository", "images"], advice: Texts.repository),
        Rule(words: ["not empty"], type: "AWS::ECR", advice: Texts.repository),
        Rule(words: ["replicated function"], advice: Texts.replicas),
        Rule(words: ["waiting for networkinterfaces"], advice: Texts.interfaces),
        Rule(words: ["network interface", "in use"], advice: Texts.interfaces),
        Rule(words: ["dependencyviolation"], type: "AWS::EC2", advice: Texts.network),
        Rule(words: ["has a dependent object"], advice: Texts.network),
        Rule(words: ["has dependencies and cannot be deleted"], advice: Texts.network),
        Rule(words: ["deletion protection"], advice: Texts.protection),
        Rule(words: ["deletionprotection"], advice: Texts.protection),
        Rule(words: ["delete protection"], advice: Texts.protection),
        Rule(words: ["disableapitermination"], advice: Texts.protection),
        Rule(words: ["did not receive a response from your custom resource"], advice: Texts.custom),
        Rule(words: ["failed to stabilize"], type: "Custom::", advice: Texts.custom),
        Rule(words: [], type: "Custom::", advice: Texts.custom),
        Rule(words: [], type: "AWS::CloudFormation::CustomResource", advice: Texts.custom),
        Rule(words: ["access denied"], advice: Texts.access),
        Rule(words: ["accessdenied"], advice: Texts.access),
        Rule(words: ["not authorized to perform"], advice: Texts.access),
        Rule(words: ["unauthorizedoperation"], advice: Texts.access),
        Rule(
            words: ["recovery points"],
            advice: "delete the vault's recovery points if the backups may go, and plan again"
        ),
        Rule(
            words: ["workgroup", "not empty"],
            advice: "delete the workgroup's queries (with its recursive option), and plan again"
        ),
        Rule(
            words: ["must remove", "from"],
            type: "AWS::IAM",
            advice: "take out of the user or group what was attached outside the stack, and plan again"
        ),
        Rule(
            words: ["must detach", "polic"],
            type: "AWS::IAM",
            advice: "detach the policies that were attached outside the stack, and plan again"
        ),
        Rule(words: ["cannot be deleted while in status"], advice: Texts.busy),
        Rule(words: ["operationinprogress"], advice: Texts.busy),
        Rule(words: ["rate exceeded"], advice: "the provider was too busy: plan again later"),
        Rule(
            words: ["failed to delete"],
            type: "AWS::CloudFormation::Stack",
            advice: "look at the nested stack's own events; it is never deleted by itself"
        ),
    ]

    private enum Texts {
        static let bucket =
            "empty the bucket (all versions, delete markers and uploads) if its content may go, or let the plan do it"
        static let repository = "delete the repository's images if they may go, or let the plan do it"
        static let replicas = "its copies at the edge take hours to go: plan again tomorrow"
        static let interfaces =
            "network interfaces of its functions go slowly: plan again in an hour, and delete those that are left as available"
        static let network = "something outside the stack uses it: find its network interfaces and rules, remove them"
        static let protection = "switch the resource's own deletion protection off if it may go, and plan again"
        static let custom =
            "the function behind the custom resource did not answer: mend it, or let the plan retain the resource by name"
        static let access = "give the role that deletes the stack the right to delete this, and plan again"
        static let busy = "another operation is under way on it: wait until that has ended, and plan again"
    }

    /// One line, or nil where nothing better is known than to look.
    package static func advice(for reason: String, type: String = "") -> String? {
        let text = reason.lowercased()
        return rules.first { rule in
            if let prefix = rule.type, !type.hasPrefix(prefix) { return false }
            return rule.words.allSatisfy { text.contains($0) }
        }?.advice
    }

    /// What failed, why, and what to do, for each resource; those with the same advice share it.
    package static func text(_ failed: [FailedResource], atMost limit: Int = 5) -> String {
        var parts: [String] = []
        var told: Set<String> = []
        for resource in failed.prefix(limit) {
            let reason = resource.reason ?? "no reason given"
            let what = [resource.logicalID, resource.physicalID].compactMap(\.self).joined(separator: " = ")
            var text = "\(what) (\(resource.type)): \(reason)"
            if let advice = advice(for: reason, type: resource.type), told.insert(advice).inserted {
                text += " [\(advice)]"
            }
            parts.append(text)
        }
        if failed.count > limit { parts.append("and \(failed.count - limit) more") }
        return parts.joined(separator: "; ")
    }

    /// Who imports an export, where the provider says that a deletion was cancelled for that.
    ///
    /// Both wordings: `Export X cannot be deleted as it is in use by Y` and `Delete canceled. Cannot delete export X as it
    /// is in use by Y, Z and W.`
    package static func importers(in reason: String) -> (export: String, importers: [String])? {
        guard let use = reason.range(of: " as it is in use by ", options: .caseInsensitive),
            let export = reason.range(of: "export ", options: .caseInsensitive), export.upperBound <= use.lowerBound
        else { return nil }
        var name = String(reason[export.upperBound..<use.lowerBound])
        if let verb = name.range(of: " cannot be deleted", options: .caseInsensitive) {
            name = String(name[..<verb.lowerBound])
        }
        var rest = String(reason[use.upperBound...])
        while rest.hasSuffix(".") { rest.removeLast() }
        let importers = rest.replacing(" and ", with: ", ").split(separator: ",")
            .map { $0.drop { $0 == " " } }.map(String.init).filter { !$0.isEmpty }
        return (name, importers)
    }
}
