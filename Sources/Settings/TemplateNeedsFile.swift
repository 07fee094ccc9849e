package import Core
import Foundation

extension TemplateFile {
    /// What a template needs to become a stack again; nil where the text cannot be understood.
    package static func needs(_ text: String) -> TemplateNeeds? {
        guard let root = value(of: text), let resources = root["Resources"]?.entries else { return nil }
        var needs = TemplateNeeds()
        needs.isTransformed = root["Transform"] != nil || text.contains("Fn::Transform") || text.contains("!Transform")
        for (name, parameter) in root["Parameters"]?.entries ?? [:] where parameter["NoEcho"]?.isTrue == true {
            needs.secrets.insert(name)
        }
        root.collectImports(into: &needs.imports, depth: 0)
        for (logicalID, resource) in resources {
            let properties = resource["Properties"]?.entries ?? [:]
            if properties.keys.contains(where: nameProperties.contains) { needs.fixedNames.insert(logicalID) }
        }
        return needs
    }

    /// Properties that give a resource its physical name (AWS CloudFormation user guide, Name type).
    private static let nameProperties: Set<String> = [
        "AlarmName", "BucketName", "CacheClusterId", "ClusterIdentifier", "ClusterName", "DBClusterIdentifier",
        "DBInstanceIdentifier", "DomainName", "FileSystemName", "FunctionName", "LogGroupName", "QueueName",
        "ReplicationGroupId", "RepositoryName", "RoleName", "StreamName", "TableName", "TopicName", "UserPoolName",
    ]
}

extension TemplateValue {
    fileprivate var isTrue: Bool { ["true", "1"].contains(text?.lowercased()) }

    fileprivate func collectImports(into imports: inout Set<[TemplateNeeds.Part]>, depth: Int) {
        // As deep as the reader itself follows a template.
        guard depth <= 200 else { return }
        switch self {
        case .text: break
        case .list(let items): for item in items { item.collectImports(into: &imports, depth: depth + 1) }
        case .entries(let entries):
            for (key, value) in entries {
                if key == "Fn::ImportValue" { imports.insert(value.parts) }
                value.collectImports(into: &imports, depth: depth + 1)
            }
        }
    }

    /// The pieces of a name.
    fileprivate var parts: [TemplateNeeds.Part] {
        switch self {
        case .text(let text): return [.literal(text)]
        case .list: return [.unknown]
        case .entries(let entries):
            guard entries.count == 1, let (function, argument) = entries.first else { return [.unknown] }
            switch (function, argument) {
            case ("Ref", .text(let name)): return [.reference(name)]
            case ("Fn::Sub", .text(let text)): return Self.substituted(text, [:])
            case ("Fn::Sub", .list(let items)):
                guard items.count == 2, let text = items[0].text, let values = items[1].entries else {
                    return [.unknown]
                }
                return Self.substituted(text, values)
            case ("Fn::Join", .list(let items)):
                guard items.count == 2, let between = items[0].text, case .list(let pieces) = items[1] else {
                    return [.unknown]
                }
                return Array(pieces.map(\.parts).joined(separator: [.literal(between)]))
            default: return [.unknown]
            }
        }
    }

    /// `${Name}` is a reference, `${!Name}` the text `${Name}`.
    private static func substituted(_ text: String, _ values: [String: TemplateValue]) -> [TemplateNeeds.Part] {
        var parts: [TemplateNeeds.Part] = []
        var rest = text[...]
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            if start.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<start.lowerBound]))) }
            let name = String(rest[start.upperBound..<end])
            if name.hasPrefix("!") {
                parts.append(.literal("${\(name.dropFirst())}"))
            } else if let value = values[name] {
                parts += value.parts
            } else {
                // `Resource.Attribute` is known only once the resource is there.
                parts.append(name.contains(".") ? .unknown : .reference(name))
            }
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        return parts
    }
}
