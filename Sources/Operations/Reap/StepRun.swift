import Core
import Foundation

/// Carries out single steps: one intent, one call, its result (P13).
struct StepRun: Sendable {
    let run: ReapRun
    let plan: PlanRecord
    let policies: PolicySet

    var wiring: Wiring { run.wiring }

    enum Request: Sendable {
        /// Asked for, or ended.
        case done
        /// Looked at, and to be looked at again.
        case watched
        /// Nothing more may be started now.
        case stands(because: String)
        case moved(because: String)
    }

    /// Deleted in one portion of a bucket or repository, so that no call takes long and each has its own look at pause
    /// and lease.
    static let portion = 1_000
    /// Portions in one go, so that no bucket keeps everything else waiting.
    static let portions = 20

    /// Tombstone, pause, committed and sealed intent, call, result: in this order.
    func request(_ record: StepRecord) async throws -> Request {
        var listed: [ObservedResource]?
        switch try await LastLook(wiring: wiring, plan: plan).look(at: record) {
        case .go(let resources): listed = resources
        case .needless(let state, let because):
            try await move(record, from: .pending, to: state, reason: because)
            say(record, "\(record.step.what): \(because)")
            return .done
        case .gone:
            try await foundGone(record, now: wiring.clock())
            return .watched
        case .waits(let because): return .stands(because: because)
        case .moved(let because): return .moved(because: because)
        }
        var (retaining, nested): ([String], [ComponentID]) = ([], [])
        if record.step.action.deletesComponent {
            let resources = try await self.resources(of: record.step, listed: listed)
            retaining = retained(record.step, resources)
            nested = try await nestedInOurPower(record.step, resources)
        }
        if let reason = try await standstill() { return .stands(because: reason) }
        let now = wiring.clock()
        let window = try await run.lease.intend(record, of: plan.id, at: now)
        var intended = record
        intended.state = .intended
        intended.intendedAt = now
        return record.step.action.empties
            ? try await empty(intended, window)
            : try await call(intended, retaining: retaining, nested: nested, window)
    }

    /// P8: read last, right before the intent and its call.
    private func standstill() async throws -> String? {
        try await Gate(wiring: wiring, pausedHere: run.reap.pausedHere, policies: policies).standstill()
    }

    private func call(
        _ record: StepRecord,
        retaining: [String],
        nested: [ComponentID],
        _ window: CallWindow
    ) async throws -> Request {
        let step = record.step
        let power = await run.powers.power(for: step, of: plan, nested: nested)
        do throws(ProviderFailure) {
            switch step.action {
            case .deleteStack, .deleteAgain:
                // P4: the provider's own id, so that a component made anew under the same name survives.
                try await power.requestDeletion(
                    of: step.component,
                    in: step.target,
                    token: record.token,
                    retaining: retaining,
                    window: window
                )
            case .switchProtectionOff:
                try await power.switchProtectionOff(of: step.component, in: step.target, window: window)
            case .deleteLogGroup(let name):
                try await power.deleteLogGroup(name, in: step.target, window: window)
            case .emptyBucket, .deleteImages: break
            }
        } catch {
            return try await refused(record, error)
        }
        try await run.lease.stillHeld(after: window)
        try await move(record, from: .intended, to: .requested, reason: nil)
        say(record, "\(step.what) requested")
        if !step.action.deletesComponent {
            var asked = record
            asked.state = .requested
            asked.requestedAt = wiring.clock()
            try await observe(asked)
        }
        return .done
    }

    /// Those that CloudFormation deletes in our name.
    ///
    /// More than a session holds are left to the stack's own role; without one the power refuses them.
    private func nestedInOurPower(_ step: PlanStep, _ resources: [ObservedResource]) async throws -> [ComponentID] {
        let found = try await nested(in: resources, of: step)
        guard found.count >= Powers.most else { return found }
        let component = try await wiring.provider.component(step.component, in: step.target)
        return component?.serviceRole == nil ? found : []
    }

    /// Of the stack that the step deletes; listed for its last look, or now.
    private func resources(
        of step: PlanStep,
        listed: [ObservedResource]?
    ) async throws(ProviderFailure) -> [ObservedResource] {
        if let listed { return listed }
        return try await wiring.provider.resources(of: step.component, in: step.target)
    }

    /// Stacks among a stack's resources and inside these, however deep, that are still there.
    private func nested(
        in resources: [ObservedResource],
        of step: PlanStep,
        depth: Int = 5
    ) async throws -> [ComponentID] {
        guard depth > 0 else { return [] }
        var found: [ComponentID] = []
        for resource in resources
        where resource.type == "AWS::CloudFormation::Stack"
            && !["DELETE_COMPLETE", "DELETE_SKIPPED"].contains(resource.status)
        {
            guard let inner = resource.physicalID.map({ ComponentID($0) }) else { continue }
            found.append(inner)
            guard depth > 1 else { continue }
            let inside = try await wiring.provider.resources(of: inner, in: step.target)
            found += try await nested(in: inside, of: step, depth: depth - 1)
        }
        return found
    }

    /// Of what may stay, that whose deletion has failed; nothing else can or may be left behind.
    private func retained(_ step: PlanStep, _ resources: [ObservedResource]) -> [String] {
        let failed = Set(resources.filter { $0.status == "DELETE_FAILED" }.map(\.logicalID))
        return step.action.retained.filter(failed.contains)
    }

