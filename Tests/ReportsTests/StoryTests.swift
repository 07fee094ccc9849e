import Core
import Foundation
import Testing

@testable import Reports

struct StoryTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    private static let grounds = """
        {"verdict":"stale","verdictClass":"stale","reason":"idle: 7d: changed 2026-11-13 08:00 UTC","policy":"feature-environments",\
        "revision":4,"owner":"anna@example.com","clauses":[{"clause":"idle: 7d","truth":"true",\
        "saw":"changed 2026-11-13 08:00 UTC (stack updated); invoked not applicable: no functions (CloudFormation)"},\
        {"clause":"age: 30d","truth":"true","saw":"oldest component created 2026-10-24 08:00 UTC"}]}
        """

    /// A life from its beginning to its end, with everything that can happen to one.
    private static var reaped: EnvironmentLife {
        var record = Samples.environment("feat-checkout", age: 40, idle: 20, state: .reaped)
        record.endedAt = Samples.ago(1)
        var components = ["shop-feat-checkout", "db-feat-checkout"].map { Samples.component($0) }
        for index in components.indices {
            components[index].gone = Samples.ago(1)
            components[index].goneBecause = "reaped"
        }
        var plan = Samples.plan(
            state: .done,
            approvals: [
                ApprovalRecord(
                    by: "bert",
                    decision: "approved",
                    selfApproved: true,
                    because: "nobody needs it",
                    at: Samples.ago(2),
                    digest: Digest(of: "")
                )
            ],
            steps: [.gone, .failed],
            ended: Samples.ago(1)
        )
        for index in plan.steps.indices {
            plan.steps[index].intendedAt = Samples.ago(1.1)
            plan.steps[index].requestedAt = Samples.ago(1.09)
            plan.steps[index].endedAt = Samples.ago(1.01)
        }
        let arn = Samples.id("shop-feat-checkout").text
        let plannedOn =
            "{\"state\":\"awaiting approval\",\"digest\":\"abababababababab\",\"grounds\":{\"111122223333/feat-checkout#1\":\(grounds)}}"
        let happened: [(String, String, PlanID?)] = [
            ("environment began", "{}", nil),
            ("owner found", #"{"owner":"anna@example.com","source":"tag","conflict":false}"#, nil),
            ("flagged", grounds, nil),
            ("seen stale in scan 4, read 2026-11-21 08:00 UTC", "{}", nil),
            (
                "not told",
                #"{"notice":"warned","recipient":"old@example.com","message":3,"state":"refused","reason":"550 no such user"}"#,
                nil
            ),
            (
                "told",
                #"{"notice":"warned","recipient":"anna@example.com","message":4,"state":"accepted","reason":"250 ok"}"#,
                nil
            ),
            ("warning delivered 2026-11-22 08:00 UTC", "{}", nil),
            (
                "message came back",
                #"{"notice":"warned","recipient":"carl@example.com","message":5,"reason":"mailbox full"}"#, nil
            ),
            ("extended", #"{"until":"2026-11-26T08:00:00+00:00","because":"a demo"}"#, nil),
            ("became due", grounds, nil),
            ("plan made", plannedOn, PlanID(12)),
            ("approved", #"{"digest":"ab","self-approved":true,"because":"nobody needs it"}"#, PlanID(12)),
            ("plan running", #"{"digest":"ab","because":null}"#, PlanID(12)),
            (
                "step intended",
                #"{"step":1,"action":"delete stack","subject":null,"token":"curfew-P12-1","component":"\#(arn)","reason":null}"#,
                PlanID(12)
            ),
            (
                "step requested",
                #"{"step":1,"action":"delete stack","subject":null,"token":"curfew-P12-1","component":"\#(arn)","reason":null}"#,
                PlanID(12)
            ),
            (
                "step gone",
                #"{"step":1,"action":"delete stack","subject":null,"token":"curfew-P12-1","component":"\#(arn)","reason":null}"#,
                PlanID(12)
            ),
            ("component reaped", #"{"component":"\#(arn)"}"#, nil),
            ("plan done", #"{"digest":"ab","because":null}"#, PlanID(12)),
            ("environment ended", "{}", nil),
            ("leftover found", #"{"type":"AWS::S3::Bucket","identifier":"shop-uploads"}"#, PlanID(12)),
        ]
        let entries = happened.enumerated().map { index, one in
            AuditEntry(
                id: Int64(index + 1),
                at: Samples.ago(20 - Double(index)),
                actor: index < 10 ? "curfew_nightly" : "bert",
                event: one.0,
                environment: Samples.key("feat-checkout"),
                plan: one.2,
                details: Array(one.1.utf8)
            )
        }
        return EnvironmentLife(
            environment: record,
            components: components,
            plans: [plan],
            leftovers: [LeftoversTextTests.record(1, "AWS::S3::Bucket", "shop-uploads")],
            entries: entries
        )
    }

    private static var living: EnvironmentLife {
        var record = Samples.environment(
            "feat-checkout",
            age: 0.5,
            idle: 0.5,
            verdict: .keep,
            reason: "idle: 7d is false",
            state: nil
        )
        record.key = Samples.key("feat-checkout", incarnation: 2)
        return EnvironmentLife(
            environment: record,
            components: [Samples.component("shop-feat-checkout")],
            plans: [],
            leftovers: [],
            entries: [Samples.entry(9, "environment began")]
        )
    }

    @Test func `history, the newest life first, and in each the answer first`() {
        expectGolden(StoryText.text([Self.living, Self.reaped], on: canvas), "history-story.txt")
        #expect(StoryText.text([], on: canvas) == "No history yet.\n")
        // A long life shows its newest entries, and says how to see the others; the answer above them stays whole.
        let all = Self.reaped.entries.count
        let short = StoryText.text([Self.reaped], most: 3, on: canvas)
        #expect(
            short.contains(
                "What happened\n  \(all - 3) earlier entries are left out: curfew history "
                    + "\(Self.reaped.environment.key.name) --limit \(all)\n"
            )
        )
        let whole = StoryText.text([Self.reaped], on: canvas)
        func lastWords(_ text: String) -> [Substring]? { text.split(separator: "\n").last?.split(separator: " ") }
        #expect(!whole.contains("left out") && lastWords(whole) == lastWords(short))
        #expect(whole.prefix(300) == short.prefix(300))
    }

    @Test func `what a life ended with is what was planned, not what was concluded after it`() throws {
        var life = Self.reaped
        life.entries.append(
            Samples.entry(30, "flagged", details: Self.grounds.replacing("feature-environments", with: "another"))
        )
        let text = StoryText.text([life], on: canvas)
        let policies = text.split(separator: "\n").filter { $0.contains("policy  ") }
        #expect(policies.count == 1 && policies.first?.contains("feature-environments") == true)
    }

    @Test func `a life from before grounds were written down says the newest verdict`() {
        var life = Self.reaped
        for index in life.entries.indices { life.entries[index].details = Array("{}".utf8) }
        #expect(StoryText.text([life], on: canvas).contains("why         stale: idle: 7d"))
    }

    @Test(arguments: [
        ("confirmed by id", "deleted by somebody else"), ("unverifiable", "its account or region is not read"),
    ])
    func `how a life ended that no plan ended`(because: String, says: String) {
        var life = Self.reaped
        for index in life.components.indices { life.components[index].goneBecause = because }
        #expect(StoryText.text([life], on: canvas).contains(says))
    }

    @Test func `a life whose stacks are another's by now was deleted by nobody`() {
        var life = Self.reaped
        life.components = []
        let text = StoryText.text([life], on: canvas)
        #expect(text.contains("its stacks belong to another name or space by now") && !text.contains("deleted by"))
    }

    @Test func `what was forgotten is said in numbers`() {
        let counts = RecordCounts(readings: 3, scans: 1, evaluations: 0, letters: 1, resources: 12)
        let kept = RecordsKept(
            scans: .seconds(90 * 86_400),
            evaluations: .seconds(400 * 86_400),
            messages: .seconds(180 * 86_400)
        )
        let text = ForgottenText.text(
            tombstones: [],
            records: counts,
            forgotten: true,
            tombstonesKept: .seconds(400 * 86_400),
            kept: kept
        )
        #expect(
            text == """
                forgot 0 tombstones older than 400d
                forgot 3 readings of targets older than 90d, and 1 scan
                forgot 0 evaluations older than 400d
                forgot 1 letter older than 180d
                forgot 12 resources of stacks that went older than 90d
                """
        )
    }
}
