package import Foundation

extension TimeToLive {
    /// One component's tags, as far as its end goes.
    package struct Source: Sendable, Hashable {
        /// For people: the component's name.
        package let component: String
        package let tags: [String: String]
        /// From here a length of time such as `14d` runs; nil when it is not known.
        package let created: Date?

        package init(component: String, tags: [String: String], created: Date?) {
            self.component = component
            self.tags = tags
            self.created = created
        }
    }

    /// What the tags of all components say together: the latest end.
    ///
    /// One tag that cannot be read makes the whole unreadable, because it may mean later (R4); the answer does not
    /// depend on the order of the components (D8).
    package static func read(_ sources: [Source], keys: TTLKeys = .usual) -> TimeToLive {
        sources.map { source in
            switch ttlConclusion(of: ttlTags(in: source.tags, keys: keys), created: source.created) {
            case .absent: .absent
            case .ends(let end): .expires(end, source: "TTL tag of \(source.component)")
            case .keep(let tag) where tag.value == .never: .never(source: tag.place(source))
            case .keep(let tag): .unreadable(tag.text, source: tag.place(source))
            case .unknown(let tag):
                .unknown(reason: "`\(tag.text)` after an unknown creation", source: tag.place(source))
            }
        }.max { $0.weight < $1.weight } ?? .absent
    }

    /// The heaviest of all components' ends decides.
    private var weight: (rank: Int, end: Date, text: String) {
        switch self {
        case .absent: (0, .distantPast, "")
        case .expires(let end, let source): (1, end, source)
        case .never(let source): (2, .distantPast, source)
        case .unknown(let reason, let source): (3, .distantPast, "\(source) \(reason)")
        case .unreadable(let text, let source): (4, .distantPast, "\(source) \(text)")
        }
    }
}

extension TTLTag {
    fileprivate func place(_ source: TimeToLive.Source) -> String { "tag \(key) of \(source.component)" }
}
