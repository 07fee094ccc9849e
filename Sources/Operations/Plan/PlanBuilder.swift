import Core
import Foundation

/// Environments that can only go together, as one plan to be stored.
struct PlanUnit {
    var candidates: [Candidate]
    var draft: DraftPlan
    let budgeted: BudgetedPlan
}

/// Makes plans of a survey: what belongs together, in which order it goes, what stands in the way.
struct PlanBuilder {
    let survey: Survey
    /// Why nothing may be torn down in a target, where something speaks against it (P9).
    let guards: [Target: Blocker]
    let revision: PolicyRevision
    let policies: PolicySet
    let exceptions: Exceptions
    let isBounded: @Sendable (AccountID) -> Bool
    let now: Date

    func units(_ candidates: [Candidate], components: [EnvironmentKey: [ComponentRecord]]) -> [PlanUnit] {
        groups(candidates, components).map { unit($0, components) }
    }

    /// Candidates bound by exports, each with all that import from it or export to it.
    ///
    /// An importer that is no candidate never joins: it blocks (P5).
    private func groups(_ candidates: [Candidate], _ components: [EnvironmentKey: [ComponentRecord]]) -> [[Candidate]] {
        var home: [ComponentID: Int] = [:]
        for (index, candidate) in candidates.enumerated() {
            for component in components[candidate.record.key] ?? [] { home[component.id] = index }
        }
        var root = Array(candidates.indices)
        func find(_ index: Int) -> Int {
            var current = index
            while root[current] != current { current = root[current] }
            return current
        }
        for (id, index) in home.sorted(by: { $0.key < $1.key }) {
            for importer in survey.components[id]?.exports.flatMap(\.importers).compactMap(\.id) ?? [] {
                guard let other = home[importer] else { continue }
                let (left, right) = (find(index), find(other))
                root[max(left, right)] = min(left, right)
            }
        }
        let grouped = Dictionary(grouping: candidates.indices, by: find)
        return grouped.sorted { $0.key < $1.key }.map { $0.value.map { candidates[$0] } }
    }

