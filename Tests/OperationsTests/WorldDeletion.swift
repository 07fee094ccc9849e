import Core
import Foundation

/// The power over a world: what was not given is refused, as a session's policy would.
struct WorldPower: ProviderPower {
    let world: World

    func power(over components: [ComponentID], plan: PlanID, in account: AccountID) -> any ProviderDeleting {
        BoundedWorld(world: world, components: components, account: account)
    }

    func isBounded(_ account: AccountID) -> Bool { true }
}

private struct BoundedWorld: ProviderDeleting {
    let world: World
    let components: [ComponentID]
    let account: AccountID

    private func allowed(
        _ id: ComponentID?,
        in target: Target,
        _ window: CallWindow
    ) async throws(ProviderFailure) {
        guard components.count <= 8, target.account == account, id.map(components.contains) ?? true else {
            throw ProviderFailure(.denied, "the session's policy does not allow it", advice: "a test went wrong")
        }
        await world.note(scope: components)
        // P11: checked last before anything is written.
        guard world.instant() < window.notAfter else {
            throw ProviderFailure(.unreachable, "it is too late for this call", advice: "nothing was sent")
        }
    }

    func requestDeletion(
        of id: ComponentID,
        in target: Target,
        token: StepToken,
        retaining: [String],
        window: CallWindow
    ) async throws(ProviderFailure) {
        await world.beforeDeletion?()
        try await allowed(id, in: target, window)
        try await world.requestDeletion(of: id, in: target, token: token, retaining: retaining)
    }

    func switchProtectionOff(
        of id: ComponentID,
        in target: Target,
        window: CallWindow
    ) async throws(ProviderFailure) {
        try await allowed(id, in: target, window)
        try await world.switchProtectionOff(of: id, in: target)
    }

    func emptyBucket(
        _ name: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try await allowed(nil, in: target, window)
        return try await world.empty("empty bucket", name, in: target, atMost: atMost)
    }

    func deleteImages(
        of repository: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try await allowed(nil, in: target, window)
        return try await world.empty("delete images", repository, in: target, atMost: atMost)
    }

    func deleteLogGroup(_ name: String, in target: Target, window: CallWindow) async throws(ProviderFailure) {
        try await allowed(nil, in: target, window)
        try await world.deleteLogGroup(name, in: target)
    }
}

/// What changes a world.
extension World {
    func note(scope: [ComponentID]) { scopes.append(scope) }

    func requestDeletion(
        of id: ComponentID,
        in target: Target,
        token: StepToken,
        retaining: [String]
    ) async throws(ProviderFailure) {
        try note("delete", target)
        guard let stack = stacks[id] else {
            deletions.append((id, token))
            return
        }
        guard stack.component.terminationProtection != true else {
            throw ProviderFailure(
                .refused,
                "Stack [\(stack.component.name)] cannot be deleted while TerminationProtection is enabled",
                advice: "look at it"
            )
        }
        guard retaining.isEmpty || stack.component.status.deleteFailed else {
            throw ProviderFailure(.refused, "RetainResources is for DELETE_FAILED only", advice: "look at it")
        }
        retentions.append(retaining)
        if let reason = exportInUse(of: stack) {
            deletions.append((id, token))
            return cancel(id, token, reason)
        }
        switch stack.onDelete {
        case .isRefused(let failure): throw failure
        case .neverArrives: throw Self.down
        case .losesTheAnswer:
            deletions.append((id, token))
            begin(id, token)
            stacks[id]?.onDelete = .goes(after: 1)
            throw Self.down
        case .goes:
            deletions.append((id, token))
            begin(id, token)
        case .fails(let reason):
            deletions.append((id, token))
            begin(id, token)
            fail(
                id,
                token,
                [(ObservedResource(logicalID: "Bucket", physicalID: nil, type: "AWS::S3::Bucket", status: ""), reason)]
            )
        case .failsUntilEmpty(let stuck):
            deletions.append((id, token))
            begin(id, token)
            let failed = stack.resources.filter { resource in
                stack.contents[resource.physicalID ?? ""] == false
                    || (stuck.contains(resource.logicalID) && !retaining.contains(resource.logicalID))
                    || failsInside(resource, token)
            }
            if failed.isEmpty {
                stacks[id]?.onDelete = .goes(after: 1)
            } else {
                fail(id, token, failed.map { ($0, "it is not empty, or in use") })
            }
        case .isCancelled(let reason):
            deletions.append((id, token))
            cancel(id, token, reason)
        }
    }

    /// A nested stack fails over what is full in it, and its parent over the nested stack.
    private func failsInside(_ resource: ObservedResource, _ token: StepToken) -> Bool {
        guard resource.type == "AWS::CloudFormation::Stack", let inner = resource.physicalID.map({ ComponentID($0) }),
            let stack = stacks[inner]
        else { return false }
        let full = stack.resources.filter { stack.contents[$0.physicalID ?? ""] == false }
        guard !full.isEmpty else { return false }
        fail(inner, token, full.map { ($0, "it is not empty") })
        return true
    }

