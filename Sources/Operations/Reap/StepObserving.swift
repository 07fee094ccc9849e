import Core
import Foundation

/// What became of steps that were asked for, by this process or one before it.
extension StepRun {
    /// How long an accepted deletion may take to show before it counts as cancelled.
    private static let begins = Duration.seconds(120)

    func observe(_ record: StepRecord) async throws {
        if record.step.action.deletesComponent { try await observeDeletion(record) } else { try await readBack(record) }
    }

    /// A call of which no answer was heard can still be taken while its signature is good.
    private func mayStillArrive(_ record: StepRecord, now: Date) -> Bool {
        record.intendedAt.map { now < $0.later(by: wiring.timings.signatureWindow) } ?? false
    }

    /// Whether what the step was to bring about can be read.
    func hasCome(_ step: PlanStep) async throws(ProviderFailure) -> Bool {
        switch step.action {
        case .switchProtectionOff:
            try await wiring.provider.component(step.component, in: step.target)?.terminationProtection == false
        case .emptyBucket(let name):
            try await wiring.provider.isEmpty(LastLook.resource(name, "AWS::S3::Bucket"), in: step.target) == true
        case .deleteImages(let name):
            try await wiring.provider.isEmpty(LastLook.resource(name, "AWS::ECR::Repository"), in: step.target) == true
        case .deleteLogGroup(let name): try await !wiring.provider.hasLogGroup(name, in: step.target)
        case .deleteStack, .deleteAgain: false
        }
    }

    private func readBack(_ record: StepRecord) async throws {
        let step = record.step
        let now = wiring.clock()
        let come = await gathering { () async throws(ProviderFailure) in try await hasCome(step) }
        switch come {
        case .success(true):
            try await move(record, from: record.state, to: .done, reason: nil)
            return say(record, "\(step.what) done")
        case .failure(let failure):
            switch failure.kind {
            case .unreachable, .throttled, .credentials: throw failure
            // Before it is asked for again it is looked at more closely.
            case .denied, .refused, .malformed, .configuration, .wrongAccount: break
            }
        case .success(false): break
        }
        if record.state == .intended {
            guard !mayStillArrive(record, now: now) else { return }
            return try await move(record, from: .intended, to: .pending, reason: "the request was never taken")
        }
        if let asked = record.requestedAt, now < asked.later(by: Self.begins) { return }
        let because = "\(step.what) was accepted and had no effect; look at it by hand, and plan again"
        try await move(record, from: .requested, to: .failed, reason: because)
        say(record, because)
    }

    private func observeDeletion(_ record: StepRecord) async throws {
        let step = record.step
        let now = wiring.clock()
        let component = try await wiring.provider.component(step.component, in: step.target)
        guard let component, !component.status.isGone else {
            return try await foundGone(record, now: now, last: component)
        }
        // It answers again: the reading that did not find it was wrong.
        if record.firstGoneAt != nil { try await wiring.store.noteGone(step: step.number, of: plan.id, at: nil) }
        if component.status.isDeleting, record.state == .requested { return }
        let events = try await wiring.provider.events(of: step.component, in: step.target, atMost: 200)
        let ours = events.filter { $0.token == record.token.text }
        if component.status.isDeleting {
            // Somebody else's deletion is waited for; it is not taken for ours.
            guard !ours.isEmpty else { return }
            return try await goesOn(record)
        }
        if record.state == .intended, ours.isEmpty {
            guard !mayStillArrive(record, now: now) else { return }
            // The call was never taken. Whoever deployed since is found by the checks that come before it is made.
            return try await move(record, from: .intended, to: .pending, reason: "the request was never taken")
        }
        // Accepted a moment ago and not begun, or, where it had failed before, not failed again yet.
        let isYoung = record.requestedAt.map { now < $0.later(by: Self.begins) } ?? false
        let hasEnded = step.action == .deleteStack ? !ours.isEmpty : ours.contains { $0.status == "DELETE_FAILED" }
        if isYoung, !hasEnded { return }
        // The status may be older than the events: only what it says after them counts.
        let later = try await wiring.provider.component(step.component, in: step.target)
        guard let later, !later.status.isGone else { return }
        try await goesOn(record)
        if later.status.isDeleting { return }
        try await failed(record, later)
    }

    /// The provider took the request, whether we heard its answer or not.
    private func goesOn(_ record: StepRecord) async throws {
        if record.state == .intended { try await move(record, from: .intended, to: .requested, reason: nil) }
    }

