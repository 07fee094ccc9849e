import Core

/// The executor's program.
extension ProtocolModel {
    func executor(_ index: Int, _ fault: Fault?, _ happens: Happens, trouble: Happens) {
        let mine = executors[index]
        if mine.place != .idle { trouble("is killed") { $0.executors[index] = Executor() } }
        switch mine.place {
        case .idle:
            let isFree = lease == .released || lease == .clear || (fault == .claimsAtExpiry && lease == .expired)
            guard isFree, !isFinal else { return }
            happens("takes the lease") {
                $0.fence += 1
                $0.lease = .alive
                $0.executors[index] = Executor(place: .working, fence: fence + 1)
            }
        case .working: work(index, fault, happens, trouble: trouble)
        case .looked(let step, true):
            happens("commits the intent of step \(step)") { $0.intend(step, index, fault) }
        case .looked(let step, false):
            happens("skips step \(step)") {
                $0.executors[index].place = .working
                if $0.steps[step].state == .pending { $0.move(step, to: .skipped) }
            }
        case .intended(let step, let intent):
            happens("looks at the deadline of step \(step)") {
                $0.executors[index].place = isInTime(mine) ? .writing(step: step, intent: intent) : .working
            }
        case .writing(let step, let intent):
            happens("writes the call of step \(step)") {
                $0.executors[index].place = .waiting(step: step, intent: intent)
                let token = fault == .tokenForEachAttempt ? intent : 0
                let isFresh = fault == .signsWhenSending
                $0.steps[step].tokens |= 1 << token
                $0.calls.append(Call(step: step, intent: intent, token: token, isFresh: isFresh))
                $0.calls.sort { ($0.step, $0.intent) < ($1.step, $1.intent) }
            }
        case .waiting(let step, let intent):
            // No call of it is on its way any more, or nobody waits longer for the answer.
            let isGone = !calls.contains { $0.step == step && $0.intent == intent }
            (isGone ? happens : trouble)("hears no answer for step \(step)") { $0.executors[index].place = .working }
        case .answered(let step, let intent):
            happens("notes that step \(step) was taken") {
                $0.conclude(index, step, from: .intended, to: .requested, intent, fault)
            }
        case .concluded(let step, let from, let to, let intent):
            happens("writes that step \(step) is \(to.rawValue)") {
                $0.conclude(index, step, from: from, to: to, intent, fault)
            }
        }
    }

    private func work(_ index: Int, _ fault: Fault?, _ happens: Happens, trouble: Happens) {
        let mine = executors[index]
        guard mine.fence == fence else {
            happens("finds that it lost the lease") { $0.executors[index] = Executor() }
            return
        }
        if lease != .alive { happens("renews the lease") { $0.lease = .alive } }
        trouble("gives the lease back") {
            $0.lease = .released
            $0.executors[index] = Executor()
        }
        start(index, fault, happens)
        guard plan == .running else { return }
        if let end = ending {
            happens("ends the plan") { model in
                for step in steps.indices where steps[step].state == .pending { model.move(step, to: .skipped) }
                precondition(plan.next.contains(end))
                model.plan = end
            }
        }
        for step in steps.indices {
            switch steps[step].state {
            case .pending where mayStart(step) || fault == .ignoresOrder:
                happens("looks at step \(step)") {
                    $0.executors[index].place = .looked(step: step, isAsApproved: steps[step].stack == .there)
                }
            case .intended, .requested:
                guard let to = conclusion(step, fault) else { break }
                happens("observes that step \(step) is \(to.rawValue)") {
                    $0.executors[index].place = .concluded(
                        step: step,
                        from: steps[step].state,
                        to: to,
                        intent: steps[step].intents
                    )
                }
            default: break
            }
        }
    }

    private func mayStart(_ step: Int) -> Bool { !isOrdered || step == 0 || steps[step - 1].state.endedWell }

    /// One guarded update: what was read before it does not matter.
    private func start(_ index: Int, _ fault: Fault?, _ happens: Happens) {
        let may = plan == .approved && counted == Self.quorum && (!isExpired || fault == .startsExpired)
        guard may || (fault == .startsWithdrawn && plan == .withdrawn) else { return }
        happens("starts the plan") {
            $0.startedWell = meant == Self.quorum && !isExpired && plan == .approved
            $0.plan = .running
        }
    }

    private mutating func intend(_ step: Int, _ index: Int, _ fault: Fault?) {
        let mine = executors[index]
        executors[index].place = .working
        guard plan == .running, steps[step].state == .pending, isInTime(mine) || fault == .intendsUnfenced else {
            return
        }
        move(step, to: .intended)
        intendedWell = intendedWell && isInTime(mine)
        steps[step].intents += 1
        steps[step].fence = mine.fence
        steps[step].isSigned = true
        executors[index].place = .intended(step: step, intent: steps[step].intents)
    }

    /// Guarded by the state and the intent that were read.
    private mutating func conclude(
        _ index: Int,
        _ step: Int,
        from: StepState,
        to: StepState,
        _ intent: UInt8,
        _ fault: Fault?
    ) {
        executors[index].place = .working
        let isSame = steps[step].intents == intent || fault == .writesOldConclusions
        if steps[step].state == from, isSame, from.next.contains(to) { move(step, to: to) }
    }

    /// What the stack by its id and its events by our token say about a step.
    private func conclusion(_ step: Int, _ fault: Fault?) -> StepState? {
        let isIntended = steps[step].state == .intended
        switch steps[step].stack {
        case .gone: return .gone
        case .failed: return isIntended ? .requested : .failed
        case .deleting: return isIntended ? .requested : nil
        case .there, .moved:
            guard isIntended, fault != .forgetsIntents else { return nil }
            return steps[step].isSigned && fault != .givesUpEarly ? nil : .pending
        }
    }

    /// How the plan ends when nothing more can come of it.
    private var ending: PlanState? {
        let states = steps.map(\.state)
        guard !states.contains(where: { !$0.isFinal && $0 != .pending }) else { return nil }
        // What is pending and may start, or waits for nothing that failed, is still to come.
        let open = states.indices.filter { states[$0] == .pending }
        guard open.allSatisfy({ step in isOrdered && states[..<step].contains { $0.isFinal && !$0.endedWell } }) else {
            return nil
        }
        if states.contains(.failed) { return .failed }
        return states.allSatisfy(\.endedWell) ? .done : .halted
    }
}
