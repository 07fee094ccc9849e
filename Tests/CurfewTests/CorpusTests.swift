import Foundation
import Postgres
import TestSupport
import Testing

/// Real templates of SAM's own tests, some two hundred of them, as stacks in two accounts and two regions.
@Suite(.serialized) struct CorpusTests {
    /// A template on its way to a stack.
    private struct Sample: Sendable {
        let account: String
        let region: String
        let name: String
        let template: String
        let tags: [String: String]
    }

    @Test func `R6 everything AWS lists is accounted for, and a reap of half of it leaves exactly the other half`()
        async throws
    {
        guard let templates = Self.templates() else { return }
        try await House.with { house in
            let deployed = try await Self.deploy(Self.samples(templates, in: house), in: house)
            #expect(deployed > 150, "of \(templates.count) templates")
            try await Self.deployNested(in: house)
            // More than a page of one target.
            _ = try await Self.deploy(Self.fillers(in: house), in: house)
            let before = try await house.standingByAWS()
            try await expectAccounted(house, before)
            try await reapHalf(house, before)
        }
    }

    private func expectAccounted(_ house: House, _ listed: [String]) async throws {
        let scan = try await house.json("scan")
        #expect(scan["state"].string == "complete" && scan["listed"].int == listed.count)
        for target in scan["targets"].elements {
            let word = target["account"].string == house.shop ? "shop" : "payments"
            let place = "\(word)/\(target["region"].string)/"
            #expect(target["listed"].int == listed.count { $0.hasPrefix(place) }, "\(place)")
            let kinds = ["feature", "permanent", "ambiguous", "unmatched", "excluded", "nested"]
            #expect(kinds.reduce(0) { $0 + target["counts"][$1].int } == target["listed"].int, "\(place)")
        }
        for kind in ["feature", "permanent", "ambiguous", "unmatched", "excluded"] {
            #expect(scan["counts"][kind].int > 5, "\(kind)")
        }
        // Known by their parents' resources alone: the emulator gives no ParentId.
        #expect(scan["counts"]["nested"].int == 2)
        #expect(scan["targets"].elements.contains { $0["listed"].int > 100 }, "none has more than a page")
        // Not only the numbers: the very stacks.
        let recorded = try await house.lines(
            """
            SELECT CASE t.account WHEN \(house.shop) THEN 'shop' ELSE 'payments' END || '/' || t.region || '/' || c.name
            FROM components c JOIN targets t USING (target_id) WHERE gone_at IS NULL ORDER BY 1
            """
        )
        #expect(recorded.sorted() == listed)
        let unmatched = try await house.json("list", "--unmatched")
        #expect(unmatched.elements.count == scan["counts"]["unmatched"].int)
    }

