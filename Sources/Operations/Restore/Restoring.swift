package import Core
import Foundation

/// `curfew restore`: shows how one life of an environment would be made again from its tombstones.
///
/// It reads only; the power to make anything is `RestoreRun`'s (P1).
package struct Restoring: Sendable {
    let wiring: Wiring
    let limits: any ProviderLimits
    /// Nil where a template cannot be understood; then nothing of it is assumed.
    let readNeeds: @Sendable (String) -> TemplateNeeds?

    package init(
        _ wiring: Wiring,
        limits: any ProviderLimits,
        readNeeds: @escaping @Sendable (String) -> TemplateNeeds?
    ) {
        self.wiring = wiring
        self.limits = limits
        self.readNeeds = readNeeds
    }

    /// Every tombstone that is read for it is written down by the database.
    package func look(
        _ name: String,
        giving given: [GivenParameter],
        leaving left: Set<String> = []
    ) async throws(Problem) -> RestoreDraft {
        try await allow()
        return try await reporting { try await survey(name, giving: given, leaving: left).draft }
    }

    func allow() async throws(Problem) {
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.restore, standing, login: login, what: "restore")
    }

    /// What would be made, with everything that it would be made from.
    ///
    /// `left`: names of stacks that stay as they are, there or not.
    func survey(
        _ name: String,
        giving given: [GivenParameter],
        leaving left: Set<String>
    ) async throws -> RestoreSurvey {
        let (key, records) = try await life(named: name)
        var survey = RestoreSurvey(key: key)
        try await refuseWhileTakenDown(key, records)
        // Of a component that several plans had, the newest tombstone says how it was last.
        var seen: Set<ComponentID> = []
        let newestFirst = records.sorted { ($0.plan, $0.storedAt) > ($1.plan, $1.storedAt) }
        for record in newestFirst where seen.insert(record.component).inserted {
            let bytes = try await content(of: record)
            survey.add(record, try TombstoneContent.decoded(bytes, of: record.component), readNeeds: readNeeds)
        }
        try survey.leave(left)
        try survey.give(given)
        var plans: [PlanRecord] = []
        for id in Set(records.map(\.plan)).sorted() { plans.append(try await wiring.store.plan(id)) }
        survey.protect(Set(plans.flatMap(\.protectionSwitchedOff)))
        try survey.arrange(recordedImporters(plans))
        let attempts = try await RestoreAttempt.all(of: key, store: wiring.store)
        await RestoreChecks(wiring: wiring, limits: limits).check(&survey, attempts: attempts)
        survey.losses = try await losses(survey)
        return survey
    }

    private func content(of record: TombstoneRecord) async throws -> [UInt8] {
        do {
            return try await wiring.store.tombstone(of: record.component, plan: record.plan)
        } catch {
            guard error.kind == .broken else { throw error }
            throw Problem(.data, error.summary, advice: "nothing was restored; look into a backup of the database")
        }
    }

    /// The newest life of the name that left tombstones: restored stacks may have begun another one already.
    private func life(named text: String) async throws -> (EnvironmentKey, [TombstoneRecord]) {
        let record = try await wiring.environment(named: text)
        for incarnation in stride(from: record.key.incarnation, through: 1, by: -1) {
            let key = EnvironmentKey(space: record.key.space, name: record.key.name, incarnation: incarnation)
            let found = try await wiring.store.tombstones(of: key)
            if !found.isEmpty { return (key, found) }
        }
        throw Problem(
            .usage,
            "Curfew has taken nothing of \(record.key.name) down, or has forgotten its tombstones",
            advice: "see what was done: curfew history \(record.key.name)"
        )
    }

    private func refuseWhileTakenDown(_ key: EnvironmentKey, _ records: [TombstoneRecord]) async throws {
        for id in Set(records.map(\.plan)).sorted() {
            let plan = try await wiring.store.plan(id)
            guard plan.state == .running else { continue }
            throw Problem(
                .undone,
                "\(key.name) is still being taken down by \(id)",
                advice: "wait for its end (curfew reap), or stop it: curfew pause --because TEXT"
            )
        }
    }

    /// As the plans recorded them when the stacks still stood.
    private func recordedImporters(_ plans: [PlanRecord]) -> [RecordedImport] {
        plans.flatMap { plan in
            plan.document.fingerprint.importers.flatMap { export, importers in
                importers.map { RecordedImport(export: export, importer: $0) }
            }
        }
    }

    private func losses(_ survey: RestoreSurvey) async throws -> [RestoreLoss] {
        let ids = Set(survey.stacks.map(\.draft.component))
        var losses = try await wiring.store.leftovers(open: true)
            .filter { $0.leftover.component.map(ids.contains) ?? ($0.leftover.environment == survey.key) }
            .map { record in
                let left = record.leftover
                return RestoreLoss(
                    kind: left.reason.lossKind,
                    stack: survey.stacks.first { $0.draft.component == left.component }?.draft.name ?? "",
                    type: left.type,
                    name: left.identifier
                )
            }
        let stayed = Set(losses.map(\.name))
        for stack in survey.stacks {
            for resource in stack.content.resources where DataBearing.types.contains(resource.type) {
                guard let name = resource.physicalID, !stayed.contains(name) else { continue }
                losses.append(RestoreLoss(kind: .data, stack: stack.draft.name, type: resource.type, name: name))
            }
        }
        return losses
    }
}

extension Leftover.Reason {
    fileprivate var lossKind: RestoreLoss.Kind {
        switch self {
        case .snapshot: .snapshot
        case .logGroup: .logGroup
        case .retained, .named, .tagged, .failed: .kept
        }
    }
}

/// An importer as a plan has it: its id, or its name where no id was known.
struct RecordedImport: Sendable {
    /// `target name`.
    let export: String
    let importer: String
}
