/// Resource types whose loss loses data, so that plans name each of them.
package enum DataBearing {
    package static let types: Set<String> = [
        "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable",
        "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster",
        "AWS::Redshift::Cluster", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
        "AWS::EFS::FileSystem", "AWS::FSx::FileSystem", "AWS::EC2::Volume", "AWS::ECR::Repository",
        "AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool", "AWS::OpenSearchService::Domain",
        "AWS::Elasticsearch::Domain", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::KMS::Key",
        "AWS::SQS::Queue", "AWS::Kinesis::Stream", "AWS::MSK::Cluster", "AWS::Logs::LogGroup",
        "AWS::Backup::BackupVault", "AWS::Timestream::Table", "AWS::Lightsail::Disk", "AWS::QLDB::Ledger",
    ]
}
