package import Core
import Foundation
import Yams

/// Reads CloudFormation templates, JSON or YAML, for what they say about the end of their resources.
package enum TemplateFile {
    /// Nil where the text is no template that can be understood; then nothing of it is assumed.
    package static func read(_ text: String) -> TemplateReading? {
        guard let root = value(of: text), let resources = root["Resources"]?.entries else { return nil }
        var reading = TemplateReading(resources: [:])
        reading.isTransformed =
            root["Transform"] != nil || text.contains("Fn::Transform") || text.contains("!Transform")
            // Modules become resources with other logical ids (AWS CloudFormation user guide, Modules).
            || resources.values.contains { $0["Type"]?.text?.hasSuffix("::MODULE") == true }
        for (logicalID, entry) in resources {
            // `Fn::ForEach::…` makes resources of its own; only the processed template names them.
            guard let type = entry["Type"]?.text else { continue }
            let properties = entry["Properties"]
            reading.resources[logicalID] = TemplateReading.Resource(
                type: type,
                deletionPolicy: entry["DeletionPolicy"]?.text,
                isInVPC: properties?["VpcConfig"]?.namesSubnets ?? false,
                isInCluster: properties?["DBClusterIdentifier"] != nil,
                serviceToken: properties?["ServiceToken"]?.reference
            )
        }
        return reading
    }

    static func value(of text: String) -> TemplateValue? {
        // JSON is YAML too, but libyaml refuses some of it, such as tabs.
        if text.drop(while: \.isWhitespace).first == "{",
            let json = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        {
            return TemplateValue(json: json)
        }
        guard let parser = try? Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8),
            let root = try? parser.singleRoot()
        else { return nil }
        // Anchors are held weakly by the nodes and strongly by the parser.
        return withExtendedLifetime(parser) { TemplateValue(root, depth: 0) }
    }
}

/// A template's value, with YAML's short tags as the functions that they stand for.
indirect enum TemplateValue {
    case text(String)
    case list([TemplateValue])
    case entries([String: TemplateValue])

    init(json: Any) {
        switch json {
        case let entries as [String: Any]: self = .entries(entries.mapValues(TemplateValue.init(json:)))
        case let list as [Any]: self = .list(list.map(TemplateValue.init(json:)))
        default: self = .text("\(json)")
        }
    }

    /// Templates are nested some ten levels deep; one made to be deeper is not followed.
    init(_ node: Node, depth: Int) {
        let inner: TemplateValue
        let tag: String
        switch node {
        case .scalar(let scalar):
            inner = .text(scalar.string)
            tag = scalar.tag.rawValue
        case .sequence(let items):
            inner = .list(depth > 100 ? [] : items.map { TemplateValue($0, depth: depth + 1) })
            tag = items.tag.rawValue
        case .mapping(let pairs):
            var entries: [String: TemplateValue] = [:]
            for (key, value) in pairs where depth <= 100 {
                if let key = key.scalar?.string { entries[key] = TemplateValue(value, depth: depth + 1) }
            }
            inner = .entries(entries)
            tag = pairs.tag.rawValue
        case .alias:
            inner = .list([])
            tag = ""
        }
        guard tag.hasPrefix("!"), tag.count > 1 else {
            self = inner
            return
        }
        let name = String(tag.dropFirst())
        self = .entries([["Ref", "Condition"].contains(name) ? name : "Fn::\(name)": inner])
    }

    subscript(key: String) -> TemplateValue? { entries?[key] }
    var entries: [String: TemplateValue]? { if case .entries(let entries) = self { entries } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// A VPC configuration without subnets, or with `AWS::NoValue` for itself, is none.
    var namesSubnets: Bool {
        guard let subnets = self["SubnetIds"] else { return self["Fn::If"] != nil }
        if case .list(let items) = subnets { return !items.isEmpty }
        return subnets["Ref"]?.text != "AWS::NoValue"
    }

    var reference: TemplateReading.Reference {
        switch self {
        case .text(let text): return .literal(text)
        case .list: return .unknown
        case .entries(let entries):
            guard entries.count == 1, let (function, argument) = entries.first else { return .unknown }
            switch (function, argument) {
            case ("Ref", .text(let name)): return .reference(name)
            case ("Fn::GetAtt", .text(let path)): return .attribute(of: String(path.prefix { $0 != "." }))
            case ("Fn::GetAtt", .list(let path)): return path.first?.text.map { .attribute(of: $0) } ?? .unknown
            case ("Fn::ImportValue", .text(let name)): return .importValue(name)
            case ("Fn::Sub", .text(let text)): return .literal(text)
            default: return .unknown
            }
        }
    }
}
