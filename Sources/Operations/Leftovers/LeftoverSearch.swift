import Core
import Foundation

/// Looks for what the stacks of a plan left behind.
struct LeftoverSearch: Sendable {
    let wiring: Wiring
    let accounts: LeftoverAccounts

    struct Seen: Sendable {
        var found: [Leftover] = []
        /// Those of them that a reading of this moment says are there.
        var proven: Set<Leftover> = []
        var unread: [String] = []
    }

    /// Right after the end: what the forecast said, what the stacks say of themselves, and the log groups.
    func atTheEnd(of plan: PlanRecord) async throws -> Seen {
        var seen = Seen()
        let owners = Dictionary(
            try await plan.document.environments.asyncMap { planned in
                (planned.key, try await owner(of: planned.key))
            },
            uniquingKeysWith: { first, _ in first }
        )
        for step in gone(plan) {
            let stack = Stack(plan: plan, step: step.step, owner: owners[step.step.environment] ?? nil)
            guard await accounts.answers(for: step.step.target) else {
                seen.unread.append("\(step.step.target): the credentials are no proof of its account")
                // What was said beforehand needs nobody's answer.
                predicted(stack, beside: [], &seen)
                continue
            }
            let skipped = await skipped(stack, &seen)
            predicted(stack, beside: skipped, &seen)
            await logGroups(stack, &seen)
        }
        await prove(&seen)
        var standing = StandingStacks(store: wiring.store)
        var left: [Leftover] = []
        for leftover in seen.found where try await !standing.has(leftover) { left.append(leftover) }
        seen.found = left
        return seen
    }

    /// Some time later: what the tagging service still lists.
    func later(than plan: PlanRecord, now: Date) async -> Seen {
        var seen = Seen()
        for record in gone(plan) {
            guard let ended = record.endedAt, now >= ended.later(by: Leftovers.settles) else { continue }
            let step = record.step
            guard await accounts.answers(for: step.target) else {
                seen.unread.append("\(step.target): the credentials are no proof of its account")
                continue
            }
            let known = await gathering { () async throws(StoreFailure) in
                try await wiring.store.environments(named: step.environment.name)
            }
            let owner = (try? known.get())?.first { $0.key == step.environment }?.owner
            let stack = Stack(plan: plan, step: step, owner: owner)
            await tagged(stack, &seen)
        }
        seen.proven = Set(seen.found)
        return seen
    }

    private struct Stack: Sendable {
        let plan: PlanRecord
        let step: PlanStep
        let owner: String?

        func left(_ type: String, _ identifier: String, _ reason: Leftover.Reason) -> Leftover {
            Leftover(
                environment: step.environment,
                plan: plan.id,
                component: step.component,
                target: step.target,
                type: type,
                identifier: identifier,
                reason: reason,
                owner: owner
            )
        }

        /// Logical ids that the plan itself retained.
        var named: Set<String> {
            Set(plan.document.steps.filter { $0.component == step.component }.flatMap(\.action.retained))
        }
    }

    /// One step for each stack that went.
    private func gone(_ plan: PlanRecord) -> [StepRecord] {
        var seen: Set<ComponentID> = []
        return plan.steps.filter {
            $0.step.action.deletesComponent && $0.state == .gone && seen.insert($0.step.component).inserted
        }
    }

    private func owner(of key: EnvironmentKey) async throws -> String? {
        try await wiring.store.environments(named: key.name).first { $0.key == key }?.owner
    }

    /// What the stack itself says it left: by its id a deleted stack answers for 90 days.
    private func skipped(_ stack: Stack, _ seen: inout Seen) async -> Set<String> {
        let (provider, step) = (wiring.provider, stack.step)
        let reading = await gathering { () async throws(ProviderFailure) in
            try await provider.resources(of: step.component, in: step.target)
        }
        guard case .success(let resources) = reading else {
            seen.unread.append("what \(step.name) left could not be read")
            return []
        }
        var names: Set<String> = []
        for resource in resources where resource.status == "DELETE_SKIPPED" || resource.status == "DELETE_FAILED" {
            guard let name = resource.physicalID, !name.isEmpty else { continue }
            let reason: Leftover.Reason =
                stack.named.contains(resource.logicalID)
                ? .named : resource.status == "DELETE_FAILED" ? .failed : .retained
            names.insert(name)
            seen.found.append(stack.left(resource.type, name, reason))
        }
        return names
    }

