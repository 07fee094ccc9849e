import Core
import Foundation

/// Whether something that was left is still there, as far as reading can tell.
struct LeftoverReading: Sendable {
    let provider: any Provider

    enum Presence: Sendable, Equatable {
        case present
        /// Its own service says that it is not there.
        case absent
        /// Nobody listed it who would have to; once says little.
        case unlisted
        /// Nothing can be said; it concludes nothing.
        case unknown
    }

    /// By its own service, where there is a call that tells "empty" from "not there".
    func presence(of leftover: Leftover) async -> Presence {
        switch leftover.type {
        case LeftoverSearch.logGroup:
            let name = leftover.identifier.components(after: ":log-group:")
            let reading = await gathering { () async throws(ProviderFailure) in
                try await provider.logGroups(prefix: name, in: leftover.target)
            }
            guard case .success(let groups) = reading else { return .unknown }
            return groups.contains { $0.name == name } ? .present : .absent
        case "AWS::S3::Bucket": return await emptiness(leftover, leftover.identifier.components(after: ":::"))
        case "AWS::ECR::Repository":
            return await emptiness(leftover, leftover.identifier.components(after: ":repository/"))
        default: return .unknown
        }
    }

    /// A bucket or repository that answers, empty or not, is there.
    private func emptiness(_ leftover: Leftover, _ name: String) async -> Presence {
        let resource = ObservedResource(logicalID: name, physicalID: name, type: leftover.type, status: "")
        let reading = await gathering { () async throws(ProviderFailure) in
            try await provider.isEmpty(resource, in: leftover.target)
        }
        switch reading {
        case .success(nil): return .unknown
        case .success: return .present
        case .failure(let failure):
            return ["NoSuchBucket", "RepositoryNotFoundException"].contains(failure.code) ? .absent : .unknown
        }
    }
}

extension String {
    /// What follows the first such separator; all of it where there is none.
    fileprivate func components(after separator: String) -> String {
        range(of: separator).map { String(self[$0.upperBound...]) } ?? self
    }
}

/// What an ARN tells of its kind.
enum ResourceARN {
    /// As CloudFormation calls it where that is known, else the service and its own word.
    static func type(of arn: String) -> String {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6 else { return "resource" }
        let word = parts[5].split { $0 == "/" || $0 == ":" }.first.map(String.init) ?? ""
        let isNameAlone = !parts[5].contains { $0 == "/" || $0 == ":" }
        return known[isNameAlone ? parts[2] : "\(parts[2]) \(word)"] ?? (isNameAlone ? parts[2] : "\(parts[2]) \(word)")
    }

    private static let known = [
        "s3": "AWS::S3::Bucket", "sqs": "AWS::SQS::Queue", "sns": "AWS::SNS::Topic",
        "dynamodb table": "AWS::DynamoDB::Table", "lambda function": "AWS::Lambda::Function",
        "logs log-group": "AWS::Logs::LogGroup", "ecr repository": "AWS::ECR::Repository",
        "rds db": "AWS::RDS::DBInstance", "rds cluster": "AWS::RDS::DBCluster",
        "rds snapshot": "AWS::RDS::DBSnapshot", "rds cluster-snapshot": "AWS::RDS::DBClusterSnapshot",
        "ec2 volume": "AWS::EC2::Volume", "ec2 snapshot": "AWS::EC2::Snapshot", "ec2 instance": "AWS::EC2::Instance",
        "ec2 vpc": "AWS::EC2::VPC", "ec2 subnet": "AWS::EC2::Subnet", "ec2 security-group": "AWS::EC2::SecurityGroup",
        "ec2 network-interface": "AWS::EC2::NetworkInterface", "ec2 elastic-ip": "AWS::EC2::EIP",
        "kms key": "AWS::KMS::Key", "secretsmanager secret": "AWS::SecretsManager::Secret",
        "ssm parameter": "AWS::SSM::Parameter", "cognito-idp userpool": "AWS::Cognito::UserPool",
        "elasticfilesystem file-system": "AWS::EFS::FileSystem", "kinesis stream": "AWS::Kinesis::Stream",
        "states stateMachine": "AWS::StepFunctions::StateMachine", "events rule": "AWS::Events::Rule",
        "iam role": "AWS::IAM::Role", "cloudfront distribution": "AWS::CloudFront::Distribution",
    ]
}
