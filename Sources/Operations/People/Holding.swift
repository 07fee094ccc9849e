package import Core
package import Foundation

/// `curfew extend`, `protect`, `unprotect`, `claim`, `release`: what people say about an environment.
package struct Holding: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    /// Longest protection that an owner can set; an operator can set a longer one.
    package static let longestForOwners = Duration.seconds(90 * 86_400)

    /// An environment's own time, from now on; capped by the policy that takes it in.
    /// - Returns: until when the lease runs, which is earlier than asked for where `max_age` ends it.
    package func extend(
        _ name: String,
        by duration: Duration,
        because: String
    ) async throws(Problem) -> (EnvironmentRecord, until: Date) {
        let record = try await permitted(name, .extend, "extend")
        let (_, policies) = try await wiring.policyInForce()
        let now = try await reporting { try await wiring.storeClock() }
        let facts = wiring.facts(record)
        guard let policy = policies.choice(for: facts).extending else {
            throw Problem(
                .undone,
                "no policy takes in \(record.key.name), so nothing would ever flag it",
                advice: "there is nothing to extend; see: curfew explain \(record.key.name)"
            )
        }
        guard duration <= policy.extending.each else {
            throw Problem(
                .undone,
                "policy \(policy.name) allows \(DurationText.format(policy.extending.each)) at a time",
                advice: "curfew extend \(record.key.name) \(DurationText.format(policy.extending.each)) --because TEXT"
            )
        }
        guard record.leaseCount < policy.extending.atMost else {
            throw Problem(
                .undone,
                "\(record.key.name) was extended \(record.leaseCount) times, the most that policy \(policy.name) allows",
                advice: "an operator can protect it, or deploy it again: a new deployment is activity"
            )
        }
        var until = max(now, record.lease?.until ?? now).later(by: duration)
        if let maxAge = policy.maxAge {
            let end = record.oldest.later(by: maxAge)
            guard end > now else {
                throw Problem(
                    .undone,
                    "\(record.key.name) is past max_age (\(DurationText.format(maxAge))), which no lease passes",
                    advice: "only protection keeps it: curfew protect \(record.key.name) --until DATE --because TEXT"
                )
            }
            until = min(until, end)
        }
        let end = until
        try await reporting { try await wiring.store.extend(record.key, until: end, because: because, at: now) }
        return (record, end)
    }

    package func protect(_ name: String, until: Date, because: String) async throws(Problem) -> EnvironmentRecord {
        let record = try await permitted(name, .protect, "protect")
        let now = try await reporting { try await wiring.storeClock() }
        guard until > now else {
            throw Problem(.usage, "\(until.minuteText) is past", advice: "give a date to come, such as 2026-12-31")
        }
        if until > now.later(by: Self.longestForOwners) {
            let (login, standing) = try await wiring.standing(toward: record)
            try wiring.demand(.protectLong, standing, login: login, what: "protect anything for more than 90 days")
        }
        try await reporting { try await wiring.store.protect(record.key, until: until, because: because, at: now) }
        return record
    }

    package func unprotect(_ name: String) async throws(Problem) -> (EnvironmentRecord, ended: Int) {
        let record = try await permitted(name, .unprotect, "end the protection of")
        let ended = try await reporting { try await wiring.store.unprotect(record.key, at: wiring.storeClock()) }
        return (record, ended)
    }

    /// `owner`: nil is the person who is connected.
    package func claim(_ name: String, owner: String?) async throws(Problem) -> (EnvironmentRecord, owner: String) {
        let record = try await permitted(name, .claim, "claim")
        let (login, standing) = try await wiring.standing(toward: record)
        let person = wiring.person(of: login)
        if let owner, !(person?.owns.contains(owner.lowercased()) ?? false), !standing.isOperator {
            throw Problem(
                .notAllowed,
                "\(login.name) may not claim \(record.key.name) for \(owner)",
                advice: "claim it for yourself, or ask an operator"
            )
        }
        let claimant = owner ?? person?.name ?? login.name
        try await reporting {
            try await wiring.store.claim(record.key, owner: OwnerName(claimant).text, at: wiring.storeClock())
        }
        try await refreshOwner(of: record.key)
        return (record, OwnerName(claimant).text)
    }

    package func release(_ name: String) async throws(Problem) -> EnvironmentRecord {
        let record = try await permitted(name, .release, "release")
        try await reporting { try await wiring.store.release(record.key, at: wiring.storeClock()) }
        return record
    }

    private func refreshOwner(of key: EnvironmentKey) async throws(Problem) {
        try await reporting {
            guard let record = try await wiring.store.environments(named: key.name).first(where: { $0.key == key })
            else { return }
            try await wiring.store.setOwners([key: OwnerRecord(of: record, rules: wiring.rules.owners)])
        }
    }

    private func permitted(_ name: String, _ act: Act, _ verb: String) async throws(Problem) -> EnvironmentRecord {
        let record = try await wiring.environment(named: name)
        guard record.endedAt == nil else {
            throw Problem(.usage, "\(record.key.name) is gone", advice: "see: curfew history \(record.key.name)")
        }
        let (login, standing) = try await wiring.standing(toward: record)
        try wiring.demand(act, standing, login: login, what: "\(verb) \(record.key.name)")
        return record
    }
}
