import Core
import Foundation
import Testing

@Suite struct DeletionAdviceTests {
    /// AWS's own words, as people reported them.
    @Test(arguments: [
        (
            "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)", "AWS::S3::Bucket",
            "--empty NAME"
        ),
        (
            "The repository with name 'x' in registry with id '1' cannot be deleted because it still contains images",
            "AWS::ECR::Repository", "if its images may go"
        ),
        (
            "resource sg-0 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation)",
            "AWS::EC2::SecurityGroup", "something outside the stack uses it"
        ),
        (
            "The subnet 'subnet-0' has dependencies and cannot be deleted.", "AWS::EC2::Subnet",
            "something outside the stack uses it"
        ),
        (
            "CloudFormation is waiting for NetworkInterfaces associated with the Lambda Function to be cleaned up",
            "AWS::Lambda::Function", "plan again in an hour"
        ),
        (
            "Lambda was unable to delete arn:aws:lambda:us-east-1:1:function:f:1 because it is a replicated function.",
            "AWS::Lambda::Function", "at the edge"
        ),
        (
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
            "AWS::RDS::DBInstance", "switch that off"
        ),
        (
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [1].",
            "Custom::Setup", "did not answer"
        ),
        ("Received response status [FAILED] from custom resource.", "Custom::Setup", "read its log"),
        (
            "Role arn:aws:iam::1:role/deploy is invalid or cannot be assumed", "", "make its service role again"
        ),
        (
            "API: s3:DeleteBucket Access Denied", "AWS::S3::Bucket", "the right to delete this"
        ),
        (
            "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: lambda:DeleteFunction on resource: f",
            "AWS::Lambda::Function", "the right to delete this"
        ),
        (
            "The following resource(s) failed to delete: [Bucket].", "AWS::CloudFormation::Stack",
            "nested stack's own events"
        ),
        (
            "Stack [shop] cannot be deleted while TerminationProtection is enabled", "", "--unprotect STACK"
        ),
        (
            "Export net cannot be deleted as it is in use by shop", "", "take down what imports"
        ),
    ])
    func `what is known to keep a deletion back has advice`(reason: String, type: String, advice: String) {
        #expect(DeletionAdvice.advice(for: reason, type: type)?.contains(advice) == true)
    }

    @Test func `what is not known has none`() {
        #expect(DeletionAdvice.advice(for: "Internal failure", type: "AWS::SQS::Queue") == nil)
    }

    @Test func `what failed is told with what can be typed, the same advice once, and what is not known has a way too`()
    {
        func failed(_ number: Int, _ type: String, _ reason: String?) -> FailedResource {
            FailedResource(logicalID: "R\(number)", physicalID: "name-\(number)", type: type, reason: reason)
        }
        let held = "resource has a dependent object"
        let all = [
            failed(1, "AWS::S3::Bucket", "The bucket you tried to delete is not empty"),
            failed(2, "AWS::EC2::SecurityGroup", held), failed(3, "AWS::EC2::SecurityGroup", held),
            failed(4, "AWS::SQS::Queue", nil),
        ]
        let text = DeletionAdvice.text(all, of: "shop-feat-a")
        #expect(text.contains("--empty name-1"))
        #expect(text.components(separatedBy: "something outside the stack uses it").count == 2)
        #expect(text.contains("R4 = name-4 (AWS::SQS::Queue): no reason given [find out what holds it"))
        #expect(text.contains("--retain shop-feat-a/R4]"))
        // What the plan's own steps remove needs no advice.
        #expect(!DeletionAdvice.text(all, of: "shop-feat-a", advising: false).contains("["))
        // Only what is in the stack itself can be retained.
        let inner = DeletionAdvice.text([failed(4, "AWS::SQS::Queue", "x").inside("shop-Inner")], of: "shop-feat-a")
        #expect(inner.contains("in its nested stack shop-Inner: x") && !inner.contains("/R4"))
    }

    @Test(arguments: [
        ("Export shop-Net cannot be deleted as it is in use by app", "shop-Net", ["app"]),
        (
            "Delete canceled. Cannot delete export shop-Net as it is in use by app, web and ops.", "shop-Net",
            ["app", "web", "ops"]
        ),
    ])
    func `both wordings of a deletion that an export cancelled name the importers`(
        reason: String,
        export: String,
        importers: [String]
    ) {
        let found = DeletionAdvice.importers(in: reason)
        #expect(found?.export == export)
        #expect(found?.importers == importers)
        #expect(DeletionAdvice.importers(in: "User Initiated") == nil)
    }

    @Test func `of several attempts at a resource the last counts`() {
        func event(_ name: String, _ status: String) -> ObservedEvent {
            ObservedEvent(
                at: Date(timeIntervalSince1970: 0),
                logicalID: name,
                physicalID: "id of \(name)",
                type: "AWS::S3::Bucket",
                status: status,
                reason: "why",
                token: nil
            )
        }
        let newestFirst = [
            event("shop", "DELETE_FAILED"), event("B", "DELETE_FAILED"), event("A", "DELETE_COMPLETE"),
            event("B", "DELETE_IN_PROGRESS"), event("C", "DELETE_FAILED"), event("A", "DELETE_FAILED"),
        ]
        let failed = FailedResource.last(of: newestFirst, in: ComponentID("id"), named: "shop")
        #expect(failed.map(\.logicalID) == ["C", "B"])
    }

    @Test func `a deletion is obstructed only when later steps remove everything that it failed on`() {
        let steps = [
            Steps.record(1, "a"), Steps.record(2, "a", .emptyBucket("bucket-1"), after: [1]),
            Steps.record(3, "a", .deleteImages(repository: "images"), after: [1]),
            Steps.record(4, "a", .deleteAgain(retaining: ["Vpc"]), after: [1, 2, 3]),
            Steps.record(5, "b"), Steps.record(6, "b", .emptyBucket("bucket-2"), after: [5]),
        ].map(\.step)
        func failed(_ logical: String, _ physical: String?, _ type: String) -> FailedResource {
            FailedResource(logicalID: logical, physicalID: physical, type: type, reason: "x")
        }
        func foreseen(_ resources: FailedResource...) -> Bool {
            Obstruction.isForeseen(resources, of: steps[0], in: steps)
        }
        let bucket = failed("B", "bucket-1", "AWS::S3::Bucket")
        #expect(foreseen(bucket))
        #expect(
            foreseen(bucket, failed("R", "images", "AWS::ECR::Repository"), failed("Vpc", "vpc-1", "AWS::EC2::VPC"))
        )
        #expect(!foreseen())
        #expect(!foreseen(bucket, failed("Q", "queue", "AWS::SQS::Queue")))
        // Of another stack, of another type, without a name.
        #expect(!foreseen(failed("B", "bucket-2", "AWS::S3::Bucket")))
        #expect(!foreseen(failed("B", "bucket-1", "AWS::ECR::Repository")))
        #expect(!foreseen(failed("B", nil, "AWS::S3::Bucket")))
        // Without a second deletion emptying helps nothing, and a second deletion has no third.
        #expect(!Obstruction.isForeseen([failed("B", "bucket-2", "AWS::S3::Bucket")], of: steps[4], in: steps))
        #expect(!Obstruction.isForeseen([bucket], of: steps[3], in: steps))
    }
}
