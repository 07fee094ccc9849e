import Core
import Foundation

@testable import Reports

/// A fleet as they are: some sixty environments of a dozen owners, with names and tags that nobody would make up, and
/// eight weeks behind it.
enum WeeklyFleet {
    static let evil = "<script>alert(1)</script><img src=x onerror=\"y\">'&"
    static let long =
        "feat-customer-self-service-onboarding-redesign-with-progressive-disclosure-and-inline-validation-v2-final"

    static let owners: [String?] = [
        "anna@example.com", "anna@example.com", "bert@example.com", "team checkout", "cleo@example.com",
        "صندوق-المدفوعات", "🦄 team unicorn", "anna@example.com", "\(evil) team", nil, "bert@example.com",
        "a-person-with-a-very-long-address.and-a-longer-department-name@subsidiary.corporation.example.com",
    ]

    static var environments: [EnvironmentRecord] {
        let named = [
            "feat-checkout", long, "fix-login", "pr-204", "feat-blocked", "pr-17", "feat-search", "feat-wallet",
        ]
        let topics = ["export", "vat", "i18n", "dark-mode", "refunds", "gift-cards", "audit", "sso"]
        let names =
            named + (named.count..<60).map { "\($0 % 3 == 0 ? "pr-\($0 * 7)" : "feat-\(topics[$0 % 8])-\($0)")" }
        return names.enumerated().map { index, name in environment(name, index) }
            + [
                Samples.environment(
                    "hotfix-12",
                    verdict: .ambiguous,
                    reason: "tag branch names feat-a, the stack name feat-b",
                    state: nil,
                    kind: .ambiguous
                ),
                Samples.environment("production", verdict: .permanent, state: nil, kind: .permanent),
            ]
    }

    private static func environment(_ name: String, _ index: Int) -> EnvironmentRecord {
        let isStale = index % 3 != 1 && index % 5 != 4 || index < 7
        let idle = Double(index * 7 % 34) + (isStale ? 7.5 : 0.2)
        let states: [FindingState] = [.due, .warned, .planned, .flagged, .warned, .due]
        var record = Samples.environment(
            name,
            age: idle + Double(index % 11) * 3 + 2,
            idle: idle,
            owner: owners[index % owners.count],
            verdict: isStale ? .stale : [.keep, .leased, .protected][index % 3],
            reason: isStale ? "idle: 7d: changed \(Int(idle))d ago (stack updated)" : "no rule calls it stale",
            state: isStale ? states[index % states.count] : nil,
            targets: index % 5 == 0 ? [Samples.frankfurt, Samples.dublin] : [Samples.frankfurt]
        )
        if record.findingState == "warned" { record.dueAt = Samples.ago(-Double(index % 6) - 0.5) }
        if name == "feat-search" {
            record.finding = Samples.finding(
                name,
                heldBack: "seen 1 of 2 times; the next counts after 2026-12-03 20:00 UTC"
            )
            record.findingState = "flagged"
        }
        if name == "pr-17" { record.partlyReaped = PartialReap(plan: PlanID(9), at: Samples.ago(2)) }
        if name == "feat-blocked" { record.findingState = "due" }
        return record
    }

    static var plans: [PlanRecord] {
        let yes = ApprovalRecord(
            by: "anna",
            decision: "approved",
            selfApproved: false,
            because: nil,
            at: Samples.ago(3),
            digest: Digest(bytes: [])
        )
        func done(_ number: Int64, _ name: String, _ days: Double) -> PlanRecord {
            Samples.plan(
                number,
                state: .done,
                environment: name,
                approvals: [yes],
                steps: [.gone, .gone],
                ended: Samples.ago(days)
            )
        }
        var failed = Samples.plan(8, state: .failed, environment: "feat-bucket", ended: Samples.ago(1))
        failed.endedBecause = "stack shop-feat-bucket: DELETE_FAILED: the bucket is not empty"
        return [
            Samples.plan(
                13,
                state: .draft,
                environment: "feat-blocked",
                blockers: [Blocker(.notEmpty, nil, "bucket feat-blocked-uploads holds objects")]
            ), Samples.plan(12, environment: "feat-i18n-10"), done(10, "feat-gone", 2), done(11, "feat-gone-too", 4),
            failed,
            done(2, "feat-long-gone", 30),
        ]
    }

    static var ended: [EndedTeardown] {
        func ended(_ name: String, _ plan: Int64, _ state: PlanState, _ days: Double, _ owner: String?) -> EndedTeardown
        {
            EndedTeardown(
                environment: Samples.key(name),
                plan: PlanID(plan),
                state: state,
                at: Samples.ago(days),
                owner: owner
            )
        }
        return [
            ended("feat-gone", 10, .done, 2, "anna@example.com"), ended("feat-gone-too", 11, .done, 4, nil),
            ended("feat-bucket", 8, .failed, 1, "anna@example.com"), ended("pr-1", 7, .done, 9, "bert@example.com"),
            ended("pr-2", 6, .done, 10, nil), ended("pr-3", 5, .done, 12, nil), ended("pr-4", 4, .done, 24, nil),
            ended("feat-long-gone", 2, .done, 30, nil),
        ]
    }