    /// Portion by portion, each in a window of its own; what is left is taken up in the next round, with a new intent.
    private func empty(_ record: StepRecord, _ first: CallWindow) async throws -> Request {
        let step = record.step
        let power = await run.powers.power(for: step, of: plan, nested: [])
        var window = first
        var refills = 0
        for portion in 1...Self.portions {
            let isEmpty: Bool
            do throws(ProviderFailure) {
                switch step.action {
                case .emptyBucket(let name):
                    isEmpty = try await power.emptyBucket(name, in: step.target, atMost: Self.portion, window: window)
                case .deleteImages(let name):
                    isEmpty = try await power.deleteImages(
                        of: name,
                        in: step.target,
                        atMost: Self.portion,
                        window: window
                    )
                case .deleteStack, .switchProtectionOff, .deleteAgain, .deleteLogGroup: return .done
                }
            } catch {
                return try await refused(record, error)
            }
            try await run.lease.stillHeld(after: window)
            if isEmpty {
                if try await hasCome(step) {
                    try await move(record, from: .intended, to: .done, reason: nil)
                    say(record, "\(step.what) done")
                    return .done
                }
                refills += 1
                if refills == 3 {
                    let because = "\(step.what): it fills while it is emptied; stop what writes into it, and plan again"
                    try await move(record, from: .intended, to: .failed, reason: because)
                    say(record, because)
                    return .done
                }
            }
            if portion == Self.portions { break }
            if let reason = try await standstill() {
                try await move(record, from: .intended, to: .pending, reason: reason)
                return .stands(because: reason)
            }
            window = try await run.lease.window(at: wiring.clock())
        }
        try await move(record, from: .intended, to: .pending, reason: "not everything went in one go")
        say(record, "\(step.what) goes on")
        return .done
    }

    /// A refusal is final for the step; anything else may have been taken, so it is observed before it is called again.
    private func refused(_ record: StepRecord, _ failure: ProviderFailure) async throws -> Request {
        let step = record.step
        switch failure.kind {
        // The provider knows our token: the call was taken before, and its events say what became of it. Where these
        // were looked at already and hold nothing, the token stands for something else.
        case .refused where failure.code == "TokenAlreadyExistsException":
            if record.reason == nil { throw failure }
            if try await isKnown(record) { throw failure }
            return try await refuse(record, failure)
        case .refused, .denied, .configuration, .wrongAccount: return try await refuse(record, failure)
        // Credentials that ran out say nothing about the stack, and an attempt before may have been taken.
        case .unreachable, .throttled, .malformed, .credentials:
            say(record, "no answer for \(step.what): \(failure.summary)")
            throw failure
        }
    }

    private func refuse(_ record: StepRecord, _ failure: ProviderFailure) async throws -> Request {
        let advice = DeletionAdvice.advice(for: failure.summary, of: record.step.name) ?? failure.advice
        try await move(record, from: .intended, to: .failed, reason: "\(failure.summary); \(advice)")
        say(record, "\(record.step.what) was refused: \(failure.summary)")
        return .done
    }

    /// Its stack's events carry the token; true also where they cannot be read.
    private func isKnown(_ record: StepRecord) async throws -> Bool {
        let provider = wiring.provider
        let events = await gathering { () async throws(ProviderFailure) in
            try await provider.events(of: record.step.component, in: record.step.target, atMost: 2_000)
        }
        guard case .success(let events) = events else { return true }
        return events.contains { $0.token == record.token.text }
    }

    /// Ends a step that nobody can look at any more.
    func giveUp(_ record: StepRecord, because: String) async throws {
        try await move(record, from: record.state, to: .failed, reason: because)
        say(record, "\(record.step.name): \(because)")
    }

    /// Writes what was found out; of one intent never over a later one.
    func move(_ record: StepRecord, from: StepState, to: StepState, reason: String?) async throws {
        if from != .pending, let intent = record.intendedAt {
            return try await wiring.store.conclude(
                step: record.step.number,
                of: plan.id,
                intent: intent,
                from: from,
                to: to,
                reason: reason,
                at: wiring.clock()
            )
        }
        try await wiring.store.move(
            step: record.step.number,
            of: plan.id,
            from: from,
            to: to,
            reason: reason,
            at: wiring.clock()
        )
    }

    func say(_ record: StepRecord, _ text: String) {
        run.progress("\(plan.id) \(record.step.environment.name): \(text)")
    }
}

extension PlanStep {
    /// What it does, to what, where; for progress and reasons.
    var what: String {
        switch action {
        case .deleteStack: "deletion of \(name) in \(target)"
        case .switchProtectionOff: "switching protection of \(name) in \(target) off"
        case .emptyBucket(let bucket): "emptying bucket \(bucket) of \(name)"
        case .deleteImages(let repository): "deleting the images of \(repository) of \(name)"
        case .deleteAgain(let retaining):
            retaining.isEmpty
                ? "second deletion of \(name) in \(target)"
                : "second deletion of \(name) in \(target), retaining \(retaining.joined(separator: ", "))"
        case .deleteLogGroup(let group): "deleting log group \(group) of \(name)"
        }
    }
}
