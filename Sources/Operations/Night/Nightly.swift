package import Core
import Foundation

/// `curfew nightly`: scan, evaluate, plan what is due, tell people; as far as policy allows without a person.
///
/// Each step is tried whatever became of the one before: what cannot be done is said and carried over to the next night.
/// Planning comes before telling, so that one message a night also says which plan waits for a yes.
package struct Nightly: Sendable {
    let wiring: Wiring
    let scan: Scan
    let notify: Notify
    let holder: String
    /// No further step begins after this long.
    let within: Duration
    let sleep: @Sendable (Duration) async throws -> Void
    let stop: StopRequest

    package init(
        _ wiring: Wiring,
        scan: Scan,
        notify: Notify,
        holder: String,
        within: Duration,
        stop: StopRequest = .never,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.wiring = wiring
        self.scan = scan
        self.notify = notify
        self.holder = holder
        self.within = within
        self.stop = stop
        self.sleep = sleep
    }

    package enum Step: String, Sendable, CaseIterable {
        case scan
        case evaluate
        case plan
        case notify
    }

    package struct Outcome: Sendable {
        package var night: NightID?
        package var steps: [(step: Step, line: String)] = []
        /// One line for each thing that could not be done.
        package var leftUndone: [String] = []
        /// Those of them that repeat what programs and servers said, without it: for whoever is outside (P17).
        package var discreet: [String: String] = [:]
        /// Every status that applies; the most severe is the night's.
        package var statuses: Set<Problem.Kind> = []
        /// For metrics and reports.
        package var numbers: [String: Double] = [:]
        /// What waits for whom now, one line each.
        package var waiting: [String] = []

        package var status: Int32 { statuses.map(\.rawValue).max() ?? 0 }
        package var record: NightRecord.Outcome {
            guard let worst = statuses.map(\.rawValue).max() else { return .done }
            return worst < Problem.Kind.usage.rawValue ? .undone : .failed
        }
    }

    /// The whole night.
    ///
    /// `begun`: called once it is certain that this is the only night at work. `progress`: one line for each step.
    package func run(
        begun: @Sendable () async -> Void = {},
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Problem) -> Outcome {
        let lease = wiring.timings.executorLease
        let claim = try await reporting {
            try await wiring.store.beginNight(holder: holder, lease: lease, at: wiring.clock())
        }
        switch claim {
        case .held(let by, let since):
            throw Problem(
                .locked,
                "another night is at work: \(by), since \(since.minuteText)",
                advice:
                    "wait for it; one that died or froze is followed by the next after \(DurationText.format(lease))"
            )
        case .begun(let id):
            await begun()
            return try await keeping(id, lease) { await carryOut(id, progress: progress) }
        }
    }

    /// Runs the body while prolonging the night's lease beside it; ended by whoever takes the night for dead.
    private func keeping(
        _ id: NightID,
        _ lease: Duration,
        _ body: @escaping @Sendable @concurrent () async -> Outcome
    ) async throws(Problem) -> Outcome {
        // One that hangs for ever must not keep all others away.
        let end = wiring.clock().later(by: within + .seconds(3_600))
        let ended: Outcome? = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await body() }
            group.addTask { await prolong(id, lease, until: end) }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let ended else {
            throw Problem(
                .locked,
                "this night was given up: it was not heard of for too long, or hung for an hour after its time",
                advice: "what it did until then is recorded; the next one goes on with the rest"
            )
        }
        try await reporting {
            try await wiring.store.endNight(
                id,
                outcome: ended.record,
                status: ended.status,
                numbers: ended.numbers,
                leftUndone: ended.leftUndone,
                at: wiring.clock()
            )
        }
        return ended
    }

    /// Returns only when the lease is lost, or the night is over.
    @concurrent
    private func prolong(_ id: NightID, _ lease: Duration, until end: Date) async -> Outcome? {
        while !Task.isCancelled, wiring.clock() < end {
            do { try await sleep(lease / 4) } catch { return nil }
            do throws(StoreFailure) {
                try await wiring.store.prolongNight(id, lease: lease)
            } catch {
                // A database that is away for a moment is no reason to end: the lease itself may still hold.
                if error.kind == .conflict { return nil }
            }
        }
        return nil
    }

    private func carryOut(_ id: NightID, progress: @escaping @Sendable (String) -> Void) async -> Outcome {
        let begun = wiring.clock()
        var outcome = Outcome(night: id)
        for step in Step.allCases {
            if Task.isCancelled { break }
            // A scan that takes all night must not keep people from hearing of what is known.
            let end = begun.later(by: step == .scan ? within * 6 / 10 : within)
            if let by = stop.asked() {
                outcome.leave("\(step.rawValue): not begun, the night was stopped by \(by)", .undone)
                continue
            }
            guard wiring.clock() < end else {
                outcome.leave("\(step.rawValue): not begun, the time of this night was over", .undone)
                continue
            }
            progress(step.rawValue)
            switch await ended(step, until: end) {
            case .success(let done): outcome.note(done)
            case .failure(let error):
                if let by = stop.asked(), step != .notify {
                    outcome.leave(
                        "\(step.rawValue): stopped in the middle by \(by); the next night begins it anew",
                        .undone
                    )
                    outcome.steps.append((step, "stopped by \(by)"))
                    continue
                }
                outcome.leave("\(step.rawValue): \(error.line)", error.kind)
                outcome.steps.append((step, error.summary))
            }
        }
        await describe(&outcome)
        outcome.numbers["duration_seconds"] = wiring.clock().timeIntervalSince(begun)
        return outcome
    }

    /// What one step came to.
    enum Done: Sendable {
        case scanned(ScanOutcome)
        case evaluated(Evaluate.Outcome)
        case planned(Planning.Outcome)
        case told(Notify.Outcome)
    }

    /// A step that is stopped leaves what a crash would leave; sending alone has something to bring to its end, and does.
    private func ended(_ step: Step, until end: Date) async -> Result<Done, Problem> {
        if step == .notify { return await result(of: step, until: end) }
        return await stop.bounding(within: .zero) { await result(of: step, until: end) }
            ?? .failure(Problem(.bug, "a step ended without a word"))
    }

    private func result(of step: Step, until end: Date) async -> Result<Done, Problem> {
        do throws(Problem) {
            switch step {
            case .scan:
                return .success(
                    .scanned(
                        try await scan.run(only: nil, full: false, until: end, clock: wiring.clock, progress: { _ in })
                    )
                )
            case .evaluate: return .success(.evaluated(try await Evaluate(wiring).run()))
            case .plan: return .success(.planned(try await Planning(wiring).due()))
            case .notify: return .success(.told(try await notify.run(until: end)))
            }
        } catch {
            return .failure(error)
        }
    }
}
