import Core
import Foundation

/// How many things may be under way at once, over all plans of one reap.
actor Pace {
    private let pacing: Pacing
    private let provider: any ProviderInspecting
    private let targets: [Target]
    private var progress: [EnvironmentKey: TeardownProgress] = [:]
    private var deleting: [PlanID: [AccountID: Int]] = [:]
    /// The last news of those that wait for nothing but the provider.
    private var newsAt: [EnvironmentKey: Date] = [:]
    /// Begun, and nothing more will come of them in this process: they hold back no wave.
    private var letGo: [EnvironmentKey: PlanState] = [:]
    private var alarm: Reading?

    private struct Reading { let because: String? }

    init(_ pacing: Pacing, provider: any ProviderInspecting, targets: [Target]) {
        self.pacing = pacing
        self.provider = provider
        self.targets = targets
    }

    /// Takes in where a plan stands.
    ///
    /// `counts`: its environments count for the waves; otherwise only what it has under way does.
    func look(_ plan: PlanRecord, counts: Bool = true) {
        if counts {
            for environment in plan.document.environments {
                progress[environment.key] = TeardownProgress(of: environment.key, in: plan.steps)
                let mine = plan.steps.filter { $0.step.environment == environment.key }
                newsAt[environment.key] =
                    mine.contains(where: \.isUnderWay)
                    ? mine.flatMap { [$0.intendedAt, $0.firstGoneAt, $0.endedAt] }.compactMap(\.self).max() : nil
            }
        }
        deleting[plan.id] = plan.steps.filter { $0.isUnderWay && $0.step.action.deletesComponent }
            .reduce(into: [:]) { $0[$1.step.target.account, default: 0] += 1 }
    }

    /// This process goes on with the plan no more: `failed`, or halted until something else has happened.
    func letGo(of plan: PlanRecord, as end: PlanState) {
        for environment in plan.document.environments { letGo[environment.key] = end }
    }

    /// The alarms are read anew.
    func beginRound() { alarm = nil }

    /// One more deletion may be under way in the account.
    func hasRoom(in account: AccountID) -> Bool {
        deleting.values.reduce(0) { $0 + ($1[account] ?? 0) } < pacing.parallel
    }

    /// Why no further environment begins now; nil when one may.
    func holdsBack(now: Date) async -> String? {
        let begun = progress.filter { $0.value.hasBegun }
        let ends = begun.compactMap { key, progress -> PlanState? in
            if case .over(let end) = progress { end } else { letGo[key] }
        }
        // What only could not be read or asked now has not failed: other accounts are not held up by it.
        let failed = begun.values.count { $0 == .over(.failed) }
        if pacing.isTooMany(failed: failed, of: begun.count) {
            return
                "\(failed) of \(begun.count) environments of this run failed (reap.stop_after_failures: \(pacing.stopAfterFailures)%): no other begins"
        }
        // What takes this long may take for days, and has not failed: a wave waits for news, and there are none.
        let slow = begun.filter { key, progress in
            guard case .over = progress else {
                return letGo[key] == nil && (newsAt[key].map { now >= $0.later(by: Waves.patience) } ?? false)
            }
            return false
        }
        if pacing.waves, Waves.room(begun: begun.count, ended: ends.count + slow.count) < 1 {
            let underWay = begun.count - ends.count - slow.count
            return "it begins when the wave before it has ended (\(underWay) still under way)"
        }
        return await alarming()
    }

    /// Every alarm has to be there, in one of the targets at least, and in none of them in ALARM; what cannot be read is
    /// not fine.
    private func alarming() async -> String? {
        if let alarm { return alarm.because }
        let because = await readAlarms()
        alarm = Reading(because: because)
        return because
    }

    private func readAlarms() async -> String? {
        guard !pacing.alarms.isEmpty else { return nil }
        var missing = Set(pacing.alarms)
        for target in targets {
            let (names, provider) = (pacing.alarms, provider)
            let states = await gathering { () async throws(ProviderFailure) in
                try await provider.alarmStates(names, in: target)
            }
            switch states {
            case .failure(let failure): return "the alarms in \(target) could not be read: \(failure.summary)"
            case .success(let states):
                if let name = states.filter({ $0.value == "ALARM" }).keys.min() {
                    return "the alarm \(name) in \(target) is in ALARM: no other environment begins"
                }
                missing.subtract(states.keys)
            }
        }
        guard let name = missing.min() else { return nil }
        return "there is no alarm \(name) in any target (reap.alarms): no environment begins"
    }
}

extension TeardownProgress {
    /// An environment that was skipped before its first call never began, but it holds nothing back either.
    fileprivate var hasBegun: Bool { self != .untouched }
}
