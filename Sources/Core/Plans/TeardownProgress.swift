/// How far the teardown of one environment is.
package enum TeardownProgress: Sendable, Hashable {
    /// Nothing was ever asked for.
    case untouched
    /// Something was asked for, and more can come of it.
    case underWay
    /// Nothing more can come of it: `done`, `failed` or `halted`, as a plan ends.
    case over(PlanState)

    /// Of the steps of one environment, within all steps of its plan.
    package init(of key: EnvironmentKey, in steps: [StepRecord]) {
        let readiness = StepReadiness(steps)
        let mine = steps.filter { $0.step.environment == key }
        let open = Set(readiness.ready + readiness.waiting + readiness.unneeded)
        if mine.contains(where: { $0.isUnderWay }) {
            self = .underWay
        } else if mine.contains(where: { open.contains($0.step.number) }) {
            self = mine.contains { $0.state != .pending } ? .underWay : .untouched
        } else {
            self = .over(Self.end(of: mine.map(\.state)))
        }
    }

    /// Everything that these steps delete of an environment is gone.
    package static func isDeleted(_ key: EnvironmentKey, in steps: [StepRecord]) -> Bool {
        let deleting = steps.filter { $0.step.environment == key && $0.step.action.deletesComponent }
        return Dictionary(grouping: deleting, by: \.step.component).values.allSatisfy { attempts in
            attempts.contains { $0.state == .gone }
        }
    }

    /// The end of steps of which nothing more can come; one that never started counts as skipped.
    package static func end(of states: [StepState]) -> PlanState {
        if states.contains(.failed) { return .failed }
        return states.allSatisfy(\.endedWell) ? .done : .halted
    }
}

extension StepRecord {
    /// Asked for, and not known to be over.
    package var isUnderWay: Bool { state == .requested || state == .intended }
}