    /// One a night for eight weeks, but for the week that began twenty-four days ago.
    static var evaluations: [EvaluationCount] {
        (0..<56).reversed().filter { !(18...24).contains($0) }.map { day in
            let stale = 34 + day / 7 * 2 - (day % 3)
            return EvaluationCount(
                at: Samples.ago(Double(day) + 0.2),
                verdicts: [
                    "stale": stale, "keep": 18 + day / 9, "leased": 3, "protected": 2, "permanent": 4, "ambiguous": 1,
                ]
            )
        }
    }

    static var records: WeeklyRecords {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.accountNames = Samples.names
        records.environments = environments
        var stack = Samples.component("legacy-batch", kind: .unmatched)
        stack.naming = "no pattern reads “legacy-batch”; tag note = “\(evil)”"
        records.unmatched = [stack, Samples.component("=cmd|'/c calc'!A0", kind: .unmatched)]
        records.plans = plans
        records.ended = ended
        records.scan = Samples.scan(failing: true)
        records.lastComplete = Samples.ago(1.25)
        records.leftovers = leftovers
        records.forecastErrors = [
            AuditEntry(
                id: 7,
                at: Samples.ago(1),
                actor: "reaper",
                event: forecastWrong,
                environment: Samples.key("feat-bucket"),
                plan: PlanID(8),
                details: Array(#"{"because": "it failed, which was not forecast: the bucket is not empty"}"#.utf8)
            )
        ]
        records.evaluations = evaluations
        records.sealHead = SealHead(
            number: 18_204,
            digest: Digest(of: "the audit log"),
            at: Samples.now.addingTimeInterval(-1_200)
        )
        records.nights = (1...7).map { day in
            WeeklyNight(
                day: CalendarDay(daysSince1970: Samples.ago(Double(day)).localDay(in: Samples.berlin)),
                outcome: day == 4 ? .missing : day == 2 ? .partial : .complete
            )
        }
        records.undelivered = [
            UndeliveredMessage(
                recipient: "nobody@example.com",
                subject: "warned: feat-vat-25",
                state: "refused",
                because: "550 5.1.1 no such user",
                at: Samples.ago(1)
            )
        ]
        return records
    }

    private static var leftovers: [LeftoverRecord] {
        ["anna@example.com", nil].enumerated().map { index, owner in
            LeftoverRecord(
                id: LeftoverID(Int64(index)),
                leftover: Leftover(
                    environment: Samples.key("feat-long-gone"),
                    plan: PlanID(2),
                    component: nil,
                    target: Samples.frankfurt,
                    type: index == 0 ? "AWS::S3::Bucket" : "AWS::Logs::LogGroup",
                    identifier: index == 0
                        ? "shop-feat-long-gone-uploads-1x2y3z" : "/aws/lambda/shop-feat-long-gone-thumbnails",
                    reason: index == 0 ? .retained : .logGroup,
                    owner: owner
                ),
                foundAt: Samples.ago(30 - Double(index)),
                lastSeenAt: Samples.ago(1),
                checkedAt: Samples.ago(1),
                goneAt: nil
            )
        }
    }

    static let anna = WeeklyReader(name: "anna", owners: ["anna@example.com", "anna"])
    static var book: WeeklyBook { WeeklyBook(records) }
    /// As it is mailed: of the last whole week, in which then happened what the other ends with.
    static var mailed: WeeklyBook {
        var records = records
        records.period = .lastWeek
        let days = -4.0 * 86_400
        for index in records.plans.indices {
            records.plans[index].endedAt = records.plans[index].endedAt?.addingTimeInterval(days)
        }
        records.ended = records.ended.map {
            EndedTeardown(
                environment: $0.environment,
                plan: $0.plan,
                state: $0.state,
                at: $0.at.addingTimeInterval(days),
                owner: $0.owner
            )
        }
        return WeeklyBook(records)
    }

    /// Many environments of many owners, with texts as long as they get.
    static func crowd(_ count: Int, owners: Int) -> WeeklyRecords {
        let reason = String(repeating: "stale for a reason with many words ", count: 12)
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.environments = (0..<count).map { index in
            Samples.environment(
                "feat-\(String(repeating: "long-name-", count: 6))\(index)",
                owner: index % 9 == 0 ? nil : "person-\(index % owners)@example.com",
                verdict: index % 2 == 0 ? .stale : .keep,
                reason: reason,
                state: index % 2 == 0 ? .warned : nil
            )
        }
        records.unmatched = (0..<count / 10).map { Samples.component("legacy-\($0)", kind: .unmatched) }
        records.scan = Samples.scan()
        records.evaluations = evaluations
        records.sealHead = self.records.sealHead
        return records
    }
}