    private func unit(_ candidates: [Candidate], _ components: [EnvironmentKey: [ComponentRecord]]) -> PlanUnit {
        let records = candidates.map(\.record)
        let owners = Dictionary(
            candidates.flatMap { candidate in
                (components[candidate.record.key] ?? []).map { ($0.id, candidate.record.key) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        // What a reading by id already says is gone needs no step; the next scan records it.
        let inside = Set(owners.keys).subtracting(survey.gone)
        let chains = self.chains(inside, owners: owners)
        let sequence = TeardownSequence(
            inside,
            importers: survey.waitsFor(inside),
            needs: survey.needs(inside)
        )
        var steps: [PlanStep] = []
        var cycles: [Blocker] = []
        switch sequence.outcome {
        case .ordered(let order): steps = StepChain.steps(order.compactMap { chains[$0] }, waitsFor: sequence.waitsFor)
        case .cycles(let found):
            cycles = found.map { cycle in
                Blocker(
                    .cycle,
                    cycle.first,
                    "these import from each other in a circle: \(cycle.map(Blockers.name).joined(separator: " → ")); "
                        + "remove one of the imports"
                )
            }
        }
        var blockers = Blockers(survey: survey, inside: inside, lifted: LiftedBlockers(steps)).all() + cycles
        blockers += sequence.unmet.map { need in
            let (name, owner) = (Blockers.name(need.component), Blockers.name(need.owner))
            return Blocker(
                .needed,
                need.owner,
                "\(name) needs \(need.what) of \(owner) while it is deleted, but \(owner) has to go first"
            )
        }
        blockers += Set(records.flatMap { $0.targets.map(\.target) }).sorted().compactMap { guards[$0] }
        var fingerprint = Fingerprint()
        switch survey.fingerprint(of: records, components: inside) {
        case .success(let taken): fingerprint = taken
        case .failure(let failure):
            let blocker = Blocker(.unread, nil, "a part of it could not be read: \(failure.summary)")
            if !blockers.contains(where: { $0.kind == .unread }) { blockers.append(blocker) }
        }
        blockers += differences(records, components)
        let document = PlanDocument(
            environments: candidates.map { candidate in
                PlannedEnvironment(
                    key: candidate.record.key,
                    verdictClass: candidate.verdictClass,
                    components: (components[candidate.record.key] ?? []).map(\.id).filter(inside.contains).sorted()
                )
            }.sorted { $0.key < $1.key },
            steps: steps,
            losses: losses(inside),
            // Without steps nothing is done about anything either.
            exceptions: steps.isEmpty ? [] : chains.values.flatMap(\.exceptions).sorted(),
            policyRevision: revision.hash,
            fingerprint: fingerprint
        )
        let terms = self.terms(candidates)
        if !terms.automatic, terms.by.isEmpty {
            blockers.append(
                Blocker(.approvers, nil, "the policies of these environments have no approver in common: give them one")
            )
        }
        if steps.isEmpty, blockers.isEmpty {
            blockers.append(Blocker(.changed, nil, "there is nothing left to delete"))
        }
        let draft = DraftPlan(
            document: document,
            blockers: blockers.sorted(),
            terms: terms,
            revision: revision.number,
            forecast: Forecasting(survey: survey, steps: steps, chains: chains, isBounded: isBounded)
                .forecast(document.environments).adding(costsOf: records, asOf: now),
            grounds: Dictionary(
                candidates.map { candidate in
                    let owner = candidate.record.ownerConflict ? nil : candidate.record.owner
                    return (
                        candidate.record.key,
                        Grounds(candidate.judgement, revision: revision.number, owner: owner)
                    )
                },
                uniquingKeysWith: { first, _ in first }
            )
        )
        return PlanUnit(candidates: candidates, draft: draft, budgeted: budgeted(candidates))
    }

    private func chains(
        _ inside: Set<ComponentID>,
        owners: [ComponentID: EnvironmentKey]
    ) -> [ComponentID: StepChain] {
        var chains: [ComponentID: StepChain] = [:]
        for id in inside {
            guard let component = survey.components[id], let key = owners[id] else { continue }
            chains[id] = exceptions.chain(for: component, of: key)
        }
        return chains
    }

    /// Where the inventory, on which the verdict rests, differs from what stands there now: then a scan and an
    /// evaluation have to come first.
    ///
    /// A plan never rests on two different moments.
    private func differences(
        _ records: [EnvironmentRecord],
        _ components: [EnvironmentKey: [ComponentRecord]]
    ) -> [Blocker] {
        records.flatMap { record -> [Blocker] in
            let name = record.key.name
            let known = components[record.key] ?? []
            var found = known.compactMap { difference($0, of: name) }
            if case .success(let live) = survey.members(of: record) {
                if live.kind != .feature {
                    found.append(
                        Blocker(.changed, nil, "\(name) is \(live.kind.rawValue) now: scan and evaluate again")
                    )
                }
                for id in Set(live.members).symmetricDifference(known.map(\.id)).sorted()
                where !survey.gone.contains(id) {
                    let what = "\(name) has other stacks than at the last scan (\(Blockers.name(id)))"
                    found.append(Blocker(.changed, id, "\(what): scan and evaluate again"))
                }
            }
            return found
        }
    }

    private func difference(_ known: ComponentRecord, of name: EnvironmentName) -> Blocker? {
        if survey.gone.contains(known.id) {
            return Blocker(.changed, known.id, "\(known.name) of \(name) is gone since the last scan: scan again")
        }
        guard let live = survey.components[known.id]?.observed else { return nil }
        let same =
            live.name == known.name && live.status == known.status && live.tags == known.tags
            && live.created.map(microseconds) == known.created.map(microseconds)
            && live.updated.map(microseconds) == known.updated.map(microseconds)
        guard !same else { return nil }
        return Blocker(
            .changed,
            known.id,
            "\(known.name) of \(name) was changed since the last scan: scan and evaluate again"
        )
    }

    /// What its template keeps is not lost; a database that leaves a snapshot is.
    private func losses(_ inside: Set<ComponentID>) -> [Loss] {
        inside.sorted().flatMap { id in
            (survey.components[id]?.parts ?? []).flatMap(\.going).filter { DataBearing.types.contains($0.type) }
                .map { Loss(component: id, type: $0.type, name: $0.physicalID ?? $0.logicalID) }
        }
    }

    /// The strictest of the policies concerned, and of those that may be; without one (a person named what no policy takes in) the standard.
    private func terms(_ candidates: [Candidate]) -> ApprovalTerms {
        .strictest(
            candidates.flatMap { candidate in
                let byPerson = candidate.verdictClass == .named || !exceptions.asked.isNone
                return candidate.policies.map { ApprovalTerms($0, byPerson: byPerson) }
            }
        )
    }

    private func budgeted(_ candidates: [Candidate]) -> BudgetedPlan {
        BudgetedPlan(
            candidates.map {
                BudgetedEnvironment(
                    key: $0.record.key,
                    accounts: Set($0.record.targets.map(\.target.account)),
                    owner: $0.record.owner,
                    dueSince: $0.dueSince,
                    partlyReaped: $0.record.partlyReaped != nil
                )
            }
        )
    }
}
