/// The services that Curfew calls.
///
/// The raw value is the name in errors and counts.
package enum AWSService: String, Sendable, CaseIterable {
    case cloudformation
    case sts
    case s3
    case ecr
    case iam
    case logs
    case cloudwatch
    case tagging
    case lambda
    case dynamodb
    case rds
    case cognito
    case efs
    case sqs
    case elb
    case ec2
    case secretsmanager
    case ssm
    case email
    case cloudtrail
    case organizations
    case account
    case apigateway
    case codedeploy
    case costs = "ce"

    /// In the credential scope of a signature.
    var signingName: String {
        switch self {
        case .cloudwatch: "monitoring"
        case .cognito: "cognito-idp"
        case .efs: "elasticfilesystem"
        case .elb: "elasticloadbalancing"
        case .email: "ses"
        case .cloudformation, .sts, .s3, .ecr, .iam, .logs, .tagging, .lambda, .dynamodb, .rds, .sqs, .ec2,
            .secretsmanager, .ssm, .apigateway, .codedeploy, .cloudtrail, .organizations, .account, .costs:
            rawValue
        }
    }

    /// First label of the host.
    var hostPrefix: String {
        switch self {
        case .ecr: "api.ecr"
        case .email: "email"
        default: signingName
        }
    }

    /// The service's id in the shared files' `services` sections; in capitals it ends `AWS_ENDPOINT_URL_…`.
    var settingName: String {
        switch self {
        case .logs: "cloudwatch_logs"
        case .tagging: "resource_groups_tagging_api"
        case .cognito: "cognito_identity_provider"
        case .elb: "elastic_load_balancing_v2"
        case .email: "sesv2"
        case .secretsmanager: "secrets_manager"
        case .apigateway: "api_gateway"
        case .costs: "cost_explorer"
        case .cloudformation, .sts, .s3, .ecr, .iam, .cloudwatch, .lambda, .dynamodb, .rds, .efs, .sqs, .ec2, .ssm,
            .codedeploy, .cloudtrail, .organizations, .account:
            rawValue
        }
    }

    /// Of the query protocol.
    var queryVersion: String {
        switch self {
        case .cloudformation: "2010-05-15"
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        case .cloudwatch: "2010-08-01"
        case .rds: "2014-10-31"
        case .elb: "2015-12-01"
        case .ec2: "2016-11-15"
        case .s3, .ecr, .logs, .tagging, .lambda, .dynamodb, .cognito, .efs, .sqs, .secretsmanager, .ssm, .email,
            .apigateway, .codedeploy, .cloudtrail, .organizations, .account, .costs:
            ""
        }
    }

    /// What stands before the operation in a JSON service's `X-Amz-Target`.
    var jsonTarget: String {
        switch self {
        case .ecr: "AmazonEC2ContainerRegistry_V20150921"
        case .logs: "Logs_20140328"
        case .tagging: "ResourceGroupsTaggingAPI_20170126"
        case .dynamodb: "DynamoDB_20120810"
        case .cognito: "AWSCognitoIdentityProviderService"
        case .sqs: "AmazonSQS"
        case .secretsmanager: "secretsmanager"
        case .ssm: "AmazonSSM"
        case .cloudtrail: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"
        case .organizations: "AWSOrganizationsV20161128"
        case .codedeploy: "CodeDeploy_20141006"
        case .costs: "AWSInsightsIndexService"
        case .cloudformation, .sts, .s3, .iam, .cloudwatch, .lambda, .rds, .efs, .elb, .ec2, .email, .account,
            .apigateway:
            ""
        }
    }

    var jsonVersion: String { self == .dynamodb || self == .sqs ? "1.0" : "1.1" }
}
