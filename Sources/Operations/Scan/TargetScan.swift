import Core
import Foundation

/// Reads one target from end to end.
///
/// It either reads all of it or says why it did not.
struct TargetScan: Sendable {
    let provider: any ProviderReading
    let store: any ScanStore
    let names: NameRules
    /// Read every component's resources again, not only those of new and changed ones.
    let full: Bool

    func read(_ target: Target, accepted: Bool, clock: @Sendable () -> Date) async throws(StoreFailure) -> TargetReading
    {
        let began = clock()
        let known = try await store.known(in: target)
        let functions = try await store.knownFunctions(in: target)
        let result = await gathering { () async throws(ProviderFailure) in
            try await observe(target, known: known, accepted: accepted)
        }
        switch result {
        case .success(let reading):
            return TargetReading(
                target: target,
                startedAt: began,
                finishedAt: clock(),
                outcome: reading.outcome,
                resources: reading.resources,
                functions: await self.functions(of: reading, known: functions, in: target, now: began)
            )
        case .failure(let failure):
            return TargetReading(target: target, startedAt: began, finishedAt: clock(), outcome: .failed(failure))
        }
    }

    private func observe(
        _ target: Target,
        known: [ComponentID: KnownComponent],
        accepted: Bool
    ) async throws(ProviderFailure) -> (outcome: TargetReading.Outcome, resources: [ComponentID: [ObservedResource]]) {
        // R7: an emulator answered an unknown key with an empty account and 200; so may a wrong profile.
        let account = try await provider.identity(for: target)
        guard account == target.account else {
            throw ProviderFailure(
                .wrongAccount,
                "the credentials for account \(target.account) belong to account \(account)",
                advice: "correct the profile or role of \(target.account) in the settings file"
            )
        }
        var observed: [ComponentID: ObservedComponent] = [:]
        for component in try await provider.components(in: target) where !component.status.isGone {
            observed[component.id] = component
        }
        let listed = observed
        let gone = try await explainAbsent(known, in: target, observed: &observed)
        if !accepted, let because = Self.suspicion(known: known, listed: listed, gone: gone) {
            return (.suspect(because: because), [:])
        }
        return try await record(observed, known: known, gone: gone, in: target)
    }

    /// R2: what was there before and is not listed now is read by id; only that answer makes it gone.
    ///
    /// What answers is still there, whatever the listing said.
    private func explainAbsent(
        _ known: [ComponentID: KnownComponent],
        in target: Target,
        observed: inout [ComponentID: ObservedComponent]
    ) async throws(ProviderFailure) -> [ComponentID] {
        let absent = known.keys.filter { observed[$0] == nil }.sorted()
        let readings = await fanOut(absent, width: 4) { id in
            await gathering { () async throws(ProviderFailure) in try await provider.component(id, in: target) }
        }
        var gone: [ComponentID] = []
        for (id, reading) in zip(absent, readings) {
            if let found = try reading.get(), !found.status.isGone {
                observed[id] = found
            } else {
                gone.append(id)
            }
        }
        return gone
    }

    /// R3: tags that are suddenly all empty, or a population that dropped without an explanation by id.
    static func suspicion(
        known: [ComponentID: KnownComponent],
        listed: [ComponentID: ObservedComponent],
        gone: [ComponentID]
    ) -> String? {
        let explained = Set(gone)
        let before = known.keys.filter { !explained.contains($0) }
        let missing = before.filter { listed[$0] == nil }.count
        if missing >= 5, missing * 2 > before.count {
            return "\(missing) of \(before.count) components are missing from the listing but still answer by id"
        }
        let stillThere = before.filter { listed[$0] != nil }
        let hadTags = stillThere.contains { known[$0]?.hasTags == true }
        if hadTags, !listed.isEmpty, listed.values.allSatisfy(\.tags.isEmpty) {
            return "all tags are suddenly empty, which lost permissions look like"
        }
        return nil
    }

    private func record(
        _ observed: [ComponentID: ObservedComponent],
        known: [ComponentID: KnownComponent],
        gone: [ComponentID],
        in target: Target
    ) async throws(ProviderFailure) -> (outcome: TargetReading.Outcome, resources: [ComponentID: [ObservedResource]]) {
        let plain = Classifying(rules: names, nestedByResource: [])
        let first = observed.values.map { plain.record($0, known: known[$0.id]) }
        let toRead = first.filter { needsResources($0, known: known[$0.observed.id]) }.map(\.observed.id).sorted()
        let readings = await fanOut(toRead, width: 4) { id in
            await gathering { () async throws(ProviderFailure) in try await provider.resources(of: id, in: target) }
        }
        var resources: [ComponentID: [ObservedResource]] = [:]
        var inside: Set<ComponentID> = []
        for (id, reading) in zip(toRead, readings) {
            let found = try reading.get()
            resources[id] = found
            for resource in found where resource.type == "AWS::CloudFormation::Stack" {
                if let physical = resource.physicalID { inside.insert(ComponentID(physical)) }
            }
        }
        let final = Classifying(rules: names, nestedByResource: inside)
        let components = first.map { inside.contains($0.observed.id) ? final.record($0.observed, known: nil) : $0 }
        return (
            .complete(components: components.sorted { $0.observed.id < $1.observed.id }, gone: gone), resources
        )
    }

    /// Resources cost a call each, so they are read only where something is new or has changed.
    ///
    /// Those of nested stacks say which functions belong to their root.
    private func needsResources(_ component: RecordedComponent, known: KnownComponent?) -> Bool {
        if component.kind == .excluded { return false }
        guard let known, !full else { return true }
        return known.content != component.content || !known.resourcesRead
    }
}
