package import Core
import Foundation

extension TemplateFile {
    /// What a template needs to become a stack again; nil where the text cannot be understood.
    package static func needs(_ text: String) -> TemplateNeeds? {
        guard let root = value(of: text), let resources = root["Resources"]?.entries else { return nil }
        var needs = TemplateNeeds()
        needs.isTransformed = read(text)?.isTransformed ?? true
        for (name, parameter) in root["Parameters"]?.entries ?? [:] where parameter["NoEcho"]?.isTrue == true {
            needs.secrets.insert(name)
        }
        root.collectImports(into: &needs.imports, depth: 0)
        for (logicalID, resource) in resources {
            guard let type = resource["Type"]?.text, let property = nameProperties[type] else { continue }
            if resource["Properties"]?[property] != nil { needs.fixedNames.insert(logicalID) }
        }
        return needs
    }

    /// The property that gives a resource its physical name, of types of which no two may have the same.
    ///
    /// Source: AWS CloudFormation user guide, Name type. The same property elsewhere only points: `FunctionName` of a
    /// version.
    private static let nameProperties: [String: String] = [
        "AWS::CloudWatch::Alarm": "AlarmName",
        "AWS::DynamoDB::GlobalTable": "TableName",
        "AWS::DynamoDB::Table": "TableName",
        "AWS::ECR::Repository": "RepositoryName",
        "AWS::ECS::Cluster": "ClusterName",
        "AWS::EKS::Cluster": "Name",
        "AWS::ElastiCache::CacheCluster": "ClusterName",
        "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
        "AWS::Elasticsearch::Domain": "DomainName",
        "AWS::Events::EventBus": "Name",
        "AWS::IAM::Role": "RoleName",
        "AWS::Kinesis::Stream": "Name",
        "AWS::KMS::Alias": "AliasName",
        "AWS::Lambda::Function": "FunctionName",
        "AWS::Logs::LogGroup": "LogGroupName",
        "AWS::OpenSearchService::Domain": "DomainName",
        "AWS::RDS::DBCluster": "DBClusterIdentifier",
        "AWS::RDS::DBInstance": "DBInstanceIdentifier",
        "AWS::Redshift::Cluster": "ClusterIdentifier",
        "AWS::S3::Bucket": "BucketName",
        "AWS::SNS::Topic": "TopicName",
        "AWS::SQS::Queue": "QueueName",
        "AWS::SSM::Parameter": "Name",
        "AWS::SecretsManager::Secret": "Name",
        "AWS::Serverless::Function": "FunctionName",
        "AWS::Serverless::SimpleTable": "TableName",
        "AWS::StepFunctions::StateMachine": "StateMachineName",
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
