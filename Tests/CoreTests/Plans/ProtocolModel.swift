import Core

/// The protocol between approvers, executors, the database and the provider, as small as it can be and still go wrong.
///
/// Every event is one atomic step of one of them; everything between two events can take as long as it likes, so a pause
/// of an executor is nothing special here. States are those of the code (`PlanState`, `StepState`).
struct ProtocolModel: Hashable, Sendable {
    /// A rule of the protocol that is left out, to see whether the search notices.
    enum Fault: CaseIterable, Sendable {
        /// An approval of another digest counts.
        case approvesAnyDigest
        /// A plan starts although its approval ran out since it was read.
        case startsExpired
        /// A plan that was withdrawn since it was read starts.
        case startsWithdrawn
        /// An intent is committed without looking at the lease.
        case intendsUnfenced
        /// The lease is taken when it has run out, without the signature window.
        case claimsAtExpiry
        /// A call that was not seen is given up while its signature is good.
        case givesUpEarly
        /// A request is signed when it is sent instead of when its intent was committed.
        case signsWhenSending
        /// Each attempt has a token of its own.
        case tokenForEachAttempt
        /// What was observed is written although the step was intended anew since.
        case writesOldConclusions
        /// The first step need not be gone before the second.
        case ignoresOrder
        /// What was intended and never taken is not taken up again.
        case forgetsIntents
    }

    /// A stack as the provider has it, `moved` where it was deployed since the approval.
    enum Stack: UInt8, Sendable { case there, moved, deleting, failed, gone }

    struct Step: Hashable, Sendable {
        var state = StepState.pending
        var stack = Stack.there
        /// How often it was intended; an intent is known by its number.
        var intents: UInt8 = 0
        /// Under which taking of the lease it was intended last.
        var fence: UInt8 = 0
        /// The signature made with the newest intent is still good.
        var isSigned = false
        /// Tokens under which the provider was asked, as bits.
        var tokens: UInt8 = 0
    }

    enum Lease: UInt8, Sendable { case alive, expired, clear, released }

    /// Where an executor is in its program; a crash takes it back to the beginning.
    enum Place: Hashable, Sendable {
        case idle
        case working
        case looked(step: Int, isAsApproved: Bool)
        /// The intent is committed and sealed; the deadline comes next.
        case intended(step: Int, intent: UInt8)
        /// The deadline has been looked at; it can be frozen here and write much later.
        case writing(step: Int, intent: UInt8)
        case waiting(step: Int, intent: UInt8)
        case answered(step: Int, intent: UInt8)
        case concluded(step: Int, from: StepState, to: StepState, intent: UInt8)
    }

    struct Executor: Hashable, Sendable {
        var place = Place.idle
        var fence: UInt8 = 0
    }

    /// A request on its way to the provider, which may take it at any time while its signature is good.
    struct Call: Hashable, Sendable {
        var step: Int
        var intent: UInt8
        var token: UInt8
        /// Signed when it was sent.
        var isFresh: Bool
    }

    var plan = PlanState.awaitingApproval
    /// People (as bits) whose yes the database counts, and those who really said yes to this digest.
    var counted: UInt8 = 0
    var meant: UInt8 = 0
    var isExpired = false
    var steps: [Step]
    var lease = Lease.released
    var fence: UInt8 = 0
    var executors = [Executor(), Executor()]
    var calls: [Call] = []
    /// How it was when the plan started.
    var startedWell = true
    /// Every intent was committed by the holder of the lease.
    var intendedWell = true
    /// Crashes, losses, pauses beyond the lease, redeployments that may still happen.
    var troubles: Int

    /// Each step follows the one before it.
    let isOrdered: Bool

    init(steps: Int, isOrdered: Bool = true, troubles: Int) {
        self.isOrdered = isOrdered
        self.steps = Array(repeating: Step(), count: steps)
        self.troubles = troubles
    }

    static let quorum: UInt8 = 0b11

    /// Nothing is left to do, or nothing may be done any more.
    var isFinal: Bool { !plan.isOpen }

    func isAsGood(_ call: Call) -> Bool {
        call.isFresh || isSigned(call.step, call.intent)
    }

    /// The signature that was made with this intent is still good.
    func isSigned(_ step: Int, _ intent: UInt8) -> Bool { steps[step].isSigned && steps[step].intents == intent }

    /// The window of the call that an executor has before it is open.
    func isInTime(_ executor: Executor) -> Bool { fence == executor.fence && lease == .alive }

    /// What must never be, in words; nil when everything is as it should be.
    var violation: String? {
        let asked = steps.contains { $0.stack.rawValue >= Stack.deleting.rawValue }
        if asked, !startedWell { return "a deletion without a quorum over the digest, in time, at the start" }
        if asked, plan.isOpen, plan != .running { return "a deletion before the start" }
        if !asked, plan == .done { return "done without doing anything" }
        if !intendedWell { return "an intent by somebody who does not hold the lease" }
        for (index, step) in steps.enumerated() {
            if step.tokens.nonzeroBitCount > 1 { return "two tokens for one step" }
            if step.state == .gone, step.stack != .gone { return "called gone and is not" }
            if step.state == .skipped || step.state == .pending, step.stack.rawValue >= Stack.deleting.rawValue {
                return "a step that is \(step.state.rawValue) is being deleted"
            }
            if isOrdered, index > 0, step.stack.rawValue >= Stack.deleting.rawValue, steps[index - 1].stack != .gone {
                return "a step before what it must follow"
            }
        }
        let able = executors.filter { executor in
            switch executor.place {
            case .intended(let step, let intent): isInTime(executor) && isSigned(step, intent)
            case .writing(let step, let intent): isSigned(step, intent)
            default: false
            }
        }
        return able.count > 1 ? "two executors start calls at once" : nil
    }
}
