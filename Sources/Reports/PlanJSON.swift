package import Core
package import Foundation

/// One plan, as `curfew plan --json`, `plan list --json` and `plan show --json` write it.
package struct PlanJSON: Encodable, Sendable {
    /// `P12`, and the run it was made in (`R3`).
    package var plan: String
    @OrNull package var run: String?
    /// `draft`, `awaiting approval`, `approved`, `running`, `done`, `failed`, `halted`, `rejected`, `withdrawn`, `expired`, `superseded`.
    package var state: String
    /// Something stands in the way of it (`blockers`), so it is a draft that cannot be approved; texts call it `blocked`.
    package var blocked: Bool
    /// SHA-256 in 64 hexadecimal digits: what an approval binds.
    package var digest: String
    package var madeAt: Date
    package var madeBy: String
    package var policyRevision: Int64
    package var providers: [String]

    /// What goes: environments, the calls in order, what is lost with them, named exceptions.
    package var environments: [Environment]
    package var steps: [Step]
    package var losses: [Loss]
    package var exceptions: [String]
    /// What it will probably bring about, for each environment; empty for a plan made before there were forecasts.
    package var forecast: [PlanForecastJSON]
    /// What stands in the way, each with its kind; of a plan that has ended, what did.
    package var blockers: [Blocker]
    /// The policy of one of its environments sends no warning; null where the policies were not at hand.
    @OrNull package var warningNone: Bool?

    /// Who has to say yes, and who did.
    package var approvalTerms: Terms
    package var approvals: [Approval]
    /// Superseded plans whose approvals count no more, and whose they were.
    package var replaces: [Replaced]
    @OrNull package var approvedAt: Date?
    @OrNull package var expiresAt: Date?
    @OrNull package var endedAt: Date?
    @OrNull package var endedBecause: String?

    package struct Replaced: Encodable, Sendable {
        package var plan: String
        package var approvedBy: [String]
    }

    package struct Environment: Encodable, Sendable {
        package var space: String
        package var name: String
        package var incarnation: Int
        /// `stale`, `released`, `partly reaped`, `named`.
        package var verdictClass: String
        package var components: [String]
        /// As the inventory has them now; null where they were not at hand.
        @OrNull package var reason: String?
        @OrNull package var policy: String?
        @OrNull package var owner: String?
        @OrNull package var warningNone: Bool?
    }

    package struct Step: Encodable, Sendable {
        package var number: Int
        /// `space/name#incarnation`.
        package var environment: String
        package var component: String
        package var name: String
        package var account: String
        package var region: String
        /// `delete stack`, `protection off`, `empty bucket`, `delete images`, `delete again`, `delete log group`.
        package var action: String
        /// The bucket, repository or log group that it is about; null when that is the stack itself.
        @OrNull package var subject: String?
        /// Logical ids that stay when the stack is deleted again.
        package var retained: [String]
        /// Numbers of the steps that must be done before.
        package var after: [Int]
        /// `pending`, `intended`, `requested`, `gone`, `done`, `obstructed`, `unneeded`, `failed`, `skipped`.
        package var state: String
        /// The ClientRequestToken of its request; null before the plan is stored.
        @OrNull package var token: String?
        @OrNull package var reason: String?
        /// The service role's ARN, or `curfew` for our own credentials.
        package var whosePower: String
        @OrNull package var requestedAt: Date?
        @OrNull package var endedAt: Date?
    }

    package struct Loss: Encodable, Sendable {
        package var component: String
        package var type: String
        package var name: String
    }

    package struct Blocker: Encodable, Sendable {
        package var kind: String
        @OrNull package var component: String?
        package var text: String
    }

    package struct Terms: Encodable, Sendable {
        package var automatic: Bool
        package var required: Int
        package var by: [String]
        /// Counted on days on which the window opens, where there is a window.
        package var expiresSeconds: Int64
        package var requesterCounts: Bool
    }

    package struct Approval: Encodable, Sendable {
        package var by: String
        package var decision: String
        package var selfApproved: Bool
        @OrNull package var because: String?
        package var at: Date
        package var digest: String
    }

    package init(_ record: PlanRecord, context: PlanContext = PlanContext()) {
        plan = record.id.description
        run = record.run?.description
        state = record.state.rawValue
        blocked = record.isBlocked
        digest = record.digest.description
        madeAt = record.madeAt
        madeBy = record.madeBy
        policyRevision = record.revision
        providers = ["cloudformation"]
        environments = record.document.environments.map { planned in
            let known = context.environments[planned.key]
            return Environment(
                space: planned.key.space.text,
                name: planned.key.name.text,
                incarnation: planned.key.incarnation,
                verdictClass: planned.verdictClass.rawValue,
                components: planned.components.map(\.text),
                reason: known?.verdict?.reason,
                policy: known?.verdict?.policy,
                owner: known?.owner,
                warningNone: context.isWithoutWarning(planned.key)
            )
        }
        steps = record.allSteps.map { step in
            Step(
                number: step.step.number,
                environment: step.step.environment.description,
                component: step.step.component.text,
                name: step.step.name,
                account: step.step.target.account.text,
                region: step.step.target.region.text,
                action: step.step.action.kind.rawValue,
                subject: step.step.action.subject,
                retained: step.step.action.retained,
                after: step.step.after,
                state: step.state.rawValue,
                token: step.token.text.isEmpty ? nil : step.token.text,
                reason: step.reason,
                whosePower: step.step.serviceRole ?? "curfew",
                requestedAt: step.requestedAt,
                endedAt: step.endedAt
            )
        }
        losses = record.document.losses.map { Loss(component: $0.component.text, type: $0.type, name: $0.name) }
        exceptions = record.document.exceptions
        forecast = record.forecast.environments.map(PlanForecastJSON.init)
        blockers = record.blockers.sorted().map {
            Blocker(kind: $0.kind.rawValue, component: $0.component?.text, text: $0.text)
        }
        warningNone = context.isWithoutWarning(record)
        approvalTerms = Terms(
            automatic: record.terms.automatic,
            required: record.terms.required,
            by: record.terms.by,
            expiresSeconds: record.terms.expiresSeconds,
            requesterCounts: record.terms.requesterCounts
        )
        approvals = record.approvals.map {
            Approval(
                by: $0.by,
                decision: $0.decision,
                selfApproved: $0.selfApproved,
                because: $0.because,
                at: $0.at,
                digest: $0.digest.description
            )
        }
        replaces = (context.replaced[record.id] ?? []).map {
            Replaced(plan: $0.plan.description, approvedBy: $0.by)
        }
        approvedAt = record.approvedAt
        expiresAt = record.expiresAt
        endedAt = record.endedAt
        endedBecause = record.endedBecause
    }
}

