import Core

extension YAMLEntry {
    func approval(_ settings: Settings?) -> Approval? {
        let example = "{ required: 1, by: [owner, group:platform], expires: 3d, requester: excluded }"
        if let text = scalar {
            return text == "automatic" ? .automatic : unexpected("`automatic` or a mapping", example: example)
        }
        guard let parts = mapping(["required", "by", "expires", "requester"], example: example) else { return nil }
        var rule = ApprovalRule()
        rule.required = parts["required"]?.integer(1...10, example: 1) ?? rule.required
        rule.by = parts["by"]?.approvers(settings) ?? rule.by
        rule.expires = parts["expires"]?.duration(.hours(1) ... .days(90), example: "3d") ?? rule.expires
        rule.requester = parts["requester"]?.choice(ApprovalRule.Requester.self) ?? rule.requester
        if rule.requester == .counts, rule.required > 1 {
            (parts["requester"] ?? self).report(
                "`requester: counts` needs `required: 1`",
                "with more than one approval the one who asks is never among them: `requester: excluded`"
            )
        }
        let people = rule.by.filter { if case .person = $0 { true } else { false } }
        if people.count == rule.by.count, people.count < rule.required {
            (parts["required"] ?? self).report(
                "`required: \(rule.required)` can never be reached: `by` names \(people.count)",
                "name more people, or a group"
            )
        }
        return .people(rule)
    }

    private func approvers(_ settings: Settings?) -> [Approver]? {
        let example = "[owner, group:platform, ada]"
        guard let items = items("a list of approvers", example: example, orSingle: true) else { return nil }
        var approvers: [Approver] = []
        for item in items {
            guard let approver = item.approver(settings) else { continue }
            if approvers.contains(approver) {
                item.report("`\(approver)` is named twice", "keep one of them")
            } else {
                approvers.append(approver)
            }
        }
        return approvers.isEmpty ? nil : approvers
    }

    private func approver(_ settings: Settings?) -> Approver? {
        guard let word = text("an approver", example: "owner") else { return nil }
        if word == "owner" { return .owner }
        if word.hasPrefix("group:") {
            let group = String(word.dropFirst("group:".count))
            guard !group.isEmpty else { return unexpected("a group", example: "group:platform") }
            guard let groups = settings?.groups, !groups.contains(group) else { return .group(group) }
            let near = nearest(group, among: groups).map { "did you mean `group:\($0)`? " } ?? ""
            return wrong(
                "`\(path)` names the group \(quoted(group)), which nobody is in",
                near + "`people` says who is in which"
            )
        }
        guard !word.contains(":") else {
            return unexpected("`owner`, `group:NAME` or a person's name", example: "group:platform")
        }
        guard let people = settings?.people.map(\.name), !people.contains(word) else { return .person(word) }
        let near = nearest(word, among: people + ["owner"]).map { "did you mean `\($0)`? " } ?? ""
        return wrong(
            "`\(path)` names \(quoted(word)), whom `people` does not know",
            near + "write `owner`, `group:NAME` or a person's name"
        )
    }
}
