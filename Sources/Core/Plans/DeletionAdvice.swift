import Foundation

/// What to do about a deletion that failed, from the provider's own words.
package enum DeletionAdvice {
    /// Where nothing better is known.
    package static let look =
        "look at the stack's events in the console for what holds it and whose that is, then plan again"

    /// One line, or nil where nothing better is known than to look.
    ///
    /// `stack`: its name, for what somebody can type; `resource`: what it failed on.
    package static func advice(
        for reason: String,
        type: String = "",
        of stack: String? = nil,
        on resource: FailedResource? = nil
    ) -> String? {
        let text = reason.lowercased()
        let rule = AdviceRule.all.first { rule in
            if let prefix = rule.type, !type.hasPrefix(prefix) { return false }
            return rule.words.allSatisfy { text.contains($0) }
        }
        return rule.map { filled($0.advice, stack, resource) }
    }

    /// What failed, why, and what to do, for each resource; those with the same advice share it.
    ///
    /// `stack`: the name of the one that was to be deleted. `advising`: false where something is done about it anyway.
    package static func text(
        _ failed: [FailedResource],
        of stack: String? = nil,
        advising: Bool = true,
        atMost limit: Int = 5
    ) -> String {
        var parts: [String] = []
        var told: Set<String> = []
        for resource in failed.prefix(limit) {
            let reason = resource.reason ?? "no reason given"
            let what = [resource.logicalID, resource.physicalID].compactMap(\.self).joined(separator: " = ")
            let place = resource.nestedIn.map { " in its nested stack \($0)" } ?? ""
            var text = "\(what) (\(resource.type))\(place): \(reason)"
            let known = advice(for: reason, type: resource.type, of: stack, on: resource)
            let advice = known ?? filled(AdviceRule.unknown, stack, resource)
            if advising, told.insert(advice).inserted { text += " [\(advice)]" }
            parts.append(text)
        }
        if failed.count > limit { parts.append("and \(failed.count - limit) more") }
        return parts.joined(separator: "; ")
    }

    /// What stands in braces becomes what can be typed.
    private static func filled(_ advice: String, _ stack: String?, _ resource: FailedResource?) -> String {
        let stack = stack ?? "STACK"
        // Only what is directly in the stack can be retained: of something nested the nested stack would have to be.
        let retained = resource?.nestedIn == nil ? resource?.logicalID ?? "LOGICAL-ID" : "LOGICAL-ID"
        return advice.replacing("{stack}", with: stack).replacing("{id}", with: resource?.physicalID ?? "NAME")
            .replacing("{retain}", with: "--retain \(stack)/\(retained)")
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
