import Core
import Foundation

/// The last look at a step's subject before its call.
///
/// Everything else was checked for its environment as a whole, a moment ago; this is read for the step alone.
struct LastLook: Sendable {
    let wiring: Wiring
    let plan: PlanRecord

    enum Answer: Sendable {
        /// `listed`: the resources of its stack, where they were listed for this look.
        case go(listed: [ObservedResource]?)
        /// What it would bring about is there already; the state that says so.
        case needless(StepState, because: String)
        /// Its stack is not there any more.
        case gone
        case waits(because: String)
        case moved(because: String)
    }

    func look(at record: StepRecord) async throws -> Answer {
        let step = record.step
        switch step.action {
        case .deleteStack, .switchProtectionOff: return try await asApproved(step)
        case .deleteAgain, .emptyBucket, .deleteImages:
            guard try await wiring.store.hasTombstone(of: step.component, plan: plan.id) else {
                return .moved(because: "\(step.name) has no tombstone")
            }
            return try await readable("\(step.name) could not be read") { try await obstructed(step) }
        case .deleteLogGroup(let name):
            guard try await wiring.store.hasTombstone(of: step.component, plan: plan.id) else {
                return .moved(because: "\(step.name) has no tombstone")
            }
            return try await readable("the log groups of \(step.name) could not be read") {
                try await leftBehind(name, step)
            }
        }
    }

    /// Keeps the tombstone, and compares what was read for it with what was approved.
    private func asApproved(_ step: PlanStep) async throws -> Answer {
        var kept: Tombstone?
        let answer = try await readable("no tombstone could be taken") {
            let tombstone = try await Tombstone.take(
                step,
                provider: wiring.provider,
                readTemplate: wiring.readTemplate
            )
            kept = tombstone
            let approved = plan.document.fingerprint.components[step.component]
            return tombstone.digest(asApprovedBy: plan) == approved
                ? .go(listed: tombstone.resources)
                : .moved(because: "\(step.name) was changed since the approval")
        }
        guard case .go = answer, let kept else { return answer }
        if try await !wiring.store.hasTombstone(of: step.component, plan: plan.id) {
            try await wiring.store.storeTombstone(
                try kept.encoded(),
                of: step.component,
                plan: plan.id,
                at: wiring.clock()
            )
        }
        return answer
    }

    /// The stack's own deletion has failed, and it still is as that left it.
    private func obstructed(_ step: PlanStep) async throws -> Answer {
        let component = try await wiring.provider.component(step.component, in: step.target)
        guard let component, !component.status.isGone else {
            return step.action.deletesComponent
                ? .gone : .needless(.unneeded, because: "its stack went without it")
        }
        if component.status.isDeleting { return .waits(because: "somebody else is deleting \(step.name)") }
        guard component.status.deleteFailed else {
            return .moved(because: "\(step.name) is \(component.status) since its deletion failed")
        }
        let resource: ObservedResource
        switch step.action {
        case .emptyBucket(let name): resource = Self.resource(name, "AWS::S3::Bucket")
        case .deleteImages(let name): resource = Self.resource(name, "AWS::ECR::Repository")
        case .deleteStack, .switchProtectionOff, .deleteAgain, .deleteLogGroup: return .go(listed: nil)
        }
        // Something of that name that the stack does not have any more is somebody else's.
        guard let own = try await owned(resource, by: step.component, step) else {
            return .needless(.unneeded, because: "the stack does not have it any more")
        }
        if let because = try await keeps(own, step) { return because }
        return try await wiring.provider.isEmpty(resource, in: step.target) == true
            ? .needless(.done, because: "it was empty already") : .go(listed: nil)
    }

    /// A resource with the stack that has it: the step's own, or one inside it.
    private struct Owned {
        let stack: ComponentID
        let resource: ObservedResource
    }

    private func owned(
        _ resource: ObservedResource,
        by stack: ComponentID,
        _ step: PlanStep,
        depth: Int = 5
    ) async throws(ProviderFailure) -> Owned? {
        let listed = try await wiring.provider.resources(of: stack, in: step.target)
            .filter { $0.status != "DELETE_COMPLETE" }
        if let own = listed.first(where: { $0.type == resource.type && $0.physicalID == resource.physicalID }) {
            return Owned(stack: stack, resource: own)
        }
        guard depth > 0 else { return nil }
        for inner in listed where inner.type == "AWS::CloudFormation::Stack" {
            guard let id = inner.physicalID.map({ ComponentID($0) }) else { continue }
            if let found = try await owned(resource, by: id, step, depth: depth - 1) { return found }
        }
        return nil
    }

    /// What the stack leaves behind is not emptied, and neither is that of which it cannot be told.
    ///
    /// The template is read now: what counted when this was planned may have been read badly.
    private func keeps(_ own: Owned, _ step: PlanStep) async throws(ProviderFailure) -> Answer? {
        if own.resource.status == "DELETE_SKIPPED" {
            return .needless(.unneeded, because: "the stack left it behind")
        }
        let template = try await wiring.provider.template(of: own.stack, in: step.target, original: false)
        guard let reading = wiring.readTemplate(template), reading.resources[own.resource.logicalID] != nil else {
            return .moved(because: "whether its template keeps \(own.resource.logicalID) cannot be told")
        }
        return reading.fate(of: own.resource.logicalID) == .stays
            ? .needless(.unneeded, because: "its template keeps it") : nil
    }

    /// A log group goes only after its stack, and only while no other stack has taken the name.
    private func leftBehind(_ name: String, _ step: PlanStep) async throws -> Answer {
        let component = try await wiring.provider.component(step.component, in: step.target)
        if let component, !component.status.isGone {
            return .moved(because: "\(step.name) answers again, so its log group stays")
        }
        if try await !wiring.provider.hasLogGroup(name, in: step.target) {
            return .needless(.done, because: "it was not there any more")
        }
        let others = try await wiring.provider.components(in: step.target)
        if others.contains(where: { $0.name == step.name && !$0.status.isGone }) {
            return .moved(because: "a stack called \(step.name) is there again, so its log group stays")
        }
        return .go(listed: nil)
    }

    /// What can never be read ends the step; what cannot be read now is a trouble of this run.
    private func readable(_ what: String, _ read: () async throws -> Answer) async throws -> Answer {
        do {
            return try await read()
        } catch let failure as ProviderFailure {
            switch failure.kind {
            case .unreachable, .throttled, .credentials: throw failure
            case .denied, .refused, .malformed, .configuration, .wrongAccount:
                return .moved(because: "\(what): \(failure.summary)")
            }
        }
    }

    static func resource(_ name: String, _ type: String) -> ObservedResource {
        ObservedResource(logicalID: name, physicalID: name, type: type, status: "")
    }
}

extension ProviderInspecting {
    /// A group of exactly this name.
    func hasLogGroup(_ name: String, in target: Target) async throws(ProviderFailure) -> Bool {
        try await logGroups(prefix: name, in: target).contains { $0.name == name }
    }
}