    private func reapHalf(_ house: House, _ before: [String]) async throws {
        try house.write(Self.policies, to: house.policyFile)
        try await house.curfew("policy", "apply", house.policyFile)
        for account in ["shop", "payments"] {
            try await house.curfew("accounts", "mode", account, "reap", "--because", "a test's own account")
        }
        try await house.curfew("evaluate")
        let planned = try await house.json("plan", "--due")
        #expect(planned["plans"].elements.count == 17 && planned["deferred"].elements.isEmpty)
        // P6: the nested stack is no step of its own; it goes with its parent.
        #expect(
            planned["plans"].elements.map(\.["steps"].elements.count).sorted() == [1] + Array(repeating: 4, count: 16)
        )
        // Wave by wave; one run goes on for half a minute, and the next takes up what is left.
        for _ in 0..<20 where try await !house.planStates().allSatisfy({ $0 == "done" }) {
            try await house.curfew("reap")
        }
        #expect(try await house.planStates() == Array(repeating: "done", count: 17))
        let going = before.filter { $0.contains("/svc") && $0.contains("-feat-go-") }
        #expect(going.count == before.count { $0.contains("-feat-stay-") })
        #expect(try await house.standingByAWS() == before.filter { !going.contains($0) })
        let rest = try await house.json("scan")
        #expect(rest["listed"].int == before.count - going.count)
    }

    private static let policies = """
        policies:
          - name: go
            applies_to: { name: "feat-go-*" }
            stale_when: { not: { age: 3650d } }
            not_before: 0s
            sightings: { count: 1, apart: 0s }
            warn: none
            approval: automatic
          - name: stay
            applies_to: { name: "feat-*" }
            stale_when: { age: 30d }
        budgets: { share: 100%, per_account: 1000, per_run: 1000, per_day: 1000, per_owner: 1000 }

        """

    /// Their texts by name; nil, with a loud line, where the folder is not there.
    private static func templates() -> [(name: String, text: String)]? {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = package.deletingLastPathComponent().appendingPathComponent("shared/corpus/templates")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path), !names.isEmpty else {
            print("SKIPPED: there are no templates in \(folder.path)")
            return nil
        }
        return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)).map { (name, $0) }
        }
    }

    /// Of each dozen, four stacks make up an environment to go and four one to stay, each over all targets; the others
    /// are permanent, ambiguous, unmatched and excluded.
    private static func samples(_ templates: [(name: String, text: String)], in house: House) -> [Sample] {
        templates.enumerated().map { index, template in
            let dozen = index / 12
            let (name, tags): (String, [String: String]) =
                switch index % 12 {
                case 0: ("svc\(index)-prod", ["branch": "hotfix-\(index)"])
                case 1: ("svc\(index)-feat-a", ["feature": "feat-b"])
                case 2: ("plain\(index)", [:])
                case 3: ("StackSet-svc\(index)-feat-go-\(dozen)x", [:])
                case 4...7: ("svc\(index)-feat-go-\(dozen)", ["owner": "ada@example.com"])
                default: ("svc\(index)-feat-stay-\(dozen)", [:])
                }
            return Sample(
                account: index % 2 == 0 ? house.shop : house.payments,
                region: House.regions[index / 2 % 2],
                name: name,
                template: template.text,
                tags: tags
            )
        }
    }

    /// So many that one target has more stacks than a page holds.
    private static func fillers(in house: House) -> [Sample] {
        (0..<70).map {
            Sample(
                account: house.payments,
                region: House.regions[1],
                name: "filler\($0)",
                template: Templates.topic,
                tags: [:]
            )
        }
    }

    /// Two stacks with one more inside each: one environment to go, one to stay.
    private static func deployNested(in house: House) async throws {
        // The one region whose buckets need no location.
        let region = "us-east-1"
        let bucket = "templates-\(house.shop)"
        let child = house.folder + "/child.json"
        try house.write(Templates.topic, to: child)
        let place = ["--region", region, "s3api"]
        _ = try await house.aws(place + ["create-bucket", "--bucket", bucket], at: house.emulator)
        let object = ["put-object", "--bucket", bucket, "--key", "child.json", "--body", child]
        _ = try await house.aws(place + object, at: house.emulator)
        let parent = """
            {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack",
             "Properties": {"TemplateURL": "\(house.emulator)/\(bucket)/child.json"}}}}
            """
        try await house.deploy([
            Deployment(region: region, name: "svc-feat-go-nest", template: parent),
            Deployment(region: region, name: "svc-feat-stay-nest", template: parent),
        ])
    }

    /// How many the emulator took.
    private static func deploy(_ samples: [Sample], in house: House) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var rest = samples[...]
            var deployed = 0
            func next() {
                guard let sample = rest.popFirst() else { return }
                group.addTask {
                    let stacks = house.stacks(sample.account, sample.region)
                    do {
                        try await stacks.create(sample.name, template: sample.template, tags: sample.tags)
                        try await stacks.settled(sample.name)
                        return true
                    } catch is EmulatorStacks.Refusal {
                        return false
                    }
                }
            }
            for _ in 0..<8 { next() }
            while let took = try await group.next() {
                deployed += took ? 1 : 0
                next()
            }
            return deployed
        }
    }
}