    private func failed(_ record: StepRecord, _ component: ObservedComponent) async throws {
        let step = record.step
        let all = try await wiring.provider.events(of: step.component, in: step.target, atMost: 2_000)
        let ours = all.filter { $0.token == record.token.text }
        let events = ours.isEmpty ? all : ours
        let resources = try await innermost(
            FailedResource.last(of: events, in: step.component, named: step.name),
            in: step.target,
            depth: 5
        )
        if component.status.deleteFailed,
            Obstruction.isForeseen(resources, of: step, in: plan.document.steps)
        {
            let what = DeletionAdvice.text(resources, advising: false)
            try await move(record, from: .requested, to: .obstructed, reason: what)
            return say(record, "\(step.name) could not go yet, as foreseen: \(what)")
        }
        let reason = Self.failure(component, events, resources)
        try await move(record, from: .requested, to: .failed, reason: reason)
        say(record, "\(step.name) was not deleted: \(reason)")
    }

    /// In place of a nested stack that failed, what failed in it; where that cannot be read, the nested stack.
    private func innermost(
        _ resources: [FailedResource],
        in target: Target,
        depth: Int
    ) async throws -> [FailedResource] {
        var found: [FailedResource] = []
        for resource in resources {
            guard depth > 0, resource.type == "AWS::CloudFormation::Stack", let inner = resource.physicalID else {
                found.append(resource)
                continue
            }
            let id = ComponentID(inner)
            let events = await gathering { () async throws(ProviderFailure) in
                try await wiring.provider.events(of: id, in: target, atMost: 500)
            }
            // Its own name is the last but one part of its id.
            let name = inner.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            let failed = (try? events.get()).map { FailedResource.last(of: $0, in: id, named: name) } ?? []
            found +=
                failed.isEmpty
                ? [resource] : try await innermost(failed.map { $0.inside(name) }, in: target, depth: depth - 1)
        }
        return found
    }

    /// Two readings by id, some time apart, before anything is said to be gone.
    func foundGone(_ record: StepRecord, now: Date, last: ObservedComponent? = nil) async throws {
        let step = record.step
        guard let first = record.firstGoneAt else {
            try await wiring.store.noteGone(step: step.number, of: plan.id, at: now)
            return
        }
        guard now >= first.later(by: wiring.timings.goneApart) else { return }
        let left = last == nil ? nil : await stillGoing(step)
        try await move(record, from: record.state, to: .gone, reason: left)
        // A scan may have ended the life already: it is reaped only when all that this plan deletes of it is gone.
        let hasEnded = try await wiring.store.closeReaped(step.component, environment: step.environment, at: now)
        let steps = try await wiring.store.plan(plan.id).steps
        let ended = hasEnded && TeardownProgress.isDeleted(step.environment, in: steps)
        say(record, "\(step.name) is gone\(ended ? "; \(step.environment.name) is reaped" : "")")
        if let left { say(record, left) }
        guard ended else { return }
        try await FindingMoves(wiring: wiring).apply(
            .reaped,
            toPlan: plan,
            only: [step.environment],
            in: .reaping,
            now: now
        )
    }

    /// A deletion in express mode, which somebody else can have begun, says that it is complete while resources still go.
    private func stillGoing(_ step: PlanStep) async -> String? {
        let events = await gathering { () async throws(ProviderFailure) in
            try await wiring.provider.events(of: step.component, in: step.target, atMost: 2_000)
        }
        guard let events = try? events.get() else { return nil }
        var seen: Set<String> = []
        let going = events.filter {
            $0.logicalID != step.name && $0.physicalID != step.component.text && seen.insert($0.logicalID).inserted
        }.filter { $0.status == "DELETE_IN_PROGRESS" }
        guard !going.isEmpty else { return nil }
        let names = going.prefix(5).map { "\($0.logicalID) (\($0.type))" }.joined(separator: ", ")
        return
            "\(step.name) was called gone while these were still being deleted, so they may be left: \(names)\(going.count > 5 ? " and \(going.count - 5) more" : "")"
    }

    /// Why a deletion that was asked for did not happen, from the component's own history, and what to do.
    static func failure(
        _ component: ObservedComponent,
        _ events: [ObservedEvent],
        _ resources: [FailedResource]
    ) -> String {
        if component.status.deleteFailed {
            if !resources.isEmpty { return DeletionAdvice.text(resources, of: component.name) }
            let reason = component.statusReason ?? "the provider says DELETE_FAILED"
            return "\(reason); \(DeletionAdvice.advice(for: reason, of: component.name) ?? DeletionAdvice.look)"
        }
        let reasons = events.compactMap(\.reason)
        if let use = reasons.lazy.compactMap(DeletionAdvice.importers).first {
            return
                "the provider cancelled it, the stack is \(component.status) again: export \(use.export) is in use by \(use.importers.joined(separator: ", ")); take these down first, or let them import something else"
        }
        let cancelled = reasons.first { $0.localizedCaseInsensitiveContains("cannot") }
        let reason = cancelled ?? component.statusReason ?? "no reason given"
        let advice = DeletionAdvice.advice(for: reason, of: component.name) ?? DeletionAdvice.look
        return "the provider cancelled it, the stack is \(component.status) again: \(reason); \(advice)"
    }
}