    /// What the plan's forecast said would stay.
    private func predicted(_ stack: Stack, beside known: Set<String>, _ seen: inout Seen) {
        let stays = stack.plan.forecast.of(stack.step.environment)?.stays ?? []
        for stay in stays where stay.component == stack.step.component && !known.contains(stay.name) {
            switch stay.reason {
            case .retained: seen.found.append(stack.left(stay.type, stay.name, .retained))
            case .named: seen.found.append(stack.left(stay.type, stay.name, .named))
            case .snapshot: seen.found.append(stack.left(stay.type, stay.name, .snapshot))
            // These can be looked at themselves.
            case .logGroup: break
            }
        }
    }

    /// Log groups are made by what runs, under names that say by what (documented for functions; for the others common knowledge).
    private func logGroups(_ stack: Stack, _ seen: inout Seen) async {
        let (provider, step) = (wiring.provider, stack.step)
        let known = await gathering { () async throws(StoreFailure) in
            try await wiring.store.resources(of: step.component)
        }
        guard case .success(let resources) = known else {
            seen.unread.append("the resources that \(step.name) had could not be read")
            return
        }
        for resource in resources {
            guard let id = resource.physicalID, !id.isEmpty, let prefix = Self.logGroupPrefix(resource.type, id) else {
                continue
            }
            let reading = await gathering { () async throws(ProviderFailure) in
                try await provider.logGroups(prefix: prefix, in: step.target)
            }
            switch reading {
            case .failure(let failure): seen.unread.append("log groups \(prefix) in \(step.target): \(failure.summary)")
            case .success(let groups):
                // The prefix of one name may begin another's.
                for group in groups
                where group.name == prefix || (prefix.hasSuffix("/") && group.name.hasPrefix(prefix)) {
                    seen.found.append(stack.left(Self.logGroup, group.name, .logGroup))
                }
            }
        }
    }

    static let logGroup = "AWS::Logs::LogGroup"

    private static func logGroupPrefix(_ type: String, _ id: String) -> String? {
        switch type {
        case "AWS::Lambda::Function": "/aws/lambda/\(id)"
        case "AWS::CodeBuild::Project": "/aws/codebuild/\(id)"
        case "AWS::ApiGateway::RestApi": "API-Gateway-Execution-Logs_\(id)/"
        default: nil
        }
    }

    private func tagged(_ stack: Stack, _ seen: inout Seen) async {
        let (provider, step) = (wiring.provider, stack.step)
        let reading = await gathering { () async throws(ProviderFailure) in
            try await provider.tagged(withStack: step.component, in: step.target)
        }
        switch reading {
        case .failure(let failure):
            seen.unread.append("what carries the tags of \(step.name) in \(step.target): \(failure.summary)")
        case .success(let arns):
            let known = await gathering { () async throws(StoreFailure) in try await wiring.store.leftovers(open: true)
            }
            let noted = ((try? known.get()) ?? []).map(\.leftover).filter { $0.component == step.component }
            for arn in arns where !arn.contains(":cloudformation:") {
                // The same thing under its name is known already.
                let isNoted = noted.contains { $0.reason != .tagged && arn.names($0.identifier) }
                if !isNoted { seen.found.append(stack.left(ResourceARN.type(of: arn), arn, .tagged)) }
            }
        }
    }

    /// What can be looked at itself, and is not there, was not left.
    private func prove(_ seen: inout Seen) async {
        var kept: [Leftover] = []
        for leftover in seen.found {
            guard await accounts.answers(for: leftover.target) else {
                kept.append(leftover)
                continue
            }
            switch await LeftoverReading(provider: wiring.provider).presence(of: leftover) {
            case .absent: continue
            case .present: seen.proven.insert(leftover)
            case .unlisted, .unknown: break
            }
            kept.append(leftover)
        }
        seen.found = kept
    }
}

extension String {
    /// An ARN's last part is this name, or the whole is.
    func names(_ identifier: String) -> Bool {
        self == identifier || hasSuffix(":\(identifier)") || hasSuffix("/\(identifier)")
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
