/// Words of the provider, and what to do where it says them.
struct AdviceRule: Sendable {
    /// All of them stand in the reason, in any case.
    let words: [String]
    /// The resource's type begins so; nil: any.
    let type: String?
    /// `{stack}`, `{id}` and `{retain}` stand for the stack's name, the resource's physical id and the option that
    /// leaves it behind.
    let advice: String

    private init(_ words: String..., type: String? = nil, advise advice: String) {
        self.words = words
        self.type = type
        self.advice = advice
    }

    static let unknown =
        "find out what holds it and whose that is; if that may go, remove it and plan again, or leave it behind with {retain}"

    /// The first that fits counts, so the more special ones come first.
    static let all: [AdviceRule] = stacks + contents + networks + protections + customs + rights + identities + others

    private static let stacks = [
        AdviceRule(
            "in use by",
            "export",
            advise: "take down what imports the export first, or let it import something else"
        ),
        AdviceRule(
            "role",
            "is invalid or cannot be assumed",
            advise: "make its service role again under the same name, or delete the stack by hand with another role"
        ),
        AdviceRule(
            "terminationprotection is enabled",
            advise: "somebody protected the stack: if it may go all the same, plan it again with --unprotect {stack}"
        ),
        AdviceRule("cannot be deleted while in status", advise: busy),
        AdviceRule("operationinprogress", advise: busy),
        AdviceRule(
            "tokenalreadyexists",
            advise: "the request's token stands for something else: plan again, which makes another one"
        ),
    ]

    private static let contents = [
        // Of these Curfew empties none.
        AdviceRule("not empty", type: "AWS::S3Tables", advise: byHand),
        AdviceRule("not empty", type: "AWS::S3Vectors", advise: byHand),
        AdviceRule("not empty", type: "AWS::S3Express", advise: byHand),
        AdviceRule("not empty", type: "AWS::S3", advise: bucket),
        AdviceRule("bucket", "not empty", type: "AWS::S3", advise: bucket),
        AdviceRule("versions in the bucket", type: "AWS::S3", advise: bucket),
        AdviceRule("bucket", "not empty", advise: someBucket),
        AdviceRule("repository", "images", type: "AWS::ECR", advise: repository),
        AdviceRule("not empty", type: "AWS::ECR", advise: repository),
        AdviceRule(
            "recovery points",
            advise: "delete the vault's recovery points if the backups may go, and plan again"
        ),
        AdviceRule(
            "workgroup",
            "not empty",
            advise: "delete the workgroup's queries (with its recursive option), and plan again"
        ),
    ]

    private static let networks = [
        AdviceRule("replicated function", advise: "its copies at the edge take hours to go: plan again tomorrow"),
        AdviceRule("waiting for networkinterfaces", advise: interfaces),
        AdviceRule("network interface", "in use", advise: interfaces),
        AdviceRule("dependencyviolation", type: "AWS::EC2", advise: network),
        AdviceRule("has a dependent object", advise: network),
        AdviceRule("has dependencies and cannot be deleted", advise: network),
    ]

    private static let protections = [
        AdviceRule("deletion protection", advise: protection),
        AdviceRule("deletionprotection", advise: protection),
        AdviceRule("delete protection", advise: protection),
        AdviceRule("protected against deletion", advise: protection),
        AdviceRule("disableapitermination", advise: protection),
    ]

    private static let customs = [
        AdviceRule("received response status [failed]", advise: customFailed),
        AdviceRule("function not found", type: "Custom::", advise: customGone),
        AdviceRule("function not found", type: "AWS::CloudFormation::CustomResource", advise: customGone),
        AdviceRule("did not receive a response from your custom resource", advise: customSilent),
        AdviceRule("failed to stabilize", type: "Custom::", advise: customSilent),
    ]

    private static let rights = [
        AdviceRule(
            "explicit deny",
            advise:
                "a policy forbids it outright (a service control policy, a boundary, the resource's own), perhaps for a "
                + "reason: ask whoever keeps that, or leave it behind with {retain}"
        ),
        AdviceRule(
            "security token",
            "expired",
            advise:
                "the credentials it was deleted with ran out on the way: plan again; a service role does not run out"
        ),
        AdviceRule("access denied", advise: access),
        AdviceRule("accessdenied", advise: access),
        AdviceRule("not authorized to perform", advise: access),
        AdviceRule("unauthorizedoperation", advise: access),
    ]

    private static let identities = [
        AdviceRule(
            "must remove",
            type: "AWS::IAM",
            advise: "take out of it what was put in or attached outside the stack, and plan again"
        ),
        AdviceRule(
            "must detach",
            type: "AWS::IAM",
            advise: "detach from it what was attached outside the stack, and plan again"
        ),
        AdviceRule(
            "must delete",
            type: "AWS::IAM",
            advise:
                "delete in it what was added outside the stack (inline policies, keys, login profiles), and plan again"
        ),
        AdviceRule(
            "attached to entities",
            type: "AWS::IAM",
            advise: "detach the policy from the roles, users and groups outside the stack, and plan again"
        ),
    ]

    private static let others = [
        AdviceRule("rate exceeded", advise: "the provider was too busy: plan again later"),
        AdviceRule(type: "Custom::", advise: customFailed),
        AdviceRule(type: "AWS::CloudFormation::CustomResource", advise: customFailed),
        AdviceRule(
            "fail",
            "delete",
            type: "AWS::CloudFormation::Stack",
            advise:
                "look at the nested stack's own events, remove what they name, and plan again: it goes with its parent only"
        ),
    ]

    private static let busy = "another operation is under way on it: wait until that has ended, and plan again"
    private static let bucket =
        "if its content may go, plan again with --empty {id}, or empty it by hand: versions, delete markers and uploads"
    private static let someBucket =
        "if that bucket's content may go, empty it by hand (versions, delete markers, uploads), and plan again"
    private static let repository = "if its images may go, plan again with --empty {id}, or delete them by hand"
    private static let byHand =
        "if its content may go, delete that by hand and plan again: curfew empties plain buckets and repositories only"
    private static let interfaces =
        "network interfaces of its functions go slowly: plan again in an hour, and delete those that are left as available"
    private static let network =
        "something outside the stack uses it: find out whose its network interfaces and rules are; if they may go, remove "
        + "them, and plan again"
    private static let protection =
        "it has deletion protection of its own: switch that off if it may go and plan again, or leave it behind with {retain}"
    private static let customSilent =
        "the function behind it did not answer: mend it and plan again, or leave it behind with {retain}"
    private static let customGone =
        "the function behind it is gone: deploy that again and plan again, or leave it behind with {retain}"
    private static let customFailed =
        "the function behind it says that it failed: read its log, mend it and plan again, or leave it behind with {retain}"
    private static let access = "give the role that deletes the stack the right to delete this, and plan again"
}
