import Yams

/// Puts values from elsewhere into what a file says, so that one reader judges both.
struct YAMLOverlay {
    /// Where each value that is not the file's comes from, by its path; also of mappings that only such values need.
    private(set) var origins: [String: SettingOrigin] = [:]
    /// What stands in the file for nothing.
    private(set) var replaced: Set<String> = []

    /// The file's root with these values, the later ones on top of the earlier.
    mutating func applied(_ said: [SettingsLayers.Said], to root: Node) -> Node {
        guard case .mapping = root else { return root }
        var root = root
        for item in said {
            for group in SettingKeys.alternatives {
                guard let chosen = group.first(where: { item.key.isIn($0) }) else { continue }
                for other in group where other != chosen && !said.contains(where: { $0.key.isIn(other) }) {
                    replaced.insert(other)
                    root = Self.without(other.split(separator: ".").map(String.init)[...], in: root)
                }
            }
            root = with(item, item.key.parts[...], path: "", in: root)
        }
        return root
    }

    private mutating func with(
        _ item: SettingsLayers.Said,
        _ rest: ArraySlice<String>,
        path: String,
        in node: Node?
    ) -> Node {
        guard let key = rest.first else {
            origins[path] = item.origin
            replaced.insert(path)
            // Quoted, so that `null` or `~` is the word and not nothing.
            return .scalar(Node.Scalar(item.value, Tag(.implicit), .doubleQuoted))
        }
        let below = path.isEmpty ? key : "\(path).\(key)"
        guard case .mapping(let mapping) = node else {
            origins[path] = item.origin
            replaced.insert(path)
            let value = with(item, rest.dropFirst(), path: below, in: nil)
            return .mapping(Node.Mapping([(Node(key), value)]))
        }
        var pairs = mapping.map { ($0.key, $0.value) }
        if let index = pairs.firstIndex(where: { Self.word($0.0) == key }) {
            pairs[index].1 = with(item, rest.dropFirst(), path: below, in: pairs[index].1)
        } else {
            pairs.append((Node(key), with(item, rest.dropFirst(), path: below, in: nil)))
        }
        return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
    }

    private static func without(_ path: ArraySlice<String>, in node: Node) -> Node {
        guard let key = path.first, case .mapping(let mapping) = node else { return node }
        let pairs = mapping.compactMap { pair -> (Node, Node)? in
            guard word(pair.key) == key else { return (pair.key, pair.value) }
            return path.count == 1 ? nil : (pair.key, without(path.dropFirst(), in: pair.value))
        }
        return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
    }

    /// The line at which a value stands; nil where there is none.
    static func line(of key: SettingKey, in root: Node) -> Int? {
        var node = root
        for part in key.parts {
            guard case .mapping(let mapping) = node, let pair = mapping.first(where: { word($0.key) == part }) else {
                return nil
            }
            node = pair.value
        }
        return switch node {
        case .scalar(let scalar): scalar.mark?.line ?? 1
        // What may be one value or several.
        case .sequence(let items): items.mark?.line ?? 1
        case .mapping, .alias: nil
        }
    }

    /// How many things a list or mapping of the file holds, and its line; nil where there is none.
    static func count(of path: String, in root: Node) -> (entries: Int, line: Int)? {
        var node = root
        for part in path.split(separator: ".") {
            guard case .mapping(let mapping) = node, let pair = mapping.first(where: { word($0.key) ?? "" == part })
            else { return nil }
            node = pair.value
        }
        return switch node {
        case .mapping(let mapping): (mapping.count, mapping.mark?.line ?? 1)
        case .sequence(let items): (items.count, items.mark?.line ?? 1)
        case .scalar(let scalar): (1, scalar.mark?.line ?? 1)
        case .alias: nil
        }
    }

    private static func word(_ node: Node) -> String? {
        if case .scalar(let scalar) = node { scalar.string } else { nil }
    }
}
