/// What a policy may ask of the tags on an environment's stacks.
///
/// Components that disagree: one that carries the tag is enough, so `absent` asks that none does.
package struct TagMatch: Sendable, Hashable, CustomStringConvertible {
    /// Compared without regard to case, as everywhere.
    package var key: String
    /// Nil: any value.
    package var value: NameGlob?
    package var isAbsent: Bool

    package init(key: String, value: NameGlob? = nil, isAbsent: Bool = false) {
        self.key = key
        self.value = value
        self.isAbsent = isAbsent
    }

    package var description: String {
        let asked = isAbsent ? ", absent: true" : value.map { ", value: \($0)" } ?? ""
        return "tag: { key: \(key)\(asked) }"
    }

    func truth(on tags: TagFacts) -> Truth {
        if tags.components.contains(where: { !carried(by: $0).isEmpty }) { return isAbsent ? .no : .yes }
        if tags.whyUnread != nil { return .unknown }
        return isAbsent ? .yes : .no
    }

    private func carried(by component: TagFacts.Component) -> [(key: String, value: String)] {
        let asked = EnvironmentTag.key(key)
        return component.tags.filter { written, content in
            // Compared by its length first: nearly every tag is another one.
            written.utf8.count >= asked.utf8.count && EnvironmentTag.key(written) == asked
                && (value.map { $0.matches(content) } ?? true)
        }
        .sorted { $0.key < $1.key }
    }

    func sight(on tags: TagFacts) -> String {
        let carriers = tags.components.flatMap { component in
            carried(by: component).map { "\(component.name) carries \($0.key)=\(Self.short($0.value))" }
        }
        if !carriers.isEmpty {
            let more = carriers.count > 3 ? " and \(carriers.count - 3) more" : ""
            return carriers.prefix(3).joined(separator: "; ") + more
        }
        if let why = tags.whyUnread { return "tags unread: \(why)" }
        let others = tags.components.flatMap { component in
            TagMatch(key: key).carried(by: component).map {
                "\(component.name) carries \($0.key)=\(Self.short($0.value))"
            }
        }
        let count = tags.components.count == 1 ? "its 1 stack" : "any of its \(tags.components.count) stacks"
        return others.first.map { "\($0), which is another value" } ?? "no tag \(key) on \(count)"
    }

    private static func short(_ value: String) -> String { value.count > 60 ? value.prefix(57) + "..." : value }

    func change(on tags: TagFacts) -> String {
        let truth = truth(on: tags)
        if truth == .unknown { return "a complete reading of its stacks" }
        return (truth == .yes) == isAbsent ? "the tag \(key) on one of its stacks" : "other tags on its stacks"
    }
}

/// The tags of an environment's stacks, as they were read.
package struct TagFacts: Sendable, Hashable, Codable {
    package struct Component: Sendable, Hashable, Codable {
        /// The stack's name, for people.
        package let name: String
        package let tags: [String: String]

        package init(name: String, tags: [String: String]) {
            self.name = name
            self.tags = tags
        }
    }

    package var components: [Component]
    /// Why there may be more, or others; nil where all of them were read.
    package var whyUnread: String?

    package init(_ components: [Component], whyUnread: String? = nil) {
        self.components = components
        self.whyUnread = whyUnread
    }

    package static func unread(_ reason: String) -> TagFacts { TagFacts([], whyUnread: reason) }
}

extension Condition {
    func tagTrace(_ match: TagMatch, _ facts: EnvironmentFacts) -> Trace {
        Trace(
            description,
            match.truth(on: facts.tags),
            saw: match.sight(on: facts.tags),
            change: match.change(on: facts.tags)
        )
    }
}
