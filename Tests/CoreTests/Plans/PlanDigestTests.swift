import Core
import Foundation
import Testing

@Suite struct PlanDigestTests {
    private let target = Target(account: AccountID("111111111111"), region: Region("eu-west-1"))
    private var key: EnvironmentKey {
        EnvironmentKey(space: SpaceName("s"), name: EnvironmentName("feat-a"), incarnation: 1)
    }

    private func component(_ number: Int, change: (inout ObservedComponent) -> Void = { _ in }) -> ObservedComponent {
        var component = ObservedComponent(
            id: ComponentID("arn:aws:cloudformation:eu-west-1:111111111111:stack/s\(number)/\(number)"),
            target: target,
            name: "s\(number)",
            status: ComponentStatus("CREATE_COMPLETE"),
            created: Date(timeIntervalSince1970: 1_000.000_001),
            terminationProtection: false,
            tags: ["b": "2", "a": "1"],
            parameters: ["P": "x"]
        )
        change(&component)
        return component
    }

    private func document(change: (inout PlanDocument) -> Void = { _ in }) -> PlanDocument {
        let (one, two) = (component(1), component(2))
        let resources = [
            ObservedResource(logicalID: "T", physicalID: "t", type: "AWS::SNS::Topic", status: "CREATE_COMPLETE")
        ]
        var document = PlanDocument(
            environments: [PlannedEnvironment(key: key, verdictClass: .stale, components: [one.id, two.id])],
            steps: [
                PlanStep(
                    number: 1,
                    environment: key,
                    component: two.id,
                    target: target,
                    name: "s2",
                    after: [],
                    serviceRole: nil
                ),
                PlanStep(
                    number: 2,
                    environment: key,
                    component: one.id,
                    target: target,
                    name: "s1",
                    after: [1],
                    serviceRole: "arn:role"
                ),
            ],
            losses: [Loss(component: one.id, type: "AWS::S3::Bucket", name: "files")],
            policyRevision: Digest(of: "policy"),
            fingerprint: Fingerprint(
                components: [
                    one.id: Fingerprint.digest(of: one, template: "{}", resources: resources),
                    two.id: Fingerprint.digest(of: two, template: "{}", resources: []),
                ],
                importers: ["t e": ["s9"]],
                members: [key: [one.id, two.id]],
                holds: [key: []]
            )
        )
        change(&document)
        return document
    }

    @Test func `P2 the digest is the same however the parts are ordered, and after a journey through JSON`() throws {
        let document = document()
        let stored = try JSONDecoder().decode(PlanDocument.self, from: JSONEncoder().encode(document))
        #expect(stored == document)
        #expect(stored.digest == document.digest)
        let reordered = self.document {
            $0.environments = [
                PlannedEnvironment(key: key, verdictClass: .stale, components: $0.environments[0].components.reversed())
            ]
            $0.fingerprint.members = [key: $0.fingerprint.members[key, default: []].reversed()]
        }
        #expect(reordered.digest == document.digest)
    }

