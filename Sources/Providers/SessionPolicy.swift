package import Core

/// What a session may do, beside what its role allows (P18).
package enum SessionPolicy {
    /// AWS's limit for a session policy, in characters.
    package static let longest = 2_048
    /// More do not fit into one policy.
    package static let mostStacks = 8

    /// Everything that the role may do, but deletion and the end of protection on these stacks alone.
    ///
    /// CloudFormation deletes resources in the caller's name, so the calls that are allowed cannot be listed; those that
    /// end a stack are denied on everything else. An id that is not plainly one stack of that account is refused: a `*`
    /// in it would let others in.
    package static func over(_ stacks: [ComponentID], in account: AccountID) throws(ProviderFailure) -> String {
        let ids = Set(stacks.map(\.text)).sorted()
        guard !ids.isEmpty else { throw .beyond("a power over no stack at all was asked for") }
        guard ids.count <= mostStacks else {
            throw .beyond("a power over \(ids.count) stacks was asked for, and one session has room for \(mostStacks)")
        }
        for id in ids where !isStackID(id, of: account) {
            throw .beyond("'\(id)' is no id of a stack in account \(account)")
        }
        let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},"#
            + #"{"Effect":"Deny","Action":["cloudformation:DeleteStack","cloudformation:UpdateTerminationProtection"],"#
            + #""NotResource":[\#(list)]}]}"#
        guard policy.utf8.count <= longest else {
            throw .beyond(
                "the policy over these \(ids.count) stacks has \(policy.utf8.count) characters, and AWS takes \(longest)"
            )
        }
        return policy
    }

    /// What reading needs, and nothing that changes anything or shows what a bucket, table or secret holds.
    package static let reading = reading(costs: false)

    /// The same, and with `costs` what it costs, which nobody else needs to see.
    package static func reading(costs: Bool) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["#
            + (readingActions + (costs ? ["ce:GetCostAndUsage"] : [])).map { "\"\($0)\"" }.joined(separator: ",")
            + #"],"Resource":"*"},"#
            // API Gateway has one action for all that can be read, and the keys of its callers are among that.
            + #"{"Effect":"Allow","Action":"apigateway:GET","Resource":["#
            + #""arn:*:apigateway:*::/restapis","arn:*:apigateway:*::/restapis/*/stages"]}]}"#
    }

    private static let readingActions = [
        "account:ListRegions", "cloudformation:Describe*", "cloudformation:Get*", "cloudformation:List*",
        "cloudtrail:LookupEvents", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData",
        "codedeploy:BatchGetDeployments", "codedeploy:ListDeployments", "cognito-idp:DescribeUserPool",
        "dynamodb:DescribeTable", "ec2:DescribeInstanceAttribute", "ec2:DescribeRegions", "ecr:ListImages",
        "elasticfilesystem:DescribeFileSystems", "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "iam:GetRole", "iam:ListAccountAliases", "lambda:GetAlias", "lambda:GetFunctionConfiguration",
        "lambda:ListFunctions", "logs:DescribeLogGroups", "organizations:ListAccounts",
        "rds:DescribeDBClusters", "rds:DescribeDBInstances", "s3:ListBucketVersions", "sqs:GetQueueAttributes",
        "tag:GetResources",
    ]
}

/// `arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/UUID` in any partition, of letters, digits and hyphens only.
private func isStackID(_ text: String, of account: AccountID) -> Bool {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "cloudformation", parts[4] == account.text else {
        return false
    }
    let names = parts[5].split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 3, names[0] == "stack" else { return false }
    return [parts[1], parts[3], parts[4], names[1], names[2]].allSatisfy { part in
        !part.isEmpty
            && part.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, 45: true
                default: false
                }
            }
    }
}
