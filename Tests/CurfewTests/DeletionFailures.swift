import TestSupport

/// Deletions that end their plan: each row of what is known, with AWS's own words and the advice that has to come of it.
extension DeletionFamily {
    static let ending = [refused, cancelled, holding, protected, answering, forbidden]

    /// `DeleteStack` itself says no.
    static let refused = DeletionFamily(
        "refused",
        [
            DeletionCase(
                "termination protection that was switched on a moment ago: a ValidationError",
                "guarded",
                .isAnswered(
                    .validation("Stack [app-feat-guarded] cannot be deleted while TerminationProtection is enabled")
                ),
                says: "TerminationProtection is enabled",
                "plan it again with --unprotect app-feat-guarded"
            ),
            DeletionCase(
                "the stack's service role was deleted or trusts nobody: a ValidationError",
                "roleless",
                .isAnswered(
                    .validation("Role arn:aws:iam::123456789012:role/deploy is invalid or cannot be assumed")
                ),
                says: "role/deploy is invalid or cannot be assumed",
                "make its service role again"
            ),
            DeletionCase(
                "somebody updates it right now: no deletion of a stack in progress",
                "updated",
                .isAnswered(
                    .validation("Stack [app-feat-updated] cannot be deleted while in status UPDATE_IN_PROGRESS")
                ),
                says: "while in status UPDATE_IN_PROGRESS",
                "wait until that has ended, and plan again"
            ),
            DeletionCase(
                "one operation at a time",
                "occupied",
                .isAnswered(
                    AWSAnswer.error(409, "OperationInProgressException", "Another operation is in progress")
                ),
                says: "Another operation is in progress",
                "wait until that has ended, and plan again"
            ),
            DeletionCase(
                "nobody gave us the right to delete it",
                "rightless",
                .isAnswered(
                    AWSAnswer.error(
                        403,
                        "AccessDenied",
                        "User: arn:aws:sts::123456789012:assumed-role/curfew/reap is not authorized to perform: "
                            + "cloudformation:DeleteStack because no identity-based policy allows the action"
                    )
                ),
                says: "not authorized to perform: cloudformation:DeleteStack",
                "the right to delete this"
            ),
            DeletionCase(
                "a policy above us denies it",
                "denied",
                .isAnswered(
                    AWSAnswer.error(
                        403,
                        "AccessDenied",
                        "User: arn:aws:sts::123456789012:assumed-role/curfew/reap is not authorized to perform: "
                            + "cloudformation:DeleteStack with an explicit deny in a service control policy"
                    )
                ),
                says: "explicit deny",
                "perhaps for a reason: ask whoever keeps that"
            ),
        ]
    )

    /// The stack goes back to its earlier status: an export of it is in use.
    ///
    /// It has failed, nobody waits for it.
    static let cancelled = DeletionFamily(
        "cancelled",
        exported("made", "CREATE_COMPLETE") + exported("renewed", "UPDATE_COMPLETE")
            + exported("reverted", "UPDATE_ROLLBACK_COMPLETE") + [
                DeletionCase(
                    "cancelled, and nobody says why",
                    "silent",
                    .isCancelled(nil),
                    says: "the stack is CREATE_COMPLETE again",
                    "look at the stack's events"
                )
            ]
    )

    private static func exported(_ word: String, _ status: String) -> [DeletionCase] {
        let older = "Export shop-Net cannot be deleted as it is in use by web-pr-7"
        let newer = "Delete canceled. Cannot delete export shop-Net as it is in use by web, api and ops."
        return [
            DeletionCase(
                "an export is in use, in the older wording; back to \(status)",
                "\(word)-a",
                ScriptedAWS.Part(endings: [.isCancelled(older)], status: status),
                says: "the stack is \(status) again",
                "export shop-Net is in use by web-pr-7",
                "take these down first"
            ),
            DeletionCase(
                "an export is in use, in the newer wording; back to \(status)",
                "\(word)-b",
                ScriptedAWS.Part(endings: [.isCancelled(newer)], status: status),
                says: "the stack is \(status) again",
                "export shop-Net is in use by web, api, ops",
                "take these down first"
            ),
        ]
    }

