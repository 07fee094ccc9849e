import Core
import Foundation
import Testing

@testable import Reports

/// Whole texts as people see them, each compared with its file.
struct GoldenTests {
    let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    func narrow(colour: Bool = false, unicode: Bool = true) -> Canvas {
        Canvas(
            now: Samples.now,
            zone: Samples.berlin,
            style: Style(colour: colour),
            width: 80,
            unicode: unicode,
            accountNames: Samples.names
        )
    }

    var environments: [EnvironmentRecord] {
        var leased = Samples.environment(
            "feat-wallet",
            age: 40,
            idle: 1,
            verdict: .leased,
            reason: "leased until 2026-12-10 08:00 UTC by anna (extension 1): demo",
            state: nil
        )
        leased.lease = Hold(id: "lease 1", until: Samples.ago(-7), because: "demo", by: "anna", at: Samples.ago(1))
        leased.leaseCount = 1
        var waiting = Samples.environment("fix-login", age: 12, idle: 9, owner: nil, state: .flagged)
        waiting.finding = Samples.finding(
            "fix-login",
            heldBack: "seen 1 of 2 times; the next counts on a scan after 2026-12-03 20:00 UTC"
        )
        var partly = Samples.environment("pr-17", age: 30, idle: 12, owner: "team checkout")
        partly.partlyReaped = PartialReap(plan: PlanID(9), at: Samples.ago(2))
        return [
            Samples.environment("feat-checkout", targets: [Samples.frankfurt, Samples.dublin]), leased, waiting, partly,
            Samples.environment(
                "feat-old",
                idle: nil,
                verdict: .undecided,
                reason: "changed unknown: access denied",
                state: nil
            ),
        ]
    }

    @Test func `list, as wide as it is and cut to a terminal`() {
        expectGolden(ListText.text(environments, on: canvas), "list.txt")
        expectGolden(ListText.text(environments, on: narrow()), "list-80.txt")
        expectGolden(ListText.csv(environments, on: canvas), "list.csv")
    }

    @Test func `list of components`() {
        expectGolden(
            ListText.components([Samples.component("legacy-batch", kind: .unmatched)], on: canvas),
            "components.txt"
        )
    }