    /// CloudFormation's words where somebody imports what the stack exports, also somebody who is on the way out.
    private func exportInUse(of stack: Stack) -> String? {
        for export in stack.exports {
            let importers = stacks.values.filter {
                $0.component.target == stack.component.target && $0.imports.contains(export)
            }
            guard !importers.isEmpty else { continue }
            let names = importers.map(\.component.name).sorted().joined(separator: ", ")
            return "Delete canceled. Cannot delete export \(export) as it is in use by \(names)."
        }
        return nil
    }

    /// Begun, and given up: the stack has the status again that it had.
    private func cancel(_ id: ComponentID, _ token: StepToken, _ reason: String) {
        guard let before = stacks[id]?.component else { return }
        begin(id, token)
        stacks[id]?.component.status = before.status
        add(id, event(id, before.status.text, reason, token, logical: before.name))
    }

    /// The stack ends DELETE_FAILED over these resources; the others of it are deleted.
    private func fail(_ id: ComponentID, _ token: StepToken, _ failed: [(resource: ObservedResource, reason: String)]) {
        guard var stack = stacks[id] else { return }
        stack.component.status = ComponentStatus("DELETE_FAILED")
        let names = failed.map(\.resource.logicalID)
        stack.resources = stack.resources.map {
            ObservedResource(
                logicalID: $0.logicalID,
                physicalID: $0.physicalID,
                type: $0.type,
                status: names.contains($0.logicalID) ? "DELETE_FAILED" : "DELETE_COMPLETE"
            )
        }
        stacks[id] = stack
        for (resource, reason) in failed {
            let event = event(
                id,
                "DELETE_FAILED",
                reason,
                token,
                logical: resource.logicalID,
                physical: resource.physicalID,
                type: resource.type
            )
            add(id, event)
        }
        let reason = "The following resource(s) failed to delete: [\(names.joined(separator: ", "))]."
        add(id, event(id, "DELETE_FAILED", reason, token, logical: stack.component.name))
    }

    private func begin(_ id: ComponentID, _ token: StepToken) {
        stacks[id]?.component.status = ComponentStatus("DELETE_IN_PROGRESS")
        let name = stacks[id]?.component.name ?? ""
        add(id, event(id, "DELETE_IN_PROGRESS", "User Initiated", token, logical: name))
    }

    /// Somebody else's deletion, without a token of ours.
    func deleteElsewhere(_ id: ComponentID, lasts readings: Int) {
        guard let name = stacks[id]?.component.name else { return }
        stacks[id]?.component.status = ComponentStatus("DELETE_IN_PROGRESS")
        stacks[id]?.onDelete = .goes(after: readings)
        add(id, event(id, "DELETE_IN_PROGRESS", "User Initiated", StepToken("console-1"), logical: name))
    }

    private func add(_ id: ComponentID, _ event: ObservedEvent) { stacks[id]?.events.insert(event, at: 0) }

    private func event(
        _ id: ComponentID,
        _ status: String,
        _ reason: String,
        _ token: StepToken,
        logical: String,
        physical: String? = nil,
        type: String = "AWS::CloudFormation::Stack"
    ) -> ObservedEvent {
        ObservedEvent(
            at: Date(timeIntervalSince1970: 1_800_000_000),
            logicalID: logical,
            physicalID: physical,
            type: type,
            status: status,
            reason: reason,
            token: token.text
        )
    }

    func switchProtectionOff(of id: ComponentID, in target: Target) async throws(ProviderFailure) {
        try note("protection off", target)
        acts.append("protection off \(stacks[id]?.component.name ?? id.text)")
        stacks[id]?.component.terminationProtection = false
        await afterAct?()
    }

    /// True when nothing is left of it.
    func empty(_ what: String, _ name: String, in target: Target, atMost: Int) async throws(ProviderFailure) -> Bool {
        await beforeEmptying?()
        try note(what, target)
        acts.append("\(what) \(name)")
        let left = max(0, (resourceContents[name]?.items ?? 0) - atMost)
        resourceContents[name]?.items = left
        guard left == 0 else { return false }
        for id in stacks.keys where stacks[id]?.contents[name] != nil { stacks[id]?.contents[name] = true }
        await afterAct?()
        return true
    }

    func deleteLogGroup(_ name: String, in target: Target) async throws(ProviderFailure) {
        try note("delete log group", target)
        acts.append("delete log group \(name)")
        guard groups.first(where: { $0.name == name })?.isDeletionProtected != true else {
            throw ProviderFailure(.refused, "the log group has deletion protection", advice: "switch it off")
        }
        groups.removeAll { $0.name == name }
    }
}
