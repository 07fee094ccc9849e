import Core

/// What can happen next.
extension ProtocolModel {
    struct Event: Sendable {
        let name: String
        /// It happens by itself sooner or later; the rest is trouble that progress must not depend on.
        let isFair: Bool
        let next: ProtocolModel
    }

    func events(_ fault: Fault?) -> [Event] {
        var found: [Event] = []
        func happens(_ name: String, fair: Bool = true, _ change: (inout ProtocolModel) -> Void) {
            var next = self
            change(&next)
            if next != self { found.append(Event(name: name, isFair: fair, next: next)) }
        }
        func trouble(_ name: String, _ change: (inout ProtocolModel) -> Void) {
            guard troubles > 0 else { return }
            happens(name, fair: false) {
                $0.troubles -= 1
                change(&$0)
            }
        }
        people(fault, happens: { happens($0, $1) })
        time {
            happens($0, $1)
        } trouble: {
            trouble($0, $1)
        }
        provider {
            happens($0, $1)
        } trouble: {
            trouble($0, $1)
        }
        for index in executors.indices {
            executor(index, fault) {
                happens("executor \(index) \($0)", $1)
            } trouble: {
                trouble("executor \(index) \($0)", $1)
            }
        }
        return found
    }

    typealias Happens = (String, (inout ProtocolModel) -> Void) -> Void

    /// Each is one guarded transaction, on the plan's locked row.
    private func people(_ fault: Fault?, happens: Happens) {
        for person in 0..<2 where plan == .awaitingApproval && !isExpired {
            let bit = UInt8(1) << UInt8(person)
            happens("person \(person) approves") {
                $0.meant |= bit
                $0.approve(bit)
            }
            happens("person \(person) approves another digest") {
                if fault == .approvesAnyDigest { $0.approve(bit) }
            }
        }
        if plan == .awaitingApproval || plan == .approved {
            happens("withdrawn") { $0.move(to: .withdrawn) }
            if isExpired { happens("expiry is noticed") { $0.move(to: .expired) } }
        }
    }

    private mutating func approve(_ bit: UInt8) {
        counted |= bit
        if counted == Self.quorum { move(to: .approved) }
    }

    private mutating func move(to state: PlanState) {
        precondition(plan.next.contains(state), "no plan goes from \(plan) to \(state)")
        plan = state
    }

    mutating func move(_ step: Int, to state: StepState) {
        precondition(steps[step].state.next.contains(state), "no step goes from \(steps[step].state) to \(state)")
        steps[step].state = state
    }

    private func time(_ happens: Happens, trouble: Happens) {
        if plan == .awaitingApproval || plan == .approved { happens("the approval runs out") { $0.isExpired = true } }
        let isHeld = executors.contains { $0.fence == fence && $0.place != .idle }
        if lease == .alive {
            // Somebody alive renews it, unless it is frozen.
            (isHeld ? trouble : happens)("the lease runs out") { $0.lease = .expired }
        }
        if lease == .expired {
            happens("the signature window of the lease is over") {
                $0.lease = .clear
                for index in steps.indices where steps[index].fence == fence { $0.steps[index].isSigned = false }
            }
        }
        for index in steps.indices where steps[index].isSigned {
            let isUsed =
                calls.contains { $0.step == index }
                || executors.contains { executor in
                    switch executor.place {
                    case .intended(let step, _), .writing(let step, _): step == index
                    default: false
                    }
                }
            (isUsed ? trouble : happens)("the signature of step \(index) is over") { $0.steps[index].isSigned = false }
        }
    }

    private func provider(_ happens: Happens, trouble: Happens) {
        for (index, call) in calls.enumerated() {
            happens(isAsGood(call) ? "step \(call.step)'s call is taken" : "step \(call.step)'s call is refused") {
                let call = $0.calls.remove(at: index)
                guard isAsGood(call) else { return }
                if steps[call.step].stack == .there || steps[call.step].stack == .moved {
                    $0.steps[call.step].stack = .deleting
                }
                for (number, executor) in executors.enumerated()
                where executor.place == .waiting(step: call.step, intent: call.intent) {
                    $0.executors[number].place = .answered(step: call.step, intent: call.intent)
                }
            }
            trouble("step \(call.step)'s call is lost") { $0.calls.remove(at: index) }
        }
        for (index, step) in steps.enumerated() {
            switch step.stack {
            case .there: trouble("stack \(index) is deployed again") { $0.steps[index].stack = .moved }
            case .deleting:
                happens("stack \(index) goes") { $0.steps[index].stack = .gone }
                trouble("stack \(index) fails") { $0.steps[index].stack = .failed }
            case .moved, .failed, .gone: break
            }
        }
    }
}
