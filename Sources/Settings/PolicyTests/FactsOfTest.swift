import Core
import Foundation

/// What a case says of its environment, as an evaluation would know it.
extension YAMLEntry {
    private static let environment = "{ name: feat-x, created: 30d ago, changed: 9d ago }"
    private static let keys = [
        "name", "space", "accounts", "class", "created", "newest", "changed", "claimed", "extended", "protected",
        "released", "partly_reaped", "tags", "runtimes", "images", "owners", "reading", "region", "owner", "tool",
        "invoked", "cost",
        "committed", "rollout", "branch", "pull_request", "registered",
    ]

    func factsOfTest(at now: Date, _ table: RuntimeTable) -> EnvironmentFacts? {
        guard let parts = mapping(Self.keys, required: ["name", "created"], example: Self.environment) else {
            return nil
        }
        func moment(_ key: String) -> Date? { parts[key]?.moment(around: now) }
        let accounts = parts["accounts"]?.texts("a list of accounts", example: "[sandbox]") ?? ["sandbox"]
        let created = parts["created"]?.known(around: now)
        let newest = parts["newest"]?.known(around: now) ?? created
        let changed = parts["changed"]?.known(around: now) ?? newest
        // Everything is read before anything is given up, so that all problems are reported together.
        let areTagsUnread = parts["tags"]?.scalar == "unread"
        let tags = areTagsUnread ? [:] : parts["tags"]?.tagsOfTest() ?? [:]
        let nature = parts["class"]?.natureOfTest() ?? .feature
        let space = parts["space"]?.text("a space", example: "shop")
        let lease = parts["extended"]?.leaseOfTest(at: now)
        let reading = parts["reading"]?.readingOfTest() ?? .complete
        let (claimed, protected) = (moment("claimed"), moment("protected"))
        let (released, partlyReaped) = (moment("released"), moment("partly_reaped"))
        let owners = parts["owners"]?.text("owners that contradict each other", example: "ada, bob")
        let runtimes = runtimes(parts, table)
        let cost = parts["cost"]?.costOfTest(at: now) ?? .notRead
        let evidence = evidenceOfTest(parts, at: now, created: created?.value)
        guard let name = parts["name"]?.text("an environment's name", example: "feat-x"), let created, let newest,
            let changed
        else { return nil }
        let oldest = created.value ?? now
        var signals = [Signal(.changed, changed.signal, source: "the case")]
        if let claimed { signals.append(Signal(.asked, .known(claimed), source: "claimed")) }
        if let lease { signals.append(Signal(.asked, .known(lease.granted), source: "extended")) }
        let names = Dictionary(accounts.enumerated().map { (Self.account($0.offset, $0.element), $0.element) }) { $1 }
        signals += evidence.signals
        return EnvironmentFacts(
            key: EnvironmentKey(space: SpaceName(space ?? accounts[0]), name: EnvironmentName(name), incarnation: 1),
            nature: nature,
            accounts: Set(names.keys),
            accountNames: names,
            oldestCreated: created,
            youngestCreated: newest,
            firstSeen: oldest,
            newestFirstSeen: newest.value ?? oldest,
            signals: signals,
            timeToLive: TimeToLive.read([.init(component: name, tags: tags, created: created.value)])
                .orLater(evidence.registeredEnd, of: "registration"),
            protection: protected.map { Protection(until: $0, by: "the case", reason: "a test") },
            lease: lease,
            release: released.map { Release(at: $0, by: "the case") },
            partlyReaped: partlyReaped.map { PartlyReaped(at: $0, detail: "the case") },
            ownerConflict: owners,
            reading: reading,
            runtimes: runtimes,
            branches: evidence.branches,
            rollout: evidence.rollout,
            cost: cost,
            regions: evidence.regions,
            tools: evidence.tools,
            ownership: owners.map { .several($0) } ?? evidence.ownership,
            tags: areTagsUnread ? .unread("the case says so") : TagFacts([.init(name: name, tags: tags)])
        )
    }

    /// Twelve digits stay what they are; a name gets an id of its own.
    private static func account(_ index: Int, _ word: String) -> AccountID {
        AccountID(word.utf8.count == 12 && word.allSatisfy(\.isASCIIDigit) ? word : "\(100_000_000_000 + index)")
    }

    func known(around now: Date) -> Known<Date>? {
        scalar == "unknown" ? .unknown(reason: "the case says so") : moment(around: now).map { .known($0) }
    }

    func texts(_ expected: String, example: String) -> [String]? {
        let texts = items(expected, example: example, orSingle: true)?.compactMap {
            $0.text(expected, example: example)
        }
        return texts?.isEmpty == true ? nil : texts
    }

    private func tagsOfTest() -> [String: String]? {
        guard let parts = anyMapping(expected: "a mapping of tags", example: "{ ttl: 7d }") else { return nil }
        return Dictionary(
            parts.entries.compactMap { entry in entry.value.scalar.map { (entry.key, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func natureOfTest() -> EnvironmentFacts.Nature? {
        switch choice(ComponentClass.self) {
        case .feature?: .feature
        case .permanent?: .permanent(evidence: "the case says so")
        case .ambiguous?: .ambiguous(evidence: "the case says so")
        case nil: nil
        case .unmatched?, .excluded?, .nested?:
            unexpected("feature, permanent or ambiguous", example: "feature")
        }
    }

    private func readingOfTest() -> EnvironmentFacts.Reading? {
        switch scalar {
        case "complete": .complete
        case "partial": .partial("the case says so")
        case "suspect": .suspect("the case says so")
        default: unexpected("complete, partial or suspect", example: "partial")
        }
    }

    private func leaseOfTest(at now: Date) -> Lease? {
        let example = "{ until: in 3d, at: 4d ago, count: 1 }"
        guard let parts = mapping(["until", "at", "count"], required: ["until"], example: example),
            let until = parts["until"]?.moment(around: now)
        else { return nil }
        return Lease(
            granted: parts["at"]?.moment(around: now) ?? now,
            until: until,
            by: "the case",
            reason: "a test",
            count: parts["count"]?.integer(1...1_000, example: 1) ?? 1
        )
    }

    private func runtimes(_ parts: YAMLMapping, _ table: RuntimeTable) -> RuntimeFacts {
        let named = parts["runtimes"]?.texts("a list of runtimes", example: "[nodejs16.x]") ?? []
        let uses = Dictionary(grouping: named) { $0 }.sorted { $0.key < $1.key }
            .map { EnvironmentRuntimes.Use(runtime: $0.key, functions: $0.value.count) }
        let images = parts["images"]?.integer(0...1_000_000, example: 1) ?? 0
        return RuntimeFacts(EnvironmentRuntimes(uses: uses, images: images), in: table)
    }
}

extension Known<Date> {
    var signal: Signal.Value {
        switch self {
        case .known(let date): .known(date)
        case .unknown(let reason): .unknown(reason: reason)
        }
    }
}