/// What the inventory and the policies say about a plan's environments; a plan itself holds only what is digested.
package struct PlanContext: Sendable {
    package var environments: [EnvironmentKey: EnvironmentRecord]
    /// The policies in force, for `warn: none`; nil where they are not at hand.
    package var policies: PolicySet?
    package var replaced: [PlanID: [ReplacedApprovals]]

    package init(
        environments: [EnvironmentRecord] = [],
        policies: PolicySet? = nil,
        replaced: [PlanID: [ReplacedApprovals]] = [:]
    ) {
        self.replaced = replaced
        self.environments = Dictionary(environments.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.policies = policies
    }

    /// Nil where it is not known which policy decided.
    package func isWithoutWarning(_ key: EnvironmentKey) -> Bool? {
        guard let name = environments[key]?.verdict?.policy, let policy = policies?.policy(named: name) else {
            return nil
        }
        return policy.warning == .none
    }

    package func isWithoutWarning(_ plan: PlanRecord) -> Bool? {
        let known = plan.document.environments.map { isWithoutWarning($0.key) }
        if known.contains(true) { return true }
        return known.contains(nil) ? nil : false
    }
}

extension PlanRecord {
    /// The steps as they stand; those of a plan that was not stored yet are pending.
    var allSteps: [StepRecord] {
        guard steps.isEmpty else { return steps.sorted { $0.step.number < $1.step.number } }
        return document.steps.map {
            StepRecord(
                step: $0,
                token: StepToken(""),
                state: .pending,
                reason: nil,
                intendedAt: nil,
                requestedAt: nil,
                firstGoneAt: nil,
                endedAt: nil
            )
        }
    }

    var isSelfApproved: Bool { approvals.contains { $0.selfApproved && $0.decision != "rejected" } }
}