    @Test func `show`() {
        let history = [
            Samples.entry(9, "plan made"), Samples.entry(5, "flagged", details: #"{"policy":"feature-environments"}"#),
        ]
        var gone = Samples.component("auth-feat-checkout")
        gone.gone = Samples.ago(3)
        let text = ShowText.text(
            environments[0],
            components: [
                Samples.component("shop-feat-checkout", role: "arn:aws:iam::111122223333:role/cloudformation"),
                Samples.component("db-feat-checkout"), gone,
            ],
            plans: [Samples.plan()],
            history: history,
            on: canvas
        )
        expectGolden(text, "show.txt")
        #expect(text.contains("CloudFormation only"))
    }

    @Test func `show everything that speaks of an owner, also what is outweighed and what names nobody`() throws {
        let id = Samples.id("shop-feat-checkout")
        func trail(_ part: TrailEvidence.Part, _ session: String) -> TrailEvidence {
            TrailEvidence(
                component: id,
                part: part,
                event: session,
                call: part == .made ? .createChangeSet : .executeChangeSet,
                at: Samples.ago(9),
                identity: TrailIdentity(kind: "AssumedRole", roleName: "Deploy", sessionName: session)
            )
        }
        var environment = Samples.environment("feat-checkout", owner: "anna@example.com")
        environment.tags = [ComponentTags(id: id, created: nil, tags: ["owner": "anna@example.com"])]
        environment.trail = [trail(.made, "GitHubActions"), trail(.deployed, "ben")]
        let rules = OwnerRules(patterns: [OwnerPattern(name: "feat-*", owner: OwnerName("team-web"))])
        let owners = OwnerFinding(of: environment, rules: rules)
        expectGolden(ShowText.text(environment, components: [], owners: owners, on: canvas), "owners.txt")
        let json = EnvironmentJSON(environment, owners: owners, now: Samples.now)
        #expect(json.ownerEvidence?.map(\.owner) == ["anna@example.com", "ben", "team-web"])
        #expect(json.ownerEvidence?.map(\.confidence) == ["stated", "traced", "assigned"])
        #expect(json.ownerEvidence?.map(\.decides) == [true, false, false])
        #expect(EnvironmentJSON(environment, now: Samples.now).ownerEvidence == nil)
    }

    @Test func `show what was read beyond stacks`() {
        var environment = Samples.environment("feat-checkout", owner: "team-shop")
        environment.signals = Samples.signals
        expectGolden(ShowText.text(environment, components: [], on: canvas), "signals.txt")
    }

    @Test func `show what a pipeline registered, and what it is told`() {
        var registered = Samples.environment("feat-checkout", owner: "team-shop")
        (registered.ownerSource, registered.ownerDetail) = ("registration", "registered by ci_shop")
        registered.registration = Samples.registration
        let shown = ShowText.text(registered, components: [], on: canvas)
        let unknown = RegisteredEnvironment(registration: Samples.registration, life: nil, owner: nil)
        var known = unknown
        known.life = Samples.key("feat-checkout")
        let tag = OwnerRecord(owner: "anna", source: "tag", detail: "tag owner = “anna” on shop", conflict: false)
        let told = [nil, tag, OwnerRecord(owner: nil, source: "conflict", detail: "a; b", conflict: true)].map {
            owner in
            var made = owner == nil ? unknown : known
            made.owner = owner
            return RegisteredText.lines(made, on: canvas).joined(separator: "\n")
        }
        expectGolden(([shown] + told).joined(separator: "\n---\n") + "\n", "registered.txt")
    }

    @Test func `explain, in Unicode, in ASCII and in colour`() {
        let judgement = Samples.judgement()
        let environment = environments[0]
        expectGolden(ExplainText.text(judgement, of: environment, revision: 4, on: canvas), "explain.txt")
        let ascii = ExplainText.text(judgement, of: environment, revision: 4, on: narrow(unicode: false))
        expectGolden(ascii, "explain-ascii.txt")
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
        let colour = ExplainText.text(judgement, of: environment, revision: 4, on: narrow(colour: true))
        expectGolden(colour, "explain-colour.txt")
        expectGolden(
            ExplainText.text(Samples.judgement(idle: 1), of: environment, revision: 4, at: Samples.ago(-1), on: canvas),
            "explain-keep.txt"
        )
    }

    /// Told to its owner half a day ago, and due in two days and a half.
    private var warned: EnvironmentRecord {
        var warned = Samples.environment("feat-search", state: .warned)
        warned.finding = Samples.finding(
            "feat-search",
            heldBack: "due from 2026-12-05 20:00 UTC",
            warned: Samples.ago(0.5)
        )
        warned.dueAt = Samples.ago(-2.5)
        return warned
    }

    @Test func `that an owner was warned is shown with its date, to people and programs`() throws {
        let day = "owner warned 2026-12-02 21:00 CET (12h ago)"
        let due = "due 2026-12-05 21:00 CET (in 2d 12h)"
        for text in [StaleText.text([warned], on: canvas), ShowText.text(warned, components: [], on: canvas)] {
            #expect(text.contains(day) && text.contains(due) && text.contains("warned"), "\(text)")
            #expect(!text.contains("due from"), "its date stands there already: \(text)")
        }
        #expect(StaleText.text([warned], on: canvas).hasPrefix("Warned: its owner was told, its time runs (1)\n"))
        let json = try AnyJSON(JSONText.render(EnvironmentJSON(warned, now: Samples.now)))
        #expect(json["state"] == .text("warned") && json["warned_at"] == .text("2026-12-02T20:00:00Z"))
        #expect(ListText.text([warned], on: canvas).contains("stale, warned"))
        #expect(ListText.csv([warned], on: canvas).contains(",2026-12-02T20:00:00Z,2026-12-05T20:00:00Z,"))
    }

    @Test func `stale`() {
        let blocked = Samples.plan(
            13,
            state: .draft,
            environment: "pr-17",
            blockers: [Blocker(.notEmpty, nil, "bucket pr-17-uploads holds objects")]
        )
        expectGolden(StaleText.text(environments + [warned], plans: [blocked], on: canvas), "stale.txt")
        #expect(StaleText.text([environments[1]], on: canvas) == "Nothing is stale among 1 environment.\n")
    }

    @Test func `plan, which is the dry run`() {
        let importer = Blocker(
            .importer,
            Samples.id("db-pr-17"),
            "other-stack in 111122223333/eu-central-1 imports db-pr-17-url"
        )
        let named = Samples.plan(
            14,
            environment: "feat-wallet",
            verdictClass: .named,
            approvals: [
                ApprovalRecord(
                    by: "bert",
                    decision: "approved",
                    selfApproved: true,
                    because: "mine",
                    at: Samples.ago(0.05),
                    digest: Digest(bytes: [])
                )
            ]
        )
        let text = PlanText.text(
            [Samples.plan(), Samples.plan(13, state: .draft, environment: "pr-17", blockers: [importer]), named],
            deferred: [(Samples.key("fix-login"), "deferred: per_owner")],
            context: PlanContext(
                environments: environments,
                policies: Samples.policies,
                replaced: [PlanID(12): [ReplacedApprovals(plan: PlanID(9), by: ["anna", "ben"])]]
            ),
            on: canvas
        )
        expectGolden(text, "plan.txt")
        expectGolden(
            PlanText.list([Samples.plan(), Samples.plan(11, state: .done, steps: [.gone, .gone])], on: canvas),
            "plan-list.txt"
        )
    }

    @Test func `plan, with everything that an approver has to see`() {
        expectGolden(PlanText.text([Samples.fullPlan()], on: canvas), "plan-forecast.txt")
        expectGolden(PlanText.text([Samples.fullPlan()], on: narrow(unicode: false)), "plan-forecast-80.txt")
    }

    @Test func `plan diff`() {
        var other = Samples.fullPlan(15)
        other.digest = Digest(bytes: Array(repeating: 0xCD, count: 32))
        other.document.steps.removeLast()
        other.document.exceptions.removeLast()
        other.document.fingerprint.components[Samples.id("db-feat-checkout")] = Digest(of: "changed")
        other.document.fingerprint.holds[Samples.key("feat-checkout")] = ["lease 3"]
        other.blockers = [Blocker(.busy, Samples.id("db-feat-checkout"), "db-feat-checkout is in UPDATE_IN_PROGRESS")]
        other.forecast.environments[0].duration = ForecastDuration(least: 120, most: 400)
        expectGolden(PlanDiff(Samples.fullPlan(), other).text(on: canvas), "plan-diff.txt")
    }

    @Test func `only a plan that did nothing says that nothing was deleted`() {
        #expect(PlanText.text([Samples.plan()], on: canvas).contains("nothing was deleted"))
        let running = PlanText.text([Samples.plan(state: .running, steps: [.gone, .requested])], on: canvas)
        #expect(!running.contains("nothing was deleted") && running.contains("CloudFormation only"))
    }

    @Test func `scan`() {
        expectGolden(ScanText.text(Samples.scan(failing: true), notes: [Samples.unknown], on: canvas), "scan.txt")
    }

    @Test func `reap`() {
        let own = [
            ApprovalRecord(
                by: "bert",
                decision: "approved",
                selfApproved: true,
                because: nil,
                at: Samples.ago(1),
                digest: Digest(bytes: [])
            )
        ]
        let text = ReapText.text(
            [
                Samples.plan(12, state: .done, approvals: own, steps: [.gone, .gone], ended: Samples.now),
                Samples.plan(13, state: .running, environment: "pr-17", steps: [.gone, .requested]),
                Samples.plan(14, state: .failed, environment: "fix-login", steps: [.failed, .skipped]),
            ],
            waiting: [(PlanID(15), "the window opens Mon 2026-12-07 09:00 CET")],
            stopped: [(PlanID(16), "shop-feat-x has changed")],
            troubled: [(PlanID(17), "the provider did not answer")],
            on: canvas
        )
        expectGolden(text, "reap.txt")
    }

    @Test func `accounts, policies, names, history`() {
        let records = [
            AccountRecord(
                account: Samples.account,
                mode: .reap,
                because: "agreed with the team",
                by: "bert",
                at: Samples.ago(30),
                hold: AccountHold(
                    account: Samples.frankfurt.account,
                    since: Samples.ago(0.5),
                    because: "14 of its 40 environments turned stale since 2026-12-02 02:00 UTC"
                )
            ),
            AccountRecord(account: AccountID("444455556666"), mode: .report, because: nil, by: nil, at: nil),
        ]
        let targets = [
            TargetState(
                target: Samples.frankfurt,
                state: .active,
                because: nil,
                accepted: false,
                lastCompleteAt: Samples.ago(0.25),
                lastFailure: nil
            ),
            TargetState(
                target: Samples.dublin,
                state: .suspect,
                because: "from 40 components to 3",
                accepted: false,
                lastCompleteAt: nil,
                lastFailure: "denied"
            ),
        ]
        let accounts = accountOverviews(records, targets)
        let trouble = TroubleRecord(why: "organizations ListAccounts: denied", advice: "allow it", at: Samples.ago(1))
        expectGolden(AccountsText.text(accounts, trouble: trouble, on: canvas), "accounts.txt")
        expectGolden(AccountsText.csv(accounts), "accounts.csv")
        let revisions = [1, 2].map {
            PolicyRevision(
                number: $0,
                hash: Digest(bytes: Array(repeating: UInt8($0), count: 32)),
                source: PolicySource("policies: []"),
                appliedAt: Samples.ago(Double(9 - $0)),
                appliedBy: "bert"
            )
        }
        expectGolden(PolicyHistoryText.text(revisions, on: canvas), "policy-history.txt")
        let names = ["shop-feat-checkout", "payments-prod", "legacy-batch", "pr-12-extra", "CDKToolkit"].map {
            (name: $0, evaluation: evaluate(stackName: $0, tags: [:], rules: NameRules()))
        }
        expectGolden(NamesText.text(names, on: canvas), "names.txt")
        let entries = [
            Samples.entry(9, "plan made"),
            Samples.entry(8, "paused", details: #"{"because":"release freeze"}"#, on: nil),
        ]
        expectGolden(HistoryText.text(entries, on: canvas), "history.txt")
    }
}
