package import Core
import Foundation

/// `curfew restore --apply`: makes the stacks again, one after the other.
///
/// It alone is given the power to make anything. A pause does not hold it up: it destroys nothing, and while something
/// is wrong it may be just what is needed.
package struct RestoreRun: Sendable {
    let restoring: Restoring
    let maker: any ProviderMaking
    let locks: any Locks
    let sleep: @Sendable (Duration) async throws -> Void
    /// How long all of it may be waited for; what is still being made is taken up by the next run.
    let patience: Duration

    package init(
        _ restoring: Restoring,
        maker: any ProviderMaking,
        locks: any Locks,
        patience: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.restoring = restoring
        self.maker = maker
        self.locks = locks
        self.patience = patience
        self.sleep = sleep
    }

    private var wiring: Wiring { restoring.wiring }

    /// `progress`: one line for each thing that happens.
    package func run(
        _ name: String,
        giving given: [GivenParameter],
        leaving left: Set<String> = [],
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Problem) -> RestoreDraft {
        try await restoring.allow()
        try await wiring.checkClocks()
        let outcome = try await reporting {
            try await locks.holding("curfew restore") { try await make(name, given, left, progress) }
        }
        guard let outcome else {
            throw Problem(.locked, "another restore is at work", advice: "wait for it; one works at a time")
        }
        return outcome
    }

    private func make(
        _ name: String,
        _ given: [GivenParameter],
        _ left: Set<String>,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> RestoreDraft {
        var survey = try await restoring.survey(name, giving: given, leaving: left)
        // All or nothing: half an environment helps nobody.
        guard !survey.draft.isBlocked else { return survey.draft }
        var attempts = try await RestoreAttempt.all(of: survey.key, store: wiring.store)
        // What was taken and is not there any more has come to nothing: trying again is another request.
        for stack in survey.stacks where stack.draft.state == .ready { attempts.giveUp(stack.draft.component) }
        let deadline = wiring.clock().later(by: patience)
        var goesOn = true
        for index in survey.stacks.indices {
            var stack = survey.stacks[index]
            switch stack.draft.state {
            case .stands, .blocked, .failed, .waiting: continue
            case .ready, .making, .made: break
            }
            guard goesOn else {
                if stack.draft.state == .ready { survey.stacks[index].draft.state = .waiting }
                continue
            }
            let call = RestoreCall(
                run: self,
                key: survey.key,
                token: attempts.token(for: stack.draft.component, of: survey.key),
                attempt: attempts.newest[stack.draft.component],
                progress: progress
            )
            try await call.carryOut(&stack, until: deadline)
            survey.stacks[index] = stack
            goesOn = stack.draft.state == .made
        }
        try await wiring.store.seal()
        return survey.draft
    }
}

/// The making of one stack: intent, call, result, in this order (P13).
struct RestoreCall: Sendable {
    let run: RestoreRun
    let key: EnvironmentKey
    let token: StepToken
    /// What was recorded of it before.
    let attempt: RestoreAttempt?
    let progress: @Sendable (String) -> Void

    private var wiring: Wiring { run.restoring.wiring }

    func carryOut(_ stack: inout RestoreSurvey.Stack, until deadline: Date) async throws {
        if stack.draft.state == .ready {
            do {
                stack.draft.made = try await request(stack)
            } catch let failure as ProviderFailure {
                guard failure.kind != .unreachable, failure.kind != .throttled, failure.kind != .malformed else {
                    throw ProviderFailure(
                        failure.kind,
                        stack.withholding(failure.summary),
                        advice:
                            "whether \(stack.draft.name) was taken is not known; run it again: it is the same request"
                    )
                }
                return try await fail(&stack, "\(failure.summary); \(failure.advice)")
            }
            stack.draft.state = .making
            progress("\(stack.draft.name) in \(stack.draft.target): asked for")
        }
        if stack.draft.state == .making {
            // The answer was lost, or nobody was there to write it down.
            if attempt?.token == token, attempt?.state == .intended { try await note(.requested, stack) }
            try await observe(&stack, until: deadline)
        } else if attempt?.state != .made {
            try await note(.made, stack)
        }
    }

    private func request(_ stack: RestoreSurvey.Stack) async throws -> ComponentID {
        try await note(.intended, stack)
        try await wiring.store.seal()
        let window = CallWindow(
            signedAt: Date(),
            notAfter: .now + wiring.timings.signatureWindow
        )
        let made = try await run.maker.makeStack(stack.toMake, in: stack.draft.target, token: token, window: window)
        var accepted = stack
        accepted.draft.made = made
        try await note(.requested, accepted)
        return made
    }

    private func observe(_ stack: inout RestoreSurvey.Stack, until deadline: Date) async throws {
        guard let made = stack.draft.made else { return }
        while true {
            let component = try await wiring.provider.component(made, in: stack.draft.target)
            let status = component?.status.text ?? "DELETE_COMPLETE"
            if RestoreAttempt.isMade(status) {
                stack.draft.state = .made
                try await note(.made, stack)
                progress("\(stack.draft.name) in \(stack.draft.target): made")
                return
            }
            // A creation that fails is taken back; everything else than its way up says so.
            guard status == "CREATE_IN_PROGRESS" || status == "REVIEW_IN_PROGRESS" else {
                return try await fail(&stack, try await reason(stack, made, component))
            }
            guard wiring.clock() < deadline else {
                stack.draft.reason = "it is still being made; run it again to go on"
                return
            }
            try await run.sleep(wiring.timings.poll)
        }
    }

    private func reason(
        _ stack: RestoreSurvey.Stack,
        _ made: ComponentID,
        _ component: ObservedComponent?
    ) async throws -> String {
        let provider = wiring.provider
        let events = await gathering { () async throws(ProviderFailure) in
            try await provider.events(of: made, in: stack.draft.target, atMost: 500)
        }
        // Oldest first: the first failure is the cause, and what came after it was cancelled because of it.
        let told = ((try? events.get()) ?? []).reversed().filter { $0.reason != nil && $0.reason != "User Initiated" }
        let isOwn = { (event: ObservedEvent) in event.logicalID == stack.draft.name || event.physicalID == made.text }
        if let cause = told.first(where: { $0.status.hasSuffix("_FAILED") && !isOwn($0) }) {
            return "\(cause.logicalID) (\(cause.type)): \(cause.reason ?? "")"
        }
        // Where no resource failed, the stack itself says why.
        let own = told.first { isOwn($0) && !$0.status.hasSuffix("_COMPLETE") }
        return own?.reason ?? component?.statusReason
            ?? "the provider gave it up (\(component?.status.text ?? "it is gone"))"
    }

    private func fail(_ stack: inout RestoreSurvey.Stack, _ reason: String) async throws {
        stack.draft.state = .failed
        stack.draft.reason = stack.withholding(reason)
        try await note(.failed, stack)
        progress("\(stack.draft.name) in \(stack.draft.target) was not made: \(stack.draft.reason ?? "")")
    }

    private func note(_ state: RestoreAttempt.State, _ stack: RestoreSurvey.Stack) async throws {
        var details = [
            "component": stack.draft.component.text, "stack": stack.draft.name, "target": "\(stack.draft.target)",
            "token": token.text,
        ]
        details["made"] = stack.draft.made?.text
        details["reason"] = stack.draft.reason
        try await wiring.store.note(
            RestoreAttempt.event(state),
            environment: key,
            plan: stack.draft.plan,
            details: details
        )
    }
}