    @Test func `P2 whatever an approver says yes to changes the digest`() {
        let original = document().digest
        func again(_ retained: [String]) -> PlanStep {
            PlanStep(
                number: 1,
                environment: key,
                component: component(2).id,
                target: target,
                name: "s2",
                action: .deleteAgain(retaining: retained),
                after: [],
                serviceRole: nil
            )
        }
        let changes: [(inout PlanDocument) -> Void] = [
            {
                $0.environments[0] = PlannedEnvironment(
                    key: key,
                    verdictClass: .named,
                    components: $0.environments[0].components
                )
            },
            { $0.steps.removeLast() },
            { $0.steps.swapAt(0, 1) },
            {
                $0.steps[0] = PlanStep(
                    number: 1,
                    environment: key,
                    component: $0.steps[0].component,
                    target: target,
                    name: "s2",
                    after: [],
                    serviceRole: "r"
                )
            },
            { $0.steps[0] = again([]) }, { $0.steps[0] = again(["Topic"]) }, { $0.steps[0] = again(["Queue"]) },
            { $0.losses = [] },
            { $0.exceptions = ["retain Bucket"] },
            { $0.policyRevision = Digest(of: "other") },
            { $0.fingerprint.members = [:] },
            { $0.fingerprint.holds = [key: ["lease 1"]] },
            { $0.fingerprint.importers = ["t e": ["s9", "s8"]] },
            { document in document.fingerprint.components[document.steps[0].component] = Digest(of: "moved") },
        ]
        var seen: Set<Digest> = [original]
        for change in changes { #expect(seen.insert(document(change: change).digest).inserted) }
    }

    @Test func `P3 every part of a component shows in its fingerprint`() {
        let resources = [
            ObservedResource(logicalID: "T", physicalID: "t", type: "AWS::SNS::Topic", status: "CREATE_COMPLETE")
        ]
        func digest(
            _ template: String = "{}",
            _ resources: [ObservedResource],
            _ change: (inout ObservedComponent) -> Void = { _ in }
        ) -> Digest {
            Fingerprint.digest(of: component(1, change: change), template: template, resources: resources)
        }
        let others = [
            digest("{ }", resources),
            digest("{}", []),
            digest(
                "{}",
                [ObservedResource(logicalID: "T", physicalID: nil, type: "AWS::SNS::Topic", status: "CREATE_COMPLETE")]
            ),
            digest(
                "{}",
                [ObservedResource(logicalID: "T", physicalID: "t", type: "AWS::SQS::Queue", status: "CREATE_COMPLETE")]
            ),
            digest("{}", resources) { $0.status = ComponentStatus("UPDATE_COMPLETE") },
            digest("{}", resources) { $0.created = $0.created?.addingTimeInterval(0.000_001) },
            digest("{}", resources) { $0.updated = Date(timeIntervalSince1970: 2_000) },
            digest("{}", resources) { $0.serviceRole = "arn:role" },
            digest("{}", resources) { $0.terminationProtection = true },
            digest("{}", resources) { $0.terminationProtection = nil },
            digest("{}", resources) { $0.tags["c"] = "3" },
            digest("{}", resources) { $0.parameters["P"] = "y" },
        ]
        #expect(Set(others + [digest("{}", resources)]).count == others.count + 1)
        // The order in which the provider lists resources, and a resource's own status, say nothing.
        let more = resources + [ObservedResource(logicalID: "A", physicalID: "a", type: "X", status: "CREATE_COMPLETE")]
        #expect(digest("{}", more) == digest("{}", more.reversed()))
    }

    @Test func `what a run changed itself is left out on both sides`() {
        let document = document()
        let (first, second) = (document.steps[0].component, document.steps[1].component)
        var live = document.fingerprint
        live.components[first] = nil
        live.members[key] = [second]
        #expect(!live.differences(from: document.fingerprint).isEmpty)
        let left = live.leavingOut([first], names: ["s2"])
        #expect(left.differences(from: document.fingerprint.leavingOut([first], names: ["s2"])).isEmpty)
        // An importer by that name is explained, another one is not.
        live.importers = ["t e": ["s9", "s2"]]
        #expect(
            live.leavingOut([first], names: ["s2"]).differences(
                from: document.fingerprint.leavingOut([first], names: ["s2"])
            ).isEmpty
        )
        live.importers = ["t e": ["s9", "s7"]]
        #expect(
            !live.leavingOut([first], names: ["s2"]).differences(
                from: document.fingerprint.leavingOut([first], names: ["s2"])
            ).isEmpty
        )
    }

    @Test func `no two different values have the same canonical bytes`() {
        var one = CanonicalEncoder()
        one.append("ab")
        one.append("c")
        var two = CanonicalEncoder()
        two.append("a")
        two.append("bc")
        #expect(one.digest != two.digest)
        var none = CanonicalEncoder()
        none.append(nil as String?)
        var empty = CanonicalEncoder()
        empty.append("" as String?)
        #expect(none.digest != empty.digest)
        #expect(Digest(of: "abc").description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
