package import Core
package import Foundation

/// `curfew history ENV --json --story`: all lives of a name, newest first.
package struct StoryJSON: Encodable, Sendable {
    package var space: String
    package var name: String
    package var lives: [Life]

    package struct Life: Encodable, Sendable {
        package var incarnation: Int
        package var beganAt: Date
        @OrNull package var endedAt: Date?
        /// Null for nobody, or several.
        @OrNull package var owner: String?
        package var ownerSource: String
        /// What its end, or what comes next, rests on; null where nothing was concluded.
        @OrNull package var why: Why?
        /// Readings on which it was stale.
        package var sightings: Int
        package var told: [Told]
        package var plans: [Plan]
        package var leftovers: [LeftoverJSON]
        /// Of the audit log, oldest first.
        package var entries: [HistoryJSON]
    }

    package struct Why: Encodable, Sendable {
        package var at: Date
        package var event: String
        package var verdict: String
        @OrNull package var verdictClass: String?
        package var reason: String
        @OrNull package var policy: String?
        package var policyRevision: Int64
        package var clauses: [Clause]
    }

    package struct Clause: Encodable, Sendable {
        package var clause: String
        /// `true`, `false`, `unknown` or `not applicable`.
        package var truth: String
        package var saw: String
    }

    package struct Told: Encodable, Sendable {
        package var at: Date
        package var notice: String
        package var recipient: String
        /// `taken`, `refused`, `uncertain` or `came back`.
        package var outcome: String
        @OrNull package var reason: String?
    }

    package struct Plan: Encodable, Sendable {
        package var plan: String
        /// SHA-256 in 64 hexadecimal digits.
        package var digest: String
        package var state: String
        package var madeAt: Date
        package var madeBy: String
        @OrNull package var endedAt: Date?
        @OrNull package var endedBecause: String?
        package var approvals: [Approval]
        package var steps: [Step]
    }

    package struct Approval: Encodable, Sendable {
        package var by: String
        /// `approved` or `rejected`.
        package var decision: String
        package var selfApproved: Bool
        @OrNull package var because: String?
        package var at: Date
    }

    package struct Step: Encodable, Sendable {
        package var number: Int
        package var action: String
        package var component: String
        @OrNull package var subject: String?
        package var token: String
        package var state: String
        @OrNull package var reason: String?
        @OrNull package var intendedAt: Date?
        @OrNull package var requestedAt: Date?
        @OrNull package var endedAt: Date?
    }

    /// Of one name in one space; `lives` is not empty.
    package init(_ lives: [EnvironmentLife], named key: EnvironmentKey) {
        space = key.space.text
        name = key.name.text
        self.lives = lives.map(Life.init)
    }
}

extension StoryJSON.Life {
    init(_ life: EnvironmentLife) {
        let record = life.environment
        let facts = LifeFacts(life: life)
        self.init(
            incarnation: record.key.incarnation,
            beganAt: record.beganAt,
            endedAt: record.endedAt,
            owner: record.ownerConflict ? nil : record.owner,
            ownerSource: record.ownerSource,
            why: facts.decisive.map(StoryJSON.Why.init),
            sightings: facts.sightings.count,
            told: facts.told.map {
                StoryJSON.Told(
                    at: $0.at,
                    notice: $0.notice,
                    recipient: $0.recipient,
                    outcome: $0.outcome,
                    reason: $0.reason
                )
            },
            plans: life.plans.map { StoryJSON.Plan($0, of: life) },
            leftovers: life.leftovers.map { LeftoverJSON($0) },
            entries: life.entries.map(HistoryJSON.init)
        )
    }
}

extension StoryJSON.Why {
    init(_ conclusion: LifeFacts.Conclusion) {
        let grounds = conclusion.grounds
        self.init(
            at: conclusion.entry.at,
            event: conclusion.entry.event,
            verdict: grounds.verdict.rawValue,
            verdictClass: grounds.verdictClass?.rawValue,
            reason: grounds.reason,
            policy: grounds.policy,
            policyRevision: grounds.revision,
            clauses: grounds.clauses.map {
                StoryJSON.Clause(clause: $0.clause, truth: $0.truth.rawValue, saw: $0.saw)
            }
        )
    }
}

extension StoryJSON.Plan {
    init(_ plan: PlanRecord, of life: EnvironmentLife) {
        self.init(
            plan: plan.id.description,
            digest: plan.digest.description,
            state: plan.state.rawValue,
            madeAt: plan.madeAt,
            madeBy: plan.madeBy,
            endedAt: plan.endedAt,
            endedBecause: plan.endedBecause,
            approvals: plan.approvals.map {
                StoryJSON.Approval(
                    by: $0.by,
                    decision: $0.decision,
                    selfApproved: $0.selfApproved,
                    because: $0.because,
                    at: $0.at
                )
            },
            steps: life.steps(of: plan).map {
                StoryJSON.Step(
                    number: $0.step.number,
                    action: $0.step.action.kind.rawValue,
                    component: $0.step.component.text,
                    subject: $0.step.action.subject,
                    token: $0.token.text,
                    state: $0.state.rawValue,
                    reason: $0.reason,
                    intendedAt: $0.intendedAt,
                    requestedAt: $0.requestedAt,
                    endedAt: $0.endedAt
                )
            }
        )
    }
}
