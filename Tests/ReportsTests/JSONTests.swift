import Core
import Foundation
import Testing

@testable import Reports

struct JSONTests {
    @Test func `an environment always has the same keys`() throws {
        let full = try AnyJSON(
            JSONText.render(
                EnvironmentJSON(Samples.environment("feat-x"), components: [Samples.component("a")], now: Samples.now)
            )
        )
        let empty = try AnyJSON(
            JSONText.render(
                EnvironmentJSON(
                    Samples.environment("feat-x", idle: nil, owner: nil, verdict: nil, state: nil),
                    now: Samples.now
                )
            )
        )
        #expect(full.keys == empty.keys)
        #expect(
            full.keys == [
                "accounts", "age_seconds", "changed_at", "class", "components", "components_detail", "costs",
                "coverage",
                "created_at", "due_at",
                "ended_at", "first_seen_at", "flagged_at", "held_back", "idle_seconds", "incarnation", "leased_because",
                "leased_until",
                "leases", "name", "owner", "owner_conflict", "owner_detail", "owner_evidence", "owner_source",
                "partly_reaped_by",
                "policy",
                "policy_revision", "protected_because", "protected_until", "reason", "regions", "registration",
                "released_at", "signals", "space",
                "state",
                "verdict", "verdict_changes_at", "verdict_class", "warned_at",
            ]
        )
        #expect(empty["owner"] == .null && empty["verdict"] == .null && empty["idle_seconds"] == .null)
        #expect(full["created_at"] == .text("2026-11-13T08:00:00Z"))
        #expect(full["age_seconds"] == .number(20 * 86_400) && full["idle_seconds"] == .number(8 * 86_400))
        #expect(
            full["coverage"]?[0]?.keys == ["account", "complete", "failure", "read_at", "region", "scan", "suspect"]
        )
    }

    @Test func `a signal always has the same keys, and one word for what is known of it`() throws {
        let signals = try Samples.signals.map { try AnyJSON(JSONText.render(SignalJSON($0))) }
        for signal in signals {
            #expect(signal.keys == ["detail", "kind", "none_since", "read_at", "seen", "seen_at", "state"])
        }
        #expect(
            signals.map { $0["state"] }
                == ["seen", "unknown", "none", "not applicable", "seen", "none"].map { .text($0) }
        )
    }

    @Test func `a registration always has the same keys`() throws {
        var registration = Samples.registration
        let full = try AnyJSON(JSONText.render(RegistrationJSON(registration)))
        (registration.branch, registration.repository, registration.commit, registration.expiresAt) = (
            nil, nil, nil, nil
        )
        let empty = try AnyJSON(JSONText.render(RegistrationJSON(registration)))
        let keys = ["branch", "commit", "expires_at", "owner", "registered_at", "registered_by", "repository"]
        #expect(full.keys == keys && empty.keys == keys)
        #expect(empty["branch"] == .null && full["expires_at"] == .text("2026-12-16T08:00:00Z"))
        let made = RegisteredEnvironment(registration: Samples.registration, life: nil, owner: nil)
        let json = try AnyJSON(JSONText.render(RegisteredJSON(made)))
        #expect(json.keys == ["incarnation", "name", "owner", "owner_source", "registration", "space"])
        #expect(json["incarnation"] == .null && json["name"] == .text("feat-checkout"))
    }

    @Test func `tag keys stay as they are written`() throws {
        let component = ComponentJSON(
            Samples.component("a", tags: ["costCenter": "1", "Owner-Mail": "x"]),
            now: Samples.now
        )
        let json = try AnyJSON(JSONText.render(component))
        #expect(json["tags"]?.keys == ["Owner-Mail", "costCenter"])
    }

    @Test func `a plan that is blocked says so beside its state, as texts do`() throws {
        func json(_ state: PlanState, _ blockers: [Blocker]) throws -> AnyJSON {
            try AnyJSON(JSONText.render(PlanJSON(Samples.plan(state: state, blockers: blockers))))
        }
        let busy = Blocker(.busy, nil, "being updated")
        let blocked = try json(.draft, [busy])
        #expect(blocked["state"] == .text("draft") && blocked["blocked"] == .flag(true))
        #expect(blocked["blockers"]?[0]?["text"] == .text("being updated"))
        #expect(try json(.awaitingApproval, [])["blocked"] == .flag(false))
        #expect(try json(.superseded, [busy])["blocked"] == .flag(false))
    }

    @Test func `a plan says all that its approver binds`() throws {
        let context = PlanContext(environments: [Samples.environment("feat-checkout")], policies: Samples.policies)
        let json = try AnyJSON(
            JSONText.render(PlanJSON(Samples.plan(blockers: [Blocker(.busy, nil, "being updated")]), context: context))
        )
        #expect(json["plan"] == .text("P12") && json["run"] == .text("R3"))
        #expect(json["digest"] == .text(String(repeating: "ab", count: 32)))
        #expect(json["warning_none"] == .flag(true))
        #expect(json["environments"]?[0]?["reason"] != .null)
        let step = json["steps"]?[1]
        #expect(
            step?.keys == [
                "account", "action", "after", "component", "ended_at", "environment", "name", "number", "reason",
                "region", "requested_at", "retained", "state", "subject", "token", "whose_power",
            ]
        )
        #expect(step?["after"] == .list([.number(1)]) && step?["whose_power"] == .text("curfew"))
        #expect(
            json["blockers"]?[0]
                == .object(["kind": .text("operation in progress"), "component": .null, "text": .text("being updated")])
        )
        #expect(json["losses"]?[0]?["name"] == .text("shop-feat-checkout-uploads"))
        let unknown = try AnyJSON(JSONText.render(PlanJSON(Samples.plan())))
        #expect(unknown["warning_none"] == .null && unknown.keys == json.keys)
    }

    @Test func `a plan's forecast is there for programs, with every key`() throws {
        let json = try AnyJSON(JSONText.render(PlanJSON(Samples.fullPlan())))
        let forecast = json["forecast"]?[0]
        #expect(
            forecast?.keys == [
                "because", "costs", "counts", "environment", "least_seconds", "losses", "most_seconds", "powers",
                "stays",
                "unread",
            ]
        )
        #expect(forecast?["losses"]?[0]?.keys == ["bytes", "component", "is_at_least", "items", "name", "type"])
        #expect(forecast?["losses"]?[2]?["items"] == .null)
        #expect(forecast?["stays"]?[0]?["reason"] == .text("retained"))
        #expect(forecast?["powers"]?[1]?["whose_power"] == .text("curfew"))
        #expect(json["steps"]?[2]?["subject"] == .text("checkout-uploads"))
        #expect(json["steps"]?[3]?["retained"] == .list([.text("Seed")]))
        let bare = try AnyJSON(JSONText.render(PlanJSON(Samples.plan())))
        #expect(bare["forecast"] == .list([]) && bare.keys == json.keys)
    }

    @Test func `two plans of one digest differ in nothing that an approval binds`() throws {
        var later = Samples.fullPlan(15)
        later.forecast.environments[0].losses[0] = ForecastLoss(
            component: Samples.id("shop-feat-checkout"),
            type: "AWS::S3::Bucket",
            name: "checkout-uploads",
            content: ResourceContent(items: 1)
        )
        let diff = PlanDiff(Samples.fullPlan(), later)
        #expect(diff.isSameDigest)
        #expect(diff.parts.map(\.part) == ["forecast"])
        #expect(diff.parts.allSatisfy { !$0.isDigested })
        #expect(diff.text(on: Canvas(now: Samples.now, zone: Samples.berlin)).contains("The same digest"))
        let json = try AnyJSON(JSONText.render(diff))
        #expect(json.keys == ["is_same_digest", "left", "left_digest", "parts", "right", "right_digest"])
        #expect(json["parts"]?[0]?.keys == ["added", "is_digested", "part", "removed"])
        #expect(PlanDiff(later, later).parts.isEmpty)
    }

    @Test(arguments: [
        (0 as Int64, "0 B"), (999, "999 B"), (1_000, "1 kB"), (34_567, "34.6 kB"), (999_999, "1 MB"),
        (2_100_000_000, "2.1 GB"), (Int64.max, "9223.4 PB"),
    ])
    func `sizes are told in the unit that fits`(bytes: Int64, text: String) { #expect(Forecast.size(bytes) == text) }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")])
    func `counts are told in groups of three`(number: Int, text: String) { #expect(Forecast.grouped(number) == text) }

    @Test(arguments: [
        (60, 180, "1 to 3 minutes"), (60, 60, "1 min"), (1_560, 2_880, "26 to 48 minutes"), (0, 0, "not known"),
        (3_600, 7_380, "1 h to 2 h 3 min"), (61, 7_200, "1 min to 2 h"),
    ])
    func `durations are told as the guesses they are`(least: Int, most: Int, text: String) {
        #expect(ForecastDuration(least: least, most: most).words == text)
    }

    @Test func `a scan's counts add up and name every class`() throws {
        let json = try AnyJSON(JSONText.render(ScanJSON(Samples.scan(failing: true), notes: [Samples.unknown])))
        #expect(json["counts"]?.keys == ComponentClass.allCases.map(\.rawValue).sorted())
        #expect(json["listed"] == .number(23))
        #expect(json["targets"]?[1]?["advice"] == .text("give the role curfew-scan cloudformation:DescribeStacks"))
        #expect(json["calls"]?["cloudformation DescribeStacks"] == .number(3))
        #expect(json["unknown"]?[0]?["why"] == .text("access denied"))
    }

    @Test func `a judgement carries its whole trace, with one clause that decided`() throws {
        let judgement = Samples.judgement()
        let json = try AnyJSON(
            JSONText.render(JudgementJSON(judgement, of: Samples.key("feat-checkout"), revision: 4, at: Samples.now))
        )
        func decided(_ clause: AnyJSON?) -> [AnyJSON] {
            guard let clause, case .list(let parts)? = clause["parts"] else { return [] }
            return (clause["decided"] == .flag(true) ? [clause] : []) + parts.flatMap { decided($0) }
        }
        let found = decided(json["trace"])
        #expect(found.count == 1 && found.first?["clause"] == .text("stale_when"))
        #expect(json["verdict"] == .text("stale"))
    }

    @Test func `accounts, revisions, names`() throws {
        let account = AccountRecord(account: Samples.account, mode: .report, because: nil, by: nil, at: nil)
        let state = TargetState(
            target: Samples.frankfurt,
            state: .active,
            because: nil,
            accepted: false,
            lastCompleteAt: nil,
            lastFailure: nil
        )
        #expect(
            JSONText.render(
                AccountJSON(
                    AccountOverview(
                        record: account,
                        name: "sandbox",
                        access: "profile sandbox",
                        regions: [Samples.frankfurt.region],
                        targets: CoveredTarget.all(
                            [CoverageRecord(state: state, newest: nil, complete: nil, environments: 0)],
                            configured: [Samples.frankfurt],
                            now: Samples.now
                        )
                    )
                )
            )
                == #"{"access":"profile sandbox","account":"111122223333","at":null,"because":null,"by":null,"complete_at":null,"finds_regions":false,"from":"settings","held_because":null,"held_since":null,"mode":"report","name":"sandbox","not_read":null,"regions":["eu-central-1"],"regions_advice":null,"regions_failure":null,"state":null,"targets":[{"accepted":false,"advice":"curfew scan","because":null,"coverage":"never","last_complete_at":null,"last_failure":null,"region":"eu-central-1","state":"active"}]}"#
                + "\n"
        )
        let revisions = [3, 4].map {
            PolicyRevision(
                number: $0,
                hash: Digest(bytes: [1]),
                source: PolicySource("t"),
                appliedAt: Samples.now,
                appliedBy: "b"
            )
        }
        #expect(PolicyRevisionJSON.all(revisions).map(\.inForce) == [false, true])
        let names = try AnyJSON(
            JSONText.render(NamesJSON("shop-feat-x", evaluate(stackName: "shop-feat-x", tags: [:], rules: NameRules())))
        )
        #expect(names["verdict"] == .text("feature") && names["environment"] == .text("feat-x"))
        #expect(names["trace"]?[0]?["outcome"] == .text("names"))
    }

    @Test func `P17 values of parameters, templates and credentials in a history are withheld`() throws {
        let details =
            #"{"because":"x","parameters":{"DbPassword":"hunter2"},"deep":[{"SecretKey":"hunter2","n":3}],"template":"hunter2"}"#
        let entry = Samples.entry(1, "tombstone stored", details: details)
        let json = JSONText.render(HistoryJSON(entry))
        let text = HistoryText.text([entry], on: Canvas(now: Samples.now, zone: Samples.berlin))
        #expect(!json.contains("hunter2") && !text.contains("hunter2"))
        #expect(json.contains(#""because":"x""#) && json.contains(#""n":3"#))
        #expect(try AnyJSON(json)["details"]?["parameters"] == .text("(withheld)"))
        #expect(
            try AnyJSON(JSONText.render(HistoryJSON(Samples.entry(1, "x", details: "no json"))))["details"] == .null
        )
    }
}
