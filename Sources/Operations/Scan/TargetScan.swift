import Core
import Foundation

/// Reads one target from end to end.
///
/// It either reads all of it or says why it did not. What is listed in the words of the last reading is not looked into:
/// neither the work nor the memory of a scan in which little changed grows with what did not.
struct TargetScan: Sendable {
    let provider: any ProviderReading
    let store: any ScanStore
    let names: NameRules
    let rules: ReadingRules
    /// Read every component and its resources again, not only new and changed ones.
    let full: Bool

    /// What a reading found, as ``TargetReading`` wants it.
    struct Finding {
        var outcome: TargetReading.Outcome
        var resources: [ComponentID: [ObservedResource]] = [:]
        var unchanged: [ComponentClass: Int] = [:]
    }

    func read(_ target: Target, accepted: Bool, clock: @Sendable () -> Date) async throws(StoreFailure) -> TargetReading
    {
        let began = clock()
        let functions = try await store.knownFunctions(in: target)
        do throws(ReadingFailure) {
            let finding = try await observe(target, accepted: accepted)
            return TargetReading(
                target: target,
                startedAt: began,
                finishedAt: clock(),
                outcome: finding.outcome,
                resources: finding.resources,
                functions: await self.functions(of: finding, known: functions, in: target, now: began),
                unchanged: finding.unchanged,
                rules: rules
            )
        } catch {
            switch error {
            case .provider(let failure):
                return TargetReading(target: target, startedAt: began, finishedAt: clock(), outcome: .failed(failure))
            case .store(let failure): throw failure
            }
        }
    }

    private func observe(_ target: Target, accepted: Bool) async throws(ReadingFailure) -> Finding {
        // R7: an emulator answered an unknown key with an empty account and 200; so may a wrong profile.
        let account = try await asking { () async throws(ProviderFailure) in try await provider.identity(for: target) }
        guard account == target.account else {
            throw .provider(
                ProviderFailure(
                    .wrongAccount,
                    "the credentials for account \(target.account) belong to account \(account)",
                    advice: "correct the profile or role of \(target.account) in the settings file"
                )
            )
        }
        var listing = try await list(target)
        let absent = try await keeping { () async throws(StoreFailure) in
            try await store.known(in: target, besides: listing.numbers)
        }
        let gone = try await explain(absent, in: target, listing: &listing)
        if !accepted, let because = listing.suspicion(absent: absent.count, gone: gone.count) {
            return Finding(outcome: .suspect(because: because))
        }
        return try await conclude(&listing, gone: gone, in: target)
    }

    /// Every page; a token that comes a second time is an error, not an endless loop.
    private func list(_ target: Target) async throws(ReadingFailure) -> TargetListing {
        var listing = TargetListing()
        var tokens: Set<String> = []
        var token: String?
        repeat {
            let from = token
            let page = try await asking { () async throws(ProviderFailure) in
                try await provider.listing(of: target, from: from)
            }
            let difference = try await keeping { () async throws(StoreFailure) in
                try await store.compare(page.components, in: target, under: rules, anew: full)
            }
            try await asking { () async throws(ProviderFailure) in try listing.add(page, difference) }
            token = page.next
            if let token, !tokens.insert(token).inserted {
                throw .provider(
                    ProviderFailure(
                        .malformed,
                        "the listing of \(target) gave the same page token twice",
                        advice: "try again later"
                    )
                )
            }
        } while token != nil
        return listing
    }

    /// R2: what was there before and is not listed now is read by id; only that answer makes it gone.
    ///
    /// What answers is still there, whatever the listing said.
    private func explain(
        _ absent: [KnownComponent],
        in target: Target,
        listing: inout TargetListing
    ) async throws(ReadingFailure) -> [ComponentID] {
        let absent = absent.sorted { $0.id < $1.id }
        let readings = await fanOut(absent, width: 4) { known in
            await gathering { () async throws(ProviderFailure) in
                try await provider.component(known.id, in: target)
            }
        }
        var gone: [ComponentID] = []
        for (known, reading) in zip(absent, readings) {
            if let found = try await asking({ () async throws(ProviderFailure) in try reading.get() }),
                !found.status.isGone
            {
                listing.add(found, known: known)
            } else {
                gone.append(known.id)
            }
        }
        return gone
    }

    private func conclude(
        _ listing: inout TargetListing,
        gone: [ComponentID],
        in target: Target
    ) async throws(ReadingFailure) -> Finding {
        let plain = Classifying(rules: names, nestedByResource: [])
        let first = listing.observed.keys.sorted().compactMap { id in
            listing.observed[id].map { plain.record($0, known: listing.known[id], mark: listing.marks[id]) }
        }
        let toRead = first.filter { needsResources($0, known: listing.known[$0.observed.id]) }.map(\.observed.id)
        let readings = await fanOut(toRead, width: 4) { id in
            await gathering { () async throws(ProviderFailure) in try await provider.resources(of: id, in: target) }
        }
        var resources: [ComponentID: [ObservedResource]] = [:]
        var inside: Set<ComponentID> = []
        for (id, reading) in zip(toRead, readings) {
            let found = try await asking { () async throws(ProviderFailure) in try reading.get() }
            resources[id] = found
            for resource in found where resource.type == "AWS::CloudFormation::Stack" {
                if let physical = resource.physicalID { inside.insert(ComponentID(physical)) }
            }
        }
        let nested = Classifying(rules: names, nestedByResource: inside)
        var components = first.map {
            inside.contains($0.observed.id)
                ? nested.record($0.observed, known: nil, mark: listing.marks[$0.observed.id]) : $0
        }
        components += try await newlyNested(inside, in: target, listing: &listing, classifying: nested)
        return Finding(
            outcome: .complete(components: components.sorted { $0.observed.id < $1.observed.id }, gone: gone),
            resources: resources,
            unchanged: listing.unchangedCounts
        )
    }

    /// What is as it was, and stands inside another one since that was read: it has to be read for what it is now.
    private func newlyNested(
        _ inside: Set<ComponentID>,
        in target: Target,
        listing: inout TargetListing,
        classifying: Classifying
    ) async throws(ReadingFailure) -> [RecordedComponent] {
        let others = inside.filter { listing.observed[$0] == nil }.sorted()
        guard !others.isEmpty else { return [] }
        let known = try await keeping { () async throws(StoreFailure) in
            try await store.known(others, in: target)
        }
        var components: [RecordedComponent] = []
        for known in known where known.kind != .nested && listing.isUnchanged(known.number) {
            let found = try await asking { () async throws(ProviderFailure) in
                try await provider.component(known.id, in: target)
            }
            guard let found, !found.status.isGone else { continue }
            listing.add(found, known: known)
            components.append(classifying.record(found, known: nil))
        }
        return components
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

/// Why a target could not be read: the provider's failure is recorded, the store's ends the scan.
enum ReadingFailure: Error {
    case provider(ProviderFailure)
    case store(StoreFailure)
}

private func asking<Answer>(
    _ body: () async throws(ProviderFailure) -> Answer
) async throws(ReadingFailure) -> Answer {
    do { return try await body() } catch { throw .provider(error) }
}

private func keeping<Answer>(
    _ body: () async throws(StoreFailure) -> Answer
) async throws(ReadingFailure) -> Answer {
    do { return try await body() } catch { throw .store(error) }
}
