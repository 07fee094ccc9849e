import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

extension Shell {
    /// Where texts will be read: this machine's zone, this terminal's width.
    func canvas(accountNames: [AccountID: String] = [:]) -> Canvas {
        Canvas(
            now: Date(),
            zone: .current,
            style: Style(colour: wantsColour),
            width: width,
            unicode: isUTF8,
            accountNames: accountNames
        )
    }
}

extension Session {
    var canvas: Canvas { shell.canvas(accountNames: found.settings.accountNames) }

    /// Says what changed about an environment; as JSON, the environment as it is now.
    func answer(_ key: EnvironmentKey, json: Bool, _ text: String) async throws {
        guard json else { return shell.print(text) }
        let record = try await ledger.environments(named: key.name).first { $0.key == key }
        shell.print(JSONText.render(record.map { EnvironmentJSON($0, now: wiring.clock()) }))
    }

    /// What plans are explained with: the inventory, also lives that these plans ended, and the policy in force, where
    /// there is one.
    func planContext(of plans: [PlanRecord] = []) async throws -> PlanContext {
        var policies: PolicySet?
        if let revision = try await ledger.policyInForce() { policies = try wiring.readPolicy(revision.source) }
        var environments = try await ledger.environments()
        let ended = Set(plans.flatMap { $0.document.environments.map(\.key) }).subtracting(environments.map(\.key))
        for name in Set(ended.map(\.name)).sorted() {
            environments += try await ledger.environments(named: name).filter { ended.contains($0.key) }
        }
        return PlanContext(
            environments: environments,
            policies: policies,
            replaced: try await ledger.replacedApprovals()
        )
    }
}

/// `curfew plan --json`: the plans made or kept, and what was not planned.
struct PlanningJSON: Encodable {
    let run: String?
    let plans: [PlanJSON]
    let deferred: [Deferred]

    struct Deferred: Encodable {
        let environment: String
        let because: String
    }

    init(_ outcome: Planning.Outcome, context: PlanContext) {
        run = outcome.run?.description
        plans = outcome.plans.map { PlanJSON($0, context: context) }
        deferred = outcome.deferred.map { Deferred(environment: $0.key.description, because: $0.because) }
    }
}

/// `curfew reap --json`: the plans as they stand now, and those that wait, stopped or met trouble.
struct ReapingJSON: Encodable {
    let plans: [PlanJSON]
    let waiting: [Reason]
    let stopped: [Reason]
    let troubled: [Reason]
    let deleting: [Deleting]

    struct Reason: Encodable {
        let plan: String
        let because: String
    }

    struct Deleting: Encodable {
        let plan: String
        let component: String
    }

    init(_ outcome: Reap.Outcome, context: PlanContext) {
        plans = outcome.plans.map { PlanJSON($0, context: context) }
        waiting = outcome.waiting.map { Reason(plan: "\($0.plan)", because: $0.because) }
        stopped = outcome.stopped.map { Reason(plan: "\($0.plan)", because: $0.because) }
        troubled = outcome.troubled.map { Reason(plan: "\($0.plan)", because: $0.because) }
        deleting = outcome.deleting.map { Deleting(plan: "\($0.plan)", component: $0.component.text) }
    }
}

/// `curfew evaluate --json`: how many environments have each verdict, and what moved.
struct EvaluationJSON: Encodable {
    let scan: Int64
    let revision: Int64
    let verdicts: [String: Int]
    let changes: [Change]
    let frozen: [Change]
    let reports: [Change]
    let held: [Held]

    /// An account of which nothing is planned or begun until a person has looked.
    struct Held: Encodable {
        let account: String
        let since: Date
        let because: String
    }

    struct Change: Encodable {
        let environment: String
        let text: String
    }

    init(_ outcome: Evaluate.Outcome) {
        scan = outcome.scan.number
        revision = outcome.revision.number
        verdicts = Dictionary(uniqueKeysWithValues: outcome.verdicts.map { ($0.key.rawValue, $0.value) })
        changes = outcome.changes.map { Change(environment: $0.key.description, text: $0.event) }
        frozen = outcome.frozen.map { Change(environment: $0.key.description, text: $0.because) }
        reports = outcome.reports.map { Change(environment: $0.key.description, text: $0.report) }
        held = outcome.held.map { Held(account: $0.account.text, since: $0.since, because: $0.because) }
    }
}

/// What an evaluation concluded, for people.
enum EvaluationText {
    static func text(_ outcome: Evaluate.Outcome, on canvas: Canvas) -> String {
        let counts = Verdict.allCases.compactMap { verdict in
            outcome.verdicts[verdict].map { "\($0) \(verdict.rawValue)" }
        }
        var lines = [
            "policy revision \(outcome.revision.number) on scan \(outcome.scan): "
                + (counts.isEmpty ? "no environments" : counts.joined(separator: ", "))
        ]
        let names = Dictionary(grouping: outcome.changes, by: \.key).sorted { $0.key < $1.key }
        lines += names.map { key, changes in
            "  \(SafeText.line(key.name.text)): \(changes.map(\.event).joined(separator: "; "))"
        }
        if !outcome.frozen.isEmpty {
            lines.append("nothing was concluded about:")
            lines += outcome.frozen.map { "  \($0.key.name): \(SafeText.line($0.because))" }
        }
        lines += outcome.reports.map { "  \($0.key.name): \(SafeText.line($0.report))" }
        for hold in outcome.held {
            lines.append(SafeText.line(hold.text))
            lines.append("  nothing in it is planned or begun: \(hold.remedy)")
        }
        return lines.joined(separator: "\n")
    }
}
