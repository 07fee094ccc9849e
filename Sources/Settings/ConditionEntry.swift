import Core

extension YAMLEntry {
    /// One clause.
    ///
    /// Two keys in one mapping would be an unsaid `any` or `all`, so there is exactly one.
    func condition(depth: Int) -> Condition? {
        let clauses = [
            "any", "all", "not", "age", "idle", "ttl_tag", "runtime", "branch", "pull_request", "tag", "owner",
            "cost_above",
        ]
        let example = "idle: 7d"
        guard depth < 20 else { return wrong("`stale_when` is nested more than 20 levels deep", "flatten it") }
        guard isMapping else { return unexpected("one clause", example: example) }
        guard let parts = mapping(clauses, example: example) else { return nil }
        guard let first = parts.entries.first else { return unexpected("one clause", example: example) }
        guard parts.entries.count == 1 else {
            for (key, value) in parts.entries where clauses.contains(key) {
                _ = value.clause(key, depth)
            }
            return wrong(
                "`\(path)` has \(parts.entries.count) clauses side by side: \(parts.entries.map(\.key).joined(separator: ", "))",
                "say how they go together, for example `any: [{ idle: 7d }, { age: 30d }]`"
            )
        }
        return clauses.contains(first.key) ? first.value.clause(first.key, depth) : nil
    }

    private func clause(_ key: String, _ depth: Int) -> Condition? {
        switch key {
        case "any": conditions(depth).map(Condition.any)
        case "all": conditions(depth).map(Condition.all)
        case "not": condition(depth: depth + 1).map(Condition.not)
        case "age": duration(.seconds(1) ... .days(3_650), example: "30d").map(Condition.age)
        case "idle": idle()
        case "runtime": runtime()
        case "branch": choice(BranchState.self).map(Condition.branch)
        case "pull_request": choice(RequestState.self).map(Condition.pullRequest)
        case "cost_above": costLimit().map(Condition.costAbove)
        case "tag": tagMatch().map(Condition.tag)
        case "owner": ownerUnknown()
        default: ttlTag()
        }
    }

    private func conditions(_ depth: Int) -> [Condition]? {
        guard let items = items("a list of clauses", example: "[{ idle: 7d }, { age: 30d }]") else { return nil }
        let conditions = items.map { $0.condition(depth: depth + 1) }
        let whole = conditions.compactMap(\.self)
        return whole.count == conditions.count ? whole : nil
    }

    private func idle() -> Condition? {
        let range: ClosedRange<Duration> = .seconds(1) ... .days(3_650)
        let example = "{ for: 7d, of: [changed] }"
        if scalar != nil { return duration(range, example: "7d").map { .idle(for: $0, of: nil) } }
        guard let parts = mapping(["for", "of"], required: ["for"], example: example) else { return nil }
        let duration = parts["for"]?.duration(range, example: "7d")
        guard let of = parts["of"] else { return duration.map { .idle(for: $0, of: nil) } }
        let kinds = of.signalKinds()
        guard let duration, let kinds else { return nil }
        return .idle(for: duration, of: kinds)
    }

    private func signalKinds() -> [SignalKind]? {
        let known = SignalKind.nameable.map(\.rawValue)
        guard let items = items("a list of signals", example: "[changed]", orSingle: true) else { return nil }
        var kinds: [SignalKind] = []
        for item in items {
            guard let kind = item.scalar.flatMap(SignalKind.init), SignalKind.nameable.contains(kind) else {
                item.report(
                    "`\(item.path)` is \(item.scalar.map(quoted) ?? "no word"), which is no signal that Curfew reads",
                    "signals that exist: \(known.joined(separator: ", "))"
                )
                continue
            }
            if kinds.contains(kind) {
                item.report("`\(kind.rawValue)` is named twice", "keep one of them")
            } else {
                kinds.append(kind)
            }
        }
        return kinds.isEmpty ? nil : kinds
    }

    private func ownerUnknown() -> Condition? {
        scalar == "unknown"
            ? .ownerUnknown
            : unexpected(
                "`unknown`; whose environments a policy is about stands in `applies_to`",
                example: "owner: unknown"
            )
    }

    private func runtime() -> Condition? {
        scalar == "deprecated" ? .runtimeDeprecated : unexpected("`deprecated`", example: "runtime: deprecated")
    }

    private func ttlTag() -> Condition? {
        scalar == "expired" ? .ttlExpired : unexpected("`expired`", example: "ttl_tag: expired")
    }
}
