import TestSupport

/// Resources that something, or somebody, keeps from going.
extension DeletionFamily {
    /// Something in it holds something, or somebody.
    static let holding = DeletionFamily(
        "holding",
        [
            DeletionCase(
                stuck: "a bucket that is not empty; versions and delete markers count",
                "bucket",
                "AWS::S3::Bucket",
                "curfew-filled-meanwhile",
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, "
                    + "Status Code: 409, Request ID: R1)",
                template: Templates.bucket("curfew-filled-meanwhile"),
                says: "plan again with --empty curfew-filled-meanwhile"
            ),
            DeletionCase(
                stuck: "a repository that has images",
                "images",
                "AWS::ECR::Repository",
                "shop/images",
                "The repository with name 'shop/images' in registry with id '123456789012' cannot be deleted because it "
                    + "still contains images (Service: Ecr, Status Code: 400)",
                template: Templates.repository("shop/images"),
                says: "plan again with --empty shop/images"
            ),
            DeletionCase(
                stuck: "a bucket for tables that is not empty",
                "tables",
                "AWS::S3Tables::TableBucket",
                "arn:aws:s3tables:eu-west-1:123456789012:bucket/t",
                "The bucket that you tried to delete is not empty. (Service: S3Tables, Status Code: 409)",
                says: "delete that by hand"
            ),
            DeletionCase(
                stuck: "a bucket for vectors that is not empty",
                "vectors",
                "AWS::S3Vectors::VectorBucket",
                "arn:aws:s3vectors:eu-west-1:123456789012:bucket/v",
                "The specified vector bucket is not empty (Service: S3Vectors, Status Code: 409)",
                says: "delete that by hand"
            ),
            DeletionCase(
                stuck: "a directory bucket that is not empty",
                "express",
                "AWS::S3Express::DirectoryBucket",
                "files--euw1-az1--x-s3",
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)",
                says: "delete that by hand"
            ),
            DeletionCase(
                stuck: "a security group that something else uses",
                "group",
                "AWS::EC2::SecurityGroup",
                "sg-0123",
                "resource sg-0123 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: "
                    + "DependencyViolation; Request ID: R1)",
                says: "something outside the stack uses it"
            ),
            DeletionCase(
                stuck: "a subnet with an orphaned network interface",
                "subnet",
                "AWS::EC2::Subnet",
                "subnet-0123",
                "The subnet 'subnet-0123' has dependencies and cannot be deleted. (Service: AmazonEC2; Status Code: 400; "
                    + "Error Code: DependencyViolation)",
                says: "something outside the stack uses it"
            ),
            DeletionCase(
                stuck: "a function in a VPC whose network interfaces were not cleaned up",
                "interfaces",
                "AWS::Lambda::Function",
                "shop-fn",
                "CloudFormation is waiting for NetworkInterfaces associated with the Lambda Function to be cleaned up",
                says: "plan again in an hour"
            ),
            DeletionCase(
                stuck: "a function with copies at the edge",
                "edge",
                "AWS::Lambda::Function",
                "shop-edge",
                "Lambda was unable to delete arn:aws:lambda:us-east-1:123456789012:function:shop-edge:1 because it is a "
                    + "replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.",
                says: "plan again tomorrow"
            ),
            DeletionCase(
                stuck: "a user group with members from outside",
                "members",
                "AWS::IAM::Group",
                "shop-group",
                "Cannot delete entity, must remove users from group first. (Service: AmazonIdentityManagement; Status "
                    + "Code: 409; Error Code: DeleteConflict)",
                says: "take out of it what was put in or attached outside the stack"
            ),
            DeletionCase(
                stuck: "a role with policies attached elsewhere",
                "attached",
                "AWS::IAM::Role",
                "shop-role",
                "Cannot delete entity, must detach all policies first. (Service: AmazonIdentityManagement; Status Code: "
                    + "409; Error Code: DeleteConflict)",
                says: "detach from it what was attached outside the stack"
            ),
            DeletionCase(
                stuck: "a role with policies put into it elsewhere",
                "inline",
                "AWS::IAM::Role",
                "shop-role-2",
                "Cannot delete entity, must delete policies first. (Service: AmazonIdentityManagement; Status Code: 409; "
                    + "Error Code: DeleteConflict)",
                says: "delete in it what was added outside the stack"
            ),
            DeletionCase(
                stuck: "a policy that roles outside the stack have",
                "policy",
                "AWS::IAM::ManagedPolicy",
                "arn:aws:iam::123456789012:policy/shop",
                "Cannot delete a policy attached to entities. (Service: AmazonIdentityManagement; Status Code: 409)",
                says: "detach the policy from the roles"
            ),
            DeletionCase(
                stuck: "a vault with recovery points",
                "vault",
                "AWS::Backup::BackupVault",
                "shop-vault",
                "Backup vault cannot be deleted (contains 3 recovery points)",
                says: "delete the vault's recovery points"
            ),
            DeletionCase(
                stuck: "a workgroup with queries",
                "workgroup",
                "AWS::Athena::WorkGroup",
                "shop-queries",
                "WorkGroup shop-queries is not empty",
                says: "with its recursive option"
            ),
            DeletionCase(
                stuck: "an attachment that another deletion took along",
                "phantom",
                "AWS::Cognito::UserPoolUICustomizationAttachment",
                "pool/client",
                "Resource of type 'AWS::Cognito::UserPoolUICustomizationAttachment' was not found.",
                says: "leave it behind with --retain app-feat-phantom/Stuck"
            ),
        ]
    )
}
