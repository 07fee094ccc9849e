package import Core
import Foundation

/// `curfew reap`: carries out approved plans, and takes up what was interrupted.
///
/// It alone is given the power to delete.
package struct Reap: Sendable {
    let wiring: Wiring
    let powers: any ProviderPower
    /// Who holds the lease, in words for the one who finds it taken.
    let holder: String
    let pacing: Pacing
    /// Reasons of this machine to stand still (a pause file, the environment at start); nil when there is none.
    let pausedHere: @Sendable () -> String?
    let sleep: @Sendable (Duration) async throws -> Void
    /// A clock that neither stops nor turns back.
    let instant: @Sendable () -> ContinuousClock.Instant

    package init(
        _ wiring: Wiring,
        powers: any ProviderPower,
        holder: String,
        pacing: Pacing = Pacing(),
        pausedHere: @escaping @Sendable () -> String?,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.wiring = wiring
        self.powers = powers
        self.holder = holder
        self.pacing = pacing
        self.pausedHere = pausedHere
        self.sleep = sleep
        self.instant = instant
    }

    /// What became of the plans that were looked at.
    package struct Outcome: Sendable {
        package var plans: [PlanRecord] = []
        /// Plans that could not be started or go on, and why; they stay as they are.
        package var waiting: [(plan: PlanID, because: String)] = []
        /// Plans whose environments had moved.
        package var stopped: [(plan: PlanID, because: String)] = []
        /// Plans whose provider did not answer, or whose account may not be touched; the next run looks again.
        package var troubled: [(plan: PlanID, because: String)] = []
        /// Components still being deleted; the next run takes them up.
        package var deleting: [(plan: PlanID, component: ComponentID)] = []

        package var isUndone: Bool {
            !stopped.isEmpty || !troubled.isEmpty || plans.contains { $0.state == .failed || $0.state == .halted }
        }
    }

    /// `plans`: nil carries out everything approved or running; named ones are refused whole over a budget.
    ///
    /// `progress`: one line for each thing that happens.
    package func run(
        _ plans: [PlanID]?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Problem) -> Outcome {
        try await wiring.checkClocks()
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.reap, standing, login: login, what: "reap")
        return try await reporting {
            let lease = try await claim(progress)
            let outcome: Result<Outcome, any Error>
            do {
                outcome = .success(try await ReapRun(reap: self, lease: lease, progress: progress).carryOut(plans))
            } catch is HeldLease.Lost {
                throw Problem(
                    .locked,
                    "another reaper has taken over: this one had not been heard of for too long",
                    advice: "nothing more was started; the other one goes on with it: curfew plan list"
                )
            } catch {
                outcome = .failure(error)
            }
            await lease.release()
            let ended = try outcome.get()
            await Leftovers(wiring).follow(after: ended.plans, progress: progress)
            return ended
        }
    }

    /// At most one executor (P11): the lease, or who has it.
    ///
    /// One that nobody prolongs any more is waited for, where that is not longer than this reap would observe anyway.
    private func claim(_ progress: @Sendable (String) -> Void) async throws -> HeldLease {
        let patience = wiring.clock().later(by: wiring.timings.observe)
        while true {
            let asked = instant()
            let claim = try await wiring.store.claimLease(
                HeldLease.name,
                holder: holder,
                for: wiring.timings.executorLease,
                signatureWindow: wiring.timings.signatureWindow
            )
            switch claim {
            case .taken(let lease):
                return HeldLease(
                    lease,
                    in: wiring.store,
                    for: wiring.timings.executorLease,
                    asked: asked,
                    instant: instant
                )
            case .held(let by, let since, let isAlive, let wait):
                let free = wiring.clock().later(by: wait)
                let gone = isAlive ? "" : ", which was not heard of for too long"
                guard !isAlive, free <= patience else {
                    throw Problem(
                        .locked,
                        "another reaper is at work: \(by), since \(since.minuteText)\(gone)",
                        advice: isAlive
                            ? "wait for it: at most one works at a time; without it another could begin at \(free.minuteText)"
                            : "another one can begin at \(free.minuteText): its last call may be on its way until then"
                    )
                }
                progress("waiting for the last call of \(by)\(gone), until \(free.minuteText)")
                try await sleep(max(wait, .seconds(1)))
            }
        }
    }
}
