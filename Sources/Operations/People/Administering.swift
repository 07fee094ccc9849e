package import Core
import Foundation

/// `curfew accounts`, `pause`, `resume`: what operators say about everything.
package struct Administering: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package func setMode(_ account: AccountID, _ mode: AccountRecord.Mode, because: String) async throws(Problem) {
        try await demand(.setAccountMode, "change an account's mode")
        let known = Set(wiring.rules.targets.map(\.account))
        guard known.contains(account) else {
            let choices = known.sorted().map(\.text).joined(separator: ", ")
            throw Problem(.usage, "account \(account) is not in the settings file", advice: "it has: \(choices)")
        }
        let origin = wiring.accountOrigins[account] ?? .settings
        try await reporting {
            try await wiring.store.setMode(account, mode, of: origin, because: because, at: wiring.clock())
        }
    }

    package func retire(_ target: Target, because: String) async throws(Problem) {
        try await demand(.setAccountMode, "retire a target")
        try await reporting { try await wiring.store.retire(target, because: because, at: wiring.clock()) }
    }

    /// Takes up a retired target again; the next scan reads it.
    package func reopen(_ target: Target, because: String) async throws(Problem) {
        try await demand(.setAccountMode, "reopen a target")
        try await reporting { try await wiring.store.reopen(target, because: because, at: wiring.clock()) }
    }

    package func accept(_ target: Target, because: String) async throws(Problem) {
        try await demand(.setAccountMode, "accept a target's reading")
        try await reporting { try await wiring.store.accept(target, because: because, at: wiring.clock()) }
    }

    /// Ends the hold of an account in which many environments turned stale at once.
    package func accept(_ account: AccountID, because: String) async throws(Problem) {
        try await demand(.setAccountMode, "accept what turned stale in an account")
        try await reporting { try await wiring.store.accept(account, because: because, at: wiring.clock()) }
    }

    package func pause(because: String) async throws(Problem) {
        try await demand(.pause, "pause everything")
        try await reporting { try await wiring.store.pause(because: because, at: wiring.clock()) }
    }

    /// False when nothing was paused.
    package func resume() async throws(Problem) -> Bool {
        try await demand(.pause, "resume")
        return try await reporting { try await wiring.store.resume(at: wiring.clock()) }
    }

    private func demand(_ act: Act, _ what: String) async throws(Problem) {
        let (login, standing) = try await wiring.standing()
        try wiring.demand(act, standing, login: login, what: what)
    }
}

/// `curfew policy apply`: makes a text the policy in force.
package struct ApplyingPolicy: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    /// - Returns: the revision in force afterwards, and whether it is a new one.
    package func apply(_ source: PolicySource) async throws(Problem) -> (revision: PolicyRevision, isNew: Bool) {
        let set = try wiring.readPolicy(source)
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.applyPolicy, standing, login: login, what: "apply a policy")
        if set.hasAutomaticApproval, !wiring.automaticAllowed {
            throw Problem(
                .data,
                "`approval: automatic` is possible only against an emulator on this machine",
                advice: "name approvers: approval: { required: 1, by: [owner, group:platform] }"
            )
        }
        if set.needsEmbeddedDatabase, !login.embedded {
            throw Problem(
                .data,
                "`requester: counts` is possible only with the embedded database",
                advice: "leave it out: somebody other than the one who asks has to approve"
            )
        }
        return try await reporting {
            let before = try await wiring.store.policyInForce()
            let revision = try await wiring.store.applyPolicy(
                source,
                hash: source.digest,
                unwarned: set.policies.filter { $0.warning == .none }.map(\.name),
                at: wiring.clock()
            )
            return (revision, revision.number != before?.number)
        }
    }
}
