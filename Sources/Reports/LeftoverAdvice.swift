import Core

extension Leftover {
    /// Why it stayed, in a sentence.
    var because: String {
        switch reason {
        case .retained: "its template says that it stays"
        case .snapshot: "a snapshot was made of it when it went"
        case .logGroup: "what ran there wrote it, and no stack had it"
        case .named: "the plan retained it by name"
        case .tagged: "it still carries the stack's tags"
        case .failed: "its deletion failed, and the stack went without it"
        }
    }

    /// What somebody types who wants it gone; nothing here does it.
    var removal: String {
        let command = command
        // The same name may stand in another account, whose profile somebody has at hand.
        return command.hasPrefix("aws ") ? "\(command)  # in account \(target.account)" : command
    }

    private var command: String {
        let place = "--region \(target.region)"
        if reason == .snapshot { return snapshots(place) }
        let name = Self.quoted(short)
        return switch type {
        case "AWS::S3::Bucket": "aws s3 rb --force s3://\(name) \(place)"
        case "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name \(name) \(place)"
        case "AWS::DynamoDB::Table": "aws dynamodb delete-table --table-name \(name) \(place)"
        case "AWS::ECR::Repository": "aws ecr delete-repository --force --repository-name \(name) \(place)"
        case "AWS::SQS::Queue": "aws sqs delete-queue --queue-url \(name) \(place)"
        case "AWS::SNS::Topic": "aws sns delete-topic --topic-arn \(Self.quoted(identifier)) \(place)"
        case "AWS::Lambda::Function": "aws lambda delete-function --function-name \(name) \(place)"
        case "AWS::KMS::Key": "aws kms schedule-key-deletion --key-id \(name) \(place)"
        case "AWS::Cognito::UserPool": "aws cognito-idp delete-user-pool --user-pool-id \(name) \(place)"
        case "AWS::EFS::FileSystem": "aws efs delete-file-system --file-system-id \(name) \(place)"
        case "AWS::EC2::Volume": "aws ec2 delete-volume --volume-id \(name) \(place)"
        case "AWS::EC2::Snapshot": "aws ec2 delete-snapshot --snapshot-id \(name) \(place)"
        case "AWS::RDS::DBInstance": "aws rds delete-db-instance --db-instance-identifier \(name) \(place)"
        case "AWS::RDS::DBCluster": "aws rds delete-db-cluster --db-cluster-identifier \(name) \(place)"
        case "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id \(name) \(place)"
        default: "in the console: \(type) in \(target.region)"
        }
    }

    private func snapshots(_ place: String) -> String {
        switch type {
        case "AWS::RDS::DBInstance":
            "aws rds describe-db-snapshots --db-instance-identifier \(Self.quoted(short)) \(place)"
        case "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster":
            "aws rds describe-db-cluster-snapshots --db-cluster-identifier \(Self.quoted(short)) \(place)"
        case "AWS::EC2::Volume":
            "aws ec2 describe-snapshots --filters \(Self.quoted("Name=volume-id,Values=\(short)")) \(place)"
        default: "in the console: the snapshots of \(type) in \(target.region)"
        }
    }

    /// The name inside an ARN, for commands that take names.
    private var short: String {
        guard identifier.hasPrefix("arn:") else { return identifier }
        let last = identifier.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last.map(
            String.init
        )
        guard let last else { return identifier }
        for word in ["log-group:", "table/", "repository/", "function:", "file-system/", "volume/", "snapshot/", "db:"]
        where last.hasPrefix(word) {
            return String(last.dropFirst(word.count))
        }
        return last
    }

    /// Somebody copies it into a shell.
    private static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-_./:=,".unicodeScalars.contains(scalar))
        }
        return plain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }
}
