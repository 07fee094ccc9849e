/// What can be done next of a plan, from the states of its steps alone.
///
/// A step starts when everything that it must follow has ended well. A stack that was `obstructed` is still there, so
/// that lets only the conditional steps of the same stack start; whoever waits for the stack itself goes on waiting
/// until one of its deletions ended `gone`.
package struct StepReadiness: Sendable, Hashable {
    /// May start now; by number.
    package private(set) var ready: [Int] = []
    /// Their stack went without them.
    package private(set) var unneeded: [Int] = []
    /// Can never start, because something before them did not end well; by number.
    package private(set) var undone: [Int] = []
    /// Wait for something that is still on its way.
    package private(set) var waiting: [Int] = []

    package init(_ steps: [StepRecord]) {
        let chains = Chains(steps)
        var standings: [Int: Standing] = [:]
        // A step follows only steps with smaller numbers; whatever else a document says can never start.
        for record in steps.sorted(by: { $0.step.number < $1.step.number }) {
            standings[record.step.number] = chains.standing(of: record, given: standings)
        }
        for (number, standing) in standings.sorted(by: { $0.key < $1.key }) {
            switch standing {
            case .ready: ready.append(number)
            case .unneeded: unneeded.append(number)
            case .undone: undone.append(number)
            case .waits: waiting.append(number)
            case .underWay, .ended: break
            }
        }
    }

    fileprivate enum Standing { case ready, unneeded, undone, waits, underWay, ended }
}

/// The steps of each component, in their order.
private struct Chains {
    let records: [Int: StepRecord]
    let deletions: [ComponentID: [StepRecord]]

    init(_ steps: [StepRecord]) {
        records = Dictionary(steps.map { ($0.step.number, $0) }) { first, _ in first }
        let deleting = steps.filter(\.step.action.deletesComponent).sorted { $0.step.number < $1.step.number }
        deletions = Dictionary(grouping: deleting, by: \.step.component)
    }

    func standing(
        of record: StepRecord,
        given standings: [Int: StepReadiness.Standing]
    ) -> StepReadiness.Standing {
        switch record.state {
        case .intended, .requested: return .underWay
        case .gone, .done, .obstructed, .unneeded, .failed, .skipped: return .ended
        case .pending: break
        }
        let step = record.step
        let before = (deletions[step.component] ?? []).filter { $0.step.number < step.number }
        if step.action.isConditional {
            if before.contains(where: { $0.state == .gone }) { return .unneeded }
            // Nothing is emptied or retained unless the stack's own deletion has failed on it.
            guard let first = before.first, first.step.action == .deleteStack else { return .undone }
            switch first.state {
            case .obstructed: break
            case .failed, .skipped, .done, .unneeded: return .undone
            case .pending where standings[first.step.number] == .undone: return .undone
            case .pending, .intended, .requested, .gone: return .waits
            }
        }
        var waits = false
        for number in step.after {
            guard number < step.number, let leader = records[number] else { return .undone }
            switch met(leader, by: step, standings) {
            case true: break
            case nil: waits = true
            default: return .undone
            }
        }
        return waits ? .waits : .ready
    }

    /// Whether what the step waits for has come; nil: not yet, false: it never will.
    private func met(
        _ leader: StepRecord,
        by step: PlanStep,
        _ standings: [Int: StepReadiness.Standing]
    ) -> Bool? {
        switch leader.state {
        case .gone, .done, .unneeded: return true
        case .failed, .skipped: return false
        case .intended, .requested: return nil
        case .pending: return standings[leader.step.number] == .undone ? false : nil
        case .obstructed: break
        }
        if step.action.isConditional, step.component == leader.step.component { return true }
        let later = (deletions[leader.step.component] ?? []).filter { $0.step.number > leader.step.number }
        if later.contains(where: { $0.state == .gone }) { return true }
        let hopeless = later.allSatisfy { record in
            (record.state.isFinal || standings[record.step.number] == .undone) && record.step.number < step.number
        }
        return hopeless ? false : nil
    }
}
