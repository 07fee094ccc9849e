import Core
import Testing

@Suite struct StepChainTests {
    private static let key = EnvironmentKey(
        space: SpaceName("111122223333"),
        name: EnvironmentName("feat-x"),
        incarnation: 1
    )

    private static func chain(_ name: String, _ change: (inout StepChain) -> Void = { _ in }) -> StepChain {
        var chain = StepChain(
            environment: key,
            component: ComponentID(name),
            target: Target(account: AccountID("111122223333"), region: Region("eu-west-1")),
            name: name,
            serviceRole: "arn:aws:iam::111122223333:role/deploy"
        )
        change(&chain)
        return chain
    }

    private static func resource(_ logicalID: String) -> ObservedResource {
        ObservedResource(logicalID: logicalID, physicalID: "p", type: "AWS::S3::Bucket", status: "CREATE_COMPLETE")
    }

    @Test func `a stack without exceptions is one step`() {
        let steps = StepChain.steps([Self.chain("a")], waitsFor: [:])
        #expect(steps.map(\.action) == [.deleteStack])
        #expect(steps.map(\.number) == [1])
        #expect(steps[0].after.isEmpty)
        #expect(steps[0].serviceRole == "arn:aws:iam::111122223333:role/deploy")
        #expect(Self.chain("a").exceptions.isEmpty)
    }

    @Test func `everything that can be named follows in the order in which it is done`() {
        let full = Self.chain("a") {
            $0.switchesProtectionOff = true
            $0.buckets = ["two", "one"]
            $0.repositories = ["images"]
            $0.retained = [Self.resource("Z"), Self.resource("B")]
            $0.logGroups = ["/aws/lambda/a"]
        }
        let steps = StepChain.steps([full], waitsFor: [:])
        #expect(
            steps.map(\.action) == [
                .switchProtectionOff, .deleteStack, .emptyBucket("one"), .emptyBucket("two"),
                .deleteImages(repository: "images"), .deleteAgain(retaining: ["B", "Z"]),
                .deleteLogGroup("/aws/lambda/a"),
            ]
        )
        #expect(steps.map(\.after) == [[], [1], [2], [2], [2], [2, 3, 4, 5], [6]])
        #expect(full.exceptions.count == 7)
        // The stack's role deletes the stack; buckets and log groups are ours to delete.
        #expect(steps.map { $0.serviceRole != nil } == [false, true, false, false, false, true, false])
    }

    @Test func `what is retained is carried by the second deletion alone`() {
        let steps = StepChain.steps([Self.chain("a") { $0.retained = [Self.resource("B")] }], waitsFor: [:])
        #expect(steps.map(\.action) == [.deleteStack, .deleteAgain(retaining: ["B"])])
        #expect(steps[0].action.retained.isEmpty)
    }

    @Test func `an exporter waits for the last deletion of each importer, before its protection is touched`() {
        let importer = Self.chain("importer") {
            $0.buckets = ["files"]
            $0.logGroups = ["/aws/lambda/importer"]
        }
        let plain = Self.chain("plain")
        let exporter = Self.chain("exporter") { $0.switchesProtectionOff = true }
        let steps = StepChain.steps(
            [importer, plain, exporter],
            waitsFor: [exporter.component: [importer.component, plain.component, ComponentID("elsewhere")]]
        )
        #expect(
            steps.map(\.action) == [
                .deleteStack, .emptyBucket("files"), .deleteAgain(retaining: []),
                .deleteLogGroup("/aws/lambda/importer"), .deleteStack, .switchProtectionOff, .deleteStack,
            ]
        )
        // The importer's second deletion and the plain one's only one; not the log group.
        #expect(steps[5].after == [3, 5])
        #expect(steps[6].after == [3, 5, 6])
    }

    @Test func `each exception lifts its own blocker and no other`() {
        let full = Self.chain("a") {
            $0.switchesProtectionOff = true
            $0.buckets = ["p"]
        }
        let lifted = LiftedBlockers(StepChain.steps([full], waitsFor: [:]))
        let other = ObservedResource(logicalID: "B", physicalID: "q", type: "AWS::S3::Bucket", status: "")
        #expect(lifted.protection(of: full.component))
        #expect(!lifted.protection(of: ComponentID("b")))
        #expect(lifted.content(of: Self.resource("B"), in: full.component))
        #expect(!lifted.content(of: Self.resource("B"), in: ComponentID("b")))
        #expect(!lifted.content(of: other, in: full.component))
        #expect(!lifted.retention(of: "B", in: full.component))
        #expect(!LiftedBlockers().protection(of: full.component))
        let retaining = LiftedBlockers(
            StepChain.steps([Self.chain("a") { $0.retained = [Self.resource("B")] }], waitsFor: [:])
        )
        #expect(retaining.retention(of: "B", in: full.component))
        #expect(!retaining.content(of: Self.resource("B"), in: full.component))
    }
}

@Suite struct CompanionStackTests {
    private func stack(_ name: String, _ region: String = "eu-west-1") -> ObservedComponent {
        ObservedComponent(
            id: ComponentID("\(region)/\(name)"),
            target: Target(account: AccountID("111122223333"), region: Region(region)),
            name: name,
            status: ComponentStatus("CREATE_COMPLETE")
        )
    }

    @Test func `a companion is called as the SAM command line calls it`() {
        // python3: hashlib.md5(b"sam-app").hexdigest()[:8]
        #expect(CompanionStacks.name(ofParent: "sam-app") == "sam-app-7427b055-CompanionStack")
        let long = String(repeating: "a", count: 128)
        #expect(CompanionStacks.name(ofParent: long).count == 128)
    }

    @Test func `a companion waits for its own parent in its own target`() {
        let parent = stack("shop-feat-x")
        let companion = stack(CompanionStacks.name(ofParent: "shop-feat-x"))
        let elsewhere = stack(CompanionStacks.name(ofParent: "shop-feat-x"), "eu-central-1")
        let other = stack("shop-feat-x-00000000-CompanionStack")
        #expect(
            CompanionStacks.parents([parent, companion, elsewhere, other]) == [companion.id: [parent.id]]
        )
    }
}

@Suite struct NamedExceptionTests {
    @Test(arguments: [
        ("shop-feat-x/Bucket", "shop-feat-x", "Bucket"),
        (
            "arn:aws:cloudformation:eu-west-1:1:stack/shop/0a/Bucket",
            "arn:aws:cloudformation:eu-west-1:1:stack/shop/0a", "Bucket"
        ),
    ])
    func `a retained resource is named by its stack and logical id`(text: String, stack: String, logicalID: String) {
        let retained = NamedExceptions.Retained(text)
        #expect(retained?.stack == stack)
        #expect(retained?.logicalID == logicalID)
    }

    @Test(arguments: ["", "Bucket", "/Bucket", "shop/"])
    func `anything else is none`(text: String) { #expect(NamedExceptions.Retained(text) == nil) }
}
