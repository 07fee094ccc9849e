package import Core
import Foundation

/// What stays behind when environments go: written down, and followed until it is gone.
///
/// It reads, and writes into our own records; it removes nothing.
package struct Leftovers: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    /// How long the tagging service goes on listing what was deleted is promised nowhere ("tagged or previously tagged
    /// resources", says the model of GetResources), so what it lists counts only this long after its stack went.
    static let settles = Duration.seconds(30 * 60)

    /// What one look found and could not find out.
    package struct Outcome: Sendable {
        package var found: [Leftover] = []
        package var gone: [LeftoverRecord] = []
        /// Written by a stack of the same name again: nothing that was left.
        package var used: [LeftoverRecord] = []
        /// What could not be read; nothing is concluded from it.
        package var unread: [String] = []
        package var checked = 0
    }

    /// Writes down what a plan left, as far as it can be told right after its end.
    ///
    /// Returns what could not be read; the later looks try again. Whoever calls it at the end of a plan must not fail
    /// because of it.
    @discardableResult
    package func record(after plan: PlanRecord) async -> [String] {
        do {
            let outcome = try await LeftoverSearch(wiring: wiring, accounts: LeftoverAccounts(wiring.provider))
                .atTheEnd(of: plan)
            try await wiring.store.note(outcome.found, at: wiring.clock())
            for forecast in plan.forecast.environments {
                let stayed = outcome.found.filter { $0.environment == forecast.key }
                let notes = ForecastNotes(store: wiring.store)
                let unforeseen = TeardownOutcome(leftovers: stayed.map(\.identifier))
                try await notes.note(unforeseen, against: forecast, plan: plan.id)
            }
            return outcome.unread
        } catch {
            return ["the leftovers of \(plan.id) could not be written down: \(Problem(error).summary)"]
        }
    }

    /// At the end of a reap: writes down what these plans left, looks once more behind those that ended within a day, and
    /// for what nobody has looked for since about a day.
    ///
    /// Whatever goes wrong here is said and fails nothing: the teardowns themselves are over.
    package func follow(after plans: [PlanRecord], progress: @Sendable (String) -> Void) async {
        var unread = 0
        for plan in plans where plan.endedAt != nil { unread += await record(after: plan).count }
        do {
            let outcome = try await look(lately: .seconds(26 * 3_600), rested: .seconds(20 * 3_600), again: false)
            unread += outcome.unread.count
            for record in outcome.gone { progress("\(record.id) \(record.leftover.identifier), a leftover, is gone") }
            for record in outcome.used { progress("\(record.id) \(record.leftover.identifier) is in use again") }
        } catch {
            progress("leftovers could not be followed: \(Problem(error).summary)")
        }
        if unread > 0 { progress("leftovers: \(unread) could not be read; to look again: curfew leftovers --check") }
    }

    /// Looks once more behind plans that ended lately, and for everything that is known and not known to be gone.
    ///
    /// `lately`: how far back plans are looked behind.
    package func check(lately: Duration = .seconds(30 * 86_400)) async throws(Problem) -> Outcome {
        try await reporting { try await look(lately: lately, rested: .zero, again: true) }
    }

    /// One look behind plans and for what is known.
    ///
    /// `rested`: what was looked for since is left alone. `again`: also what is usually written down at a plan's end, in
    /// case that did not come to it.
    private func look(lately: Duration, rested: Duration, again: Bool) async throws -> Outcome {
        let now = wiring.clock()
        var outcome = Outcome()
        let accounts = LeftoverAccounts(wiring.provider)
        let search = LeftoverSearch(wiring: wiring, accounts: accounts)
        let known = try await wiring.store.leftovers(open: false)
        let ever = Set(known.map(\.leftover.place))
        for plan in try await wiring.store.plans(open: false, run: nil, limit: 1_000) {
            guard let ended = plan.endedAt, ended > now.later(by: .zero - lately),
                plan.steps.contains(where: { $0.state == .gone })
            else { continue }
            var looks = [await search.later(than: plan, now: now)]
            if again { looks.append(try await search.atTheEnd(of: plan)) }
            for seen in looks {
                // What somebody has closed comes back only where it was seen again.
                outcome.found += seen.found.filter { seen.proven.contains($0) || !ever.contains($0.place) }
                outcome.unread += seen.unread
            }
        }
        try await wiring.store.note(outcome.found, at: now)
        let open = Set(known.filter { $0.goneAt == nil }.map(\.leftover.place))
        outcome.found.removeAll { open.contains($0.place) }
        try await LeftoverFollowing(wiring: wiring, accounts: accounts).follow(&outcome, rested: rested, now: now)
        return outcome
    }

    /// A person has looked, and says that they are gone.
    package func close(_ ids: [LeftoverID]) async throws(Problem) -> [LeftoverRecord] {
        try await reporting {
            let open = try await wiring.store.leftovers(open: true)
            for id in ids where !open.contains(where: { $0.id == id }) {
                throw Problem(.usage, "\(id) is no open leftover", advice: "see them: curfew leftovers")
            }
            try await wiring.store.close(ids, at: wiring.clock())
            return open.filter { ids.contains($0.id) }
        }
    }
}

extension Leftover {
    /// What makes it the same as another.
    struct Place: Hashable {
        let environment: EnvironmentKey
        let target: Target
        let type: String
        let identifier: String
    }

    var place: Place { Place(environment: environment, target: target, type: type, identifier: identifier) }
}