    /// The resource's own deletion protection.
    static let protected = DeletionFamily(
        "protected",
        ([
            (
                "instance", "AWS::RDS::DBInstance",
                "Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: AmazonRDS; "
                    + "Status Code: 400; Error Code: InvalidParameterCombination)"
            ),
            (
                "cluster", "AWS::RDS::DBCluster",
                "Cannot delete protected Cluster, please disable deletion protection and try again. (Service: AmazonRDS)"
            ),
            (
                "table", "AWS::DynamoDB::Table",
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
                    + "first. (Service: DynamoDb, Status Code: 400)"
            ),
            (
                "pool", "AWS::Cognito::UserPool",
                "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
                    + "inactivated first. (Service: CognitoIdentityProvider, Status Code: 400)"
            ),
            (
                "machine", "AWS::EC2::Instance",
                "The instance 'i-1' may not be terminated. Modify its 'disableApiTermination' instance attribute and try "
                    + "again. (Service: AmazonEC2; Status Code: 400; Error Code: OperationNotPermitted)"
            ),
            (
                "balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "Load balancer 'shop' cannot be deleted because deletion protection is enabled (Service: "
                    + "ElasticLoadBalancingV2, Status Code: 400)"
            ),
            (
                "logs", "AWS::Logs::LogGroup",
                "The log group cannot be deleted: deletionProtectionEnabled is true (Service: CloudWatchLogs)"
            ),
        ] as [(String, String, String)]).map { word, type, reason in
            DeletionCase(
                stuck: "\(type) with deletion protection",
                word,
                type,
                "shop-\(word)",
                reason,
                says: "deletion protection of its own",
                "--retain app-feat-\(word)/Stuck"
            )
        }
    )

    /// Custom resources, nested stacks, and what is said of the stack alone.
    static let answering = DeletionFamily(
        "answering",
        [
            DeletionCase(
                stuck: "a custom resource whose function never answers, after an hour",
                "mute",
                "Custom::Setup",
                "setup-1",
                "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
                    + "[r-1]. If you are using the Python cfn-response module, you may need to update your Lambda function "
                    + "code so that CloudFormation can attach the updated version.",
                says: "did not answer",
                "--retain app-feat-mute/Stuck"
            ),
            DeletionCase(
                stuck: "a custom resource whose function says FAILED",
                "saying",
                "AWS::CloudFormation::CustomResource",
                "setup-2",
                "Received response status [FAILED] from custom resource. Message returned: See the details in CloudWatch "
                    + "Log Stream: 2026/01/01/[$LATEST]abc (RequestId: r-2)",
                says: "read its log",
                "--retain app-feat-saying/Stuck"
            ),
            DeletionCase(
                stuck: "a custom resource whose function is gone",
                "orphan",
                "Custom::Setup",
                "setup-3",
                "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:setup (Service: Lambda, Status Code: "
                    + "404)",
                says: "is gone: deploy that again",
                "--retain app-feat-orphan/Stuck"
            ),
            DeletionCase(
                "a nested stack failed: the reason is inside it",
                "nesting",
                ScriptedAWS.Part(
                    endings: [.fails([nest("1")])],
                    resources: [nest("1")],
                    nested: [
                        nest("1").physicalID: [
                            ScriptedAWS.Resource(
                                logicalID: "Group",
                                physicalID: "sg-9",
                                type: "AWS::EC2::SecurityGroup",
                                reason: "resource sg-9 has a dependent object (Service: AmazonEC2; Status Code: 400)"
                            )
                        ]
                    ]
                ),
                says: "Group = sg-9 (AWS::EC2::SecurityGroup) in its nested stack app-Inner-1",
                "has a dependent object",
                "something outside the stack uses it"
            ),
            DeletionCase(
                "a nested stack failed and says nothing of itself",
                "nested",
                ScriptedAWS.Part(
                    endings: [.fails([nest("2")])],
                    resources: [nest("2")],
                    nested: [nest("2").physicalID: []]
                ),
                says: "was not successfully deleted",
                "look at the nested stack's own events"
            ),
            DeletionCase(
                "the service role vanished on the way: said of the stack, of no resource",
                "leaving",
                .fails([], because: "Role arn:aws:iam::123456789012:role/deploy is invalid or cannot be assumed"),
                says: "role/deploy is invalid or cannot be assumed",
                "make its service role again"
            ),
        ]
    )

    /// No right, no longer a right, or no room.
    static let forbidden = DeletionFamily(
        "forbidden",
        [
            DeletionCase(
                stuck: "no permission on a resource",
                "locked",
                "AWS::S3::BucketPolicy",
                "files-2",
                "API: s3:DeleteBucketPolicy Access Denied",
                says: "the right to delete this"
            ),
            DeletionCase(
                stuck: "the service role may not delete a resource",
                "weak",
                "AWS::Lambda::Function",
                "shop-fn-2",
                "User: arn:aws:sts::123456789012:assumed-role/deploy/AWSCloudFormation is not authorized to perform: "
                    + "lambda:DeleteFunction because no identity-based policy allows the lambda:DeleteFunction action",
                says: "the right to delete this"
            ),
            DeletionCase(
                stuck: "a policy above denies a resource's deletion",
                "barred",
                "AWS::KMS::Key",
                "1234abcd",
                "User: arn:aws:sts::123456789012:assumed-role/deploy/AWSCloudFormation is not authorized to perform: "
                    + "kms:ScheduleKeyDeletion with an explicit deny in a resource-based policy",
                says: "perhaps for a reason: ask whoever keeps that"
            ),
            DeletionCase(
                stuck: "the session that CloudFormation acts with has run out",
                "expired",
                "AWS::SNS::Topic",
                "arn:aws:sns:eu-west-1:123456789012:late",
                "The security token included in the request is expired (Service: Sns, Status Code: 403)",
                says: "ran out on the way: plan again"
            ),
            DeletionCase(
                stuck: "a service was too busy for CloudFormation",
                "busy",
                "AWS::ApiGateway::RestApi",
                "a1b2c3",
                "Rate exceeded (Service: ApiGateway, Status Code: 429)",
                says: "plan again later"
            ),
            DeletionCase(
                "many resources failed: the first are told, the others counted, the same advice once",
                "many",
                .fails(
                    (1...7).map {
                        ScriptedAWS.Resource(
                            logicalID: "Group\($0)",
                            physicalID: "sg-\($0)",
                            type: "AWS::EC2::SecurityGroup",
                            reason: "resource sg-\($0) has a dependent object"
                        )
                    }
                ),
                says: "Group1 = sg-1",
                "Group5 = sg-5",
                "and 2 more"
            ),
        ]
    )

    private static func nest(_ number: String) -> ScriptedAWS.Resource {
        let id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/app-Inner-\(number)/11112222"
        return ScriptedAWS.Resource(
            logicalID: "Inner",
            physicalID: id,
            type: "AWS::CloudFormation::Stack",
            reason:
                "Embedded stack \(id) was not successfully deleted: The following resource(s) failed to delete: [Group]."
        )
    }
}

extension ScriptedAnswer {
    static func validation(_ message: String) -> ScriptedAnswer { AWSAnswer.error(400, "ValidationError", message) }
}
