import Core
import Foundation
import Testing

@testable import Reports

struct RestoreTextTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    private func stack(_ name: String, _ change: (inout RestoreStack) -> Void = { _ in }) -> RestoreStack {
        var stack = RestoreStack(
            component: Samples.id(name),
            name: name,
            target: Samples.frankfurt,
            plan: PlanID(12),
            storedAt: Samples.ago(9),
            resourceCount: 14
        )
        change(&stack)
        return stack
    }

    private func draft(_ stacks: [RestoreStack], losses: [RestoreLoss] = [], cautions: [String] = []) -> RestoreDraft {
        RestoreDraft(
            key: Samples.key("feat-checkout"),
            plans: [PlanID(12)],
            stacks: stacks,
            losses: losses,
            cautions: cautions
        )
    }

    private var look: RestoreDraft {
        draft(
            [
                stack("db-feat-checkout") {
                    $0.parameters = ["Password": .notKnown, "Size": .known]
                    $0.capabilities = ["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM"]
                    $0.serviceRole = "arn:aws:iam::111122223333:role/deployer"
                    $0.hasStackPolicy = true
                    $0.terminationProtection = true
                    $0.state = .blocked
                    $0.blockers = ["the value of Password is not known: give it with --parameters-from"]
                },
                stack("shop-feat-checkout") { $0.after = ["db-feat-checkout"] },
            ],
            losses: [
                RestoreLoss(kind: .data, stack: "db-feat-checkout", type: "AWS::DynamoDB::Table", name: "orders"),
                RestoreLoss(kind: .snapshot, stack: "db-feat-checkout", type: "AWS::RDS::DBInstance", name: "books"),
                RestoreLoss(kind: .kept, stack: "shop-feat-checkout", type: "AWS::S3::Bucket", name: "uploads"),
                RestoreLoss(
                    kind: .logGroup,
                    stack: "shop-feat-checkout",
                    type: "AWS::Logs::LogGroup",
                    name: "/aws/lambda/shop"
                ),
            ],
            cautions: ["shop-feat-checkout has functions: their code must still be where it says"]
        )
    }

    @Test func `a look says what would be made and what does not come back`() {
        expectGolden(RestoreText.text(look, applied: false, on: canvas), "restore.txt")
    }

    @Test func `what was carried out says how far it came`() {
        let failed = draft([
            stack("db-feat-checkout") {
                $0.state = .failed
                $0.reason = "Table (AWS::DynamoDB::Table): orders already exists"
            },
            stack("shop-feat-checkout") { $0.state = .waiting },
        ])
        expectGolden(RestoreText.text(failed, applied: true, on: canvas), "restore-failed.txt")
        let made = draft([
            stack("db-feat-checkout") {
                $0.state = .made
                $0.made = Samples.id("db-feat-checkout")
            }
        ])
        let text = RestoreText.text(made, applied: true, on: canvas)
        #expect(text.contains("Every stack is there") && !text.contains("To do it"))
        let making = draft([stack("db-feat-checkout") { $0.state = .making }])
        #expect(RestoreText.text(making, applied: true, on: canvas).contains("It is not finished"))
    }

    @Test func `names that strangers chose bring no escape sequences along`() {
        let text = RestoreText.text(
            draft([stack("a\u{1B}[31mb")], cautions: ["x\u{1B}]0;y\u{07}"]),
            applied: false,
            on: canvas
        )
        #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x07 })
    }

    @Test func `P17 parameters are named with whether they are known, and have no value to show`() throws {
        let text = JSONText.render(RestoreJSON(look, applied: false))
        #expect(text.contains("\"not known\"") && text.contains("\"Password\""))
        let keys = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]).keys
        #expect(
            Set(keys) == [
                "space", "name", "incarnation", "plans", "applied", "complete", "stacks", "losses", "cautions",
            ]
        )
    }
}
