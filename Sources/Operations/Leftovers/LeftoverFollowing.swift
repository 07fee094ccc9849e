import Core
import Foundation

/// Looks for what is known to have stayed, until it is gone.
struct LeftoverFollowing: Sendable {
    let wiring: Wiring
    let accounts: LeftoverAccounts

    func follow(_ outcome: inout Leftovers.Outcome, rested: Duration, now: Date) async throws {
        let open = try await wiring.store.leftovers(open: true)
        let retired = Set(try await wiring.store.targetStates().filter { $0.state == .retired }.map(\.target))
        var seen: [LeftoverID] = []
        var missing: [LeftoverID] = []
        var standing = StandingStacks(store: wiring.store)
        var listings: [ComponentID: Result<[String], ProviderFailure>] = [:]
        for record in open {
            // R8: nobody reads a retired target any more; a person closes what was left there.
            if retired.contains(record.leftover.target) { continue }
            if rested > .zero, record.checkedAt > now.later(by: .zero - rested) { continue }
            // Of instances' snapshots nobody lists which: a person closes them.
            if record.leftover.reason == .snapshot { continue }
            outcome.checked += 1
            if try await standing.has(record.leftover) {
                outcome.used.append(record)
                continue
            }
            switch await presence(of: record, &listings) {
            case .present: seen.append(record.id)
            case .absent: outcome.gone.append(record)
            case .unlisted:
                if isMissingTwice(record, now: now) { outcome.gone.append(record) } else { missing.append(record.id) }
            case .unknown:
                outcome.unread.append(
                    "\(record.id) \(record.leftover.type) \(record.leftover.identifier): whether it is there could not be read"
                )
            }
        }
        try await wiring.store.check(seen, seen: true, at: now)
        try await wiring.store.check(missing, seen: false, at: now)
        try await wiring.store.close((outcome.gone + outcome.used).map(\.id), at: now)
    }

    /// Its own service first; where that says nothing, the tagging service, if it ever listed it.
    private func presence(
        of record: LeftoverRecord,
        _ listings: inout [ComponentID: Result<[String], ProviderFailure>]
    ) async -> LeftoverReading.Presence {
        let leftover = record.leftover
        guard await accounts.answers(for: leftover.target) else { return .unknown }
        let own = await LeftoverReading(provider: wiring.provider).presence(of: leftover)
        guard own == .unknown, let component = leftover.component else { return own }
        let provider = wiring.provider
        if listings[component] == nil {
            listings[component] = await gathering { () async throws(ProviderFailure) in
                try await provider.tagged(withStack: component, in: leftover.target)
            }
        }
        guard case .success(let arns)? = listings[component] else { return .unknown }
        if arns.contains(where: { $0.names(leftover.identifier) }) { return .present }
        // What was never listed need not be: many types carry no tags there.
        let wasListed = leftover.reason == .tagged || record.lastSeenAt > record.foundAt
        return wasListed ? .unlisted : .unknown
    }

    /// A look before this one missed it too, and it has been listed by none for some time.
    private func isMissingTwice(_ record: LeftoverRecord, now: Date) -> Bool {
        record.checkedAt > record.lastSeenAt && now >= record.lastSeenAt.later(by: Leftovers.settles)
    }
}

/// Stacks that the inventory has, by name.
struct StandingStacks {
    let store: any Store
    private var names: [Target: Set<String>] = [:]

    init(store: any Store) { self.store = store }

    /// Its stack is there again: what is left of such a name is written to, and nobody's leftover.
    mutating func has(_ leftover: Leftover) async throws -> Bool {
        guard leftover.reason == .logGroup, let id = leftover.component else { return false }
        if names[leftover.target] == nil {
            names[leftover.target] = Set(try await store.known(in: leftover.target).keys.map { Blockers.name($0) })
        }
        return names[leftover.target]?.contains(Blockers.name(id)) ?? false
    }
}
