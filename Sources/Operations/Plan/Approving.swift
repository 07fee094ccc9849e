package import Core
import Foundation

/// `curfew approve`, `reject`, `withdraw`: what people say about plans.
package struct Approving: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    /// One person's yes to one plan.
    ///
    /// `confirmed`: the environments' names as the person typed or gave them; needed for a self-approval.
    package func approve(
        _ id: PlanID,
        confirmed: Set<EnvironmentName>,
        because: String?
    ) async throws(Problem) -> PlanRecord {
        try await reporting {
            let plan = try await wiring.store.plan(id)
            let (login, rights) = try await standing(toward: plan)
            // A person with two logins is one person.
            let selfApproved = wiring.personName(of: login.name) == wiring.personName(of: plan.madeBy)
            try checkMay(
                approve: plan,
                login: login,
                standing: rights,
                selfApproved: selfApproved,
                confirmed: confirmed
            )
            try await refuseEnded(plan)
            let (_, policies) = try await wiring.policyInForce()
            let now = try await wiring.storeClock()
            let terms = plan.terms
            let requester = plan.madeBy
            // With several approvers the first yes is the first to run out, and all of them with it.
            let since = plan.standingApprovals.map(\.at).min().map { min($0, now) } ?? now
            let expires = policies.expiry(ofApprovalAt: since, after: .seconds(terms.expiresSeconds))
            guard expires > now else {
                _ = try await PlanExpiry(wiring: wiring).run(now: now)
                throw since < now
                    ? Problem(
                        .undone,
                        "plan \(id) took too long: its first approval ran out before the last was given",
                        advice: "plan again: curfew plan --due"
                    )
                    : Problem(
                        .undone,
                        "an approval of plan \(id) would run out at once: the window never opens",
                        advice: "correct `window` in the policy and apply it: curfew policy apply FILE"
                    )
            }
            return try await wiring.store.approve(
                id,
                digest: plan.document.digest,
                selfApproved: selfApproved,
                because: because,
                expiresAt: expires,
                at: now,
                quorum: { [wiring] in
                    Quorum.reached(
                        $0,
                        terms: terms,
                        requester: requester,
                        digest: plan.digest,
                        person: wiring.personName(of:)
                    )
                }
            )
        }
    }

    /// Everything that `approve` would refuse, before anything is said.
    ///
    /// Returns the names that a self-approval takes; nil when it is somebody else's plan.
    package func namesToConfirm(_ id: PlanID) async throws(Problem) -> Set<EnvironmentName>? {
        try await reporting {
            let plan = try await wiring.store.plan(id)
            let (login, rights) = try await standing(toward: plan)
            let names = Set(plan.document.environments.map(\.key.name))
            let selfApproved = wiring.personName(of: login.name) == wiring.personName(of: plan.madeBy)
            try checkMay(
                approve: plan,
                login: login,
                standing: rights,
                selfApproved: selfApproved,
                confirmed: names
            )
            try await refuseEnded(plan)
            return selfApproved ? names : nil
        }
    }

    package func reject(_ id: PlanID, because: String) async throws(Problem) -> PlanRecord {
        try await reporting {
            let plan = try await wiring.store.plan(id)
            let (login, rights) = try await standing(toward: plan)
            try wiring.demand(.reject, rights, login: login, what: "reject plan \(id)")
            let now = try await wiring.storeClock()
            guard plan.state == .awaitingApproval || plan.state == .approved else {
                throw Problem(
                    .undone,
                    "plan \(id) is \(plan.state.word) and cannot be rejected",
                    advice: "see: curfew plan show \(id)"
                )
            }
            let (_, policies) = try await wiring.policyInForce()
            // The hold first: a crash in between leaves a plan that the reaper finds moved, not one that is planned anew.
            for environment in plan.document.environments {
                let hold = try await self.hold(environment.key, policies: policies)
                try await FindingMoves(wiring: wiring).apply(
                    .planRejected(holdUntil: now.later(by: hold)),
                    toPlan: plan,
                    only: [environment.key],
                    in: .planned,
                    now: now
                )
            }
            return try await wiring.store.reject(id, because: because, at: now)
        }
    }

    package func withdraw(_ id: PlanID) async throws(Problem) -> PlanRecord {
        try await reporting {
            let plan = try await wiring.store.plan(id)
            let (login, rights) = try await standing(toward: plan)
            try wiring.demand(.withdraw, rights, login: login, what: "withdraw plan \(id)")
            let now = try await wiring.storeClock()
            try await wiring.store.move(
                id,
                from: [.draft, .awaitingApproval, .approved],
                to: .withdrawn,
                because: "withdrawn by \(login.name)",
                at: now
            )
            try await FindingMoves(wiring: wiring).apply(.planEnded(.withdrawn), toPlan: plan, in: .planned, now: now)
            return try await wiring.store.plan(id)
        }
    }

    /// Plans of a run that still wait for a yes.
    package func waiting(in run: RunID) async throws(Problem) -> [PlanRecord] {
        try await reporting {
            try await wiring.store.plans(open: true, run: run, limit: 1_000).filter { $0.state == .awaitingApproval }
        }
    }

    private func hold(_ key: EnvironmentKey, policies: PolicySet) async throws -> Duration {
        let record = try await wiring.store.environments(named: key.name).first { $0.key == key }
        let policy = record?.verdict?.policy.flatMap(policies.policy(named:))
        return policy?.rejectHold ?? .seconds(7 * 86_400)
    }

    private func checkMay(
        approve plan: PlanRecord,
        login: Login,
        standing: Standing,
        selfApproved: Bool,
        confirmed: Set<EnvironmentName>
    ) throws {
        guard plan.state == .awaitingApproval else {
            throw Problem(
                .undone,
                "plan \(plan.id) is \(plan.state.word) and takes no approval",
                advice: plan.blockers.first.map { "what blocks it: \($0.text); see: curfew plan show \(plan.id)" }
                    ?? "see: curfew plan show \(plan.id)"
            )
        }
        // P2: the digest is made anew of what is stored; a document that was tampered with has another.
        guard plan.document.digest == plan.digest else {
            throw Problem(
                .bug,
                "plan \(plan.id) does not match its digest and cannot be approved",
                advice: "plan again, and look into who changed it"
            )
        }
        try wiring.demand(.approve, standing, login: login, what: "approve plan \(plan.id)")
        guard selfApproved else { return }
        guard plan.terms.requesterCounts, login.embedded else {
            throw Problem(
                .notAllowed,
                "\(login.name) made plan \(plan.id), and who asks does not count as approver",
                advice: "somebody else of \(plan.terms.by.joined(separator: ", ")) has to approve it"
            )
        }
        let names = Set(plan.document.environments.map(\.key.name))
        guard names.isSubset(of: confirmed) else {
            let missing = names.subtracting(confirmed).sorted().map(\.text)
            throw Problem(
                .usage,
                "approving your own plan \(plan.id) takes the name of each environment: \(missing.joined(separator: ", "))",
                advice: "curfew approve \(plan.id) \(missing.map { "--confirm \($0)" }.joined(separator: " "))"
            )
        }
    }

    /// It will be withdrawn with the next evaluation: a yes to it would mean nothing.
    private func refuseEnded(_ plan: PlanRecord) async throws {
        for key in plan.document.environments.map(\.key) {
            let lives = try await wiring.store.environments(named: key.name)
            guard !lives.contains(where: { $0.key == key && $0.endedAt == nil }) else { continue }
            throw Problem(
                .undone,
                "\(key.name) has ended since plan \(plan.id) was made, which takes no approval any more",
                advice: "judge and plan again: curfew evaluate, curfew plan --due"
            )
        }
    }

    private func standing(toward plan: PlanRecord) async throws -> (Login, Standing) {
        let login = try await wiring.store.login()
        let person = wiring.person(of: login)
        var standing = wiring.standing(of: login, toward: nil)
        standing.isRequester = login.name == plan.madeBy
        // An owner approves only what is theirs as a whole.
        var ownsAll = !plan.document.environments.isEmpty
        for environment in plan.document.environments {
            let record = try await wiring.store.environments(named: environment.key.name).first {
                $0.key == environment.key
            }
            if !wiring.standing(of: login, toward: record).isOwner { ownsAll = false }
        }
        standing.isOwner = ownsAll
        standing.isApprover = plan.terms.by.contains { term in
            switch term {
            case "owner": ownsAll
            case _ where term.hasPrefix("group:"): person?.groups.contains(String(term.dropFirst(6))) ?? false
            default: person?.name == term || person?.owns.contains(term) ?? false
            }
        }
        return (login, standing)
    }
}
