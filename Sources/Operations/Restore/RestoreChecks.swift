import Core

/// Everything that stands in the way of a restore and that reading can find.
struct RestoreChecks: Sendable {
    let wiring: Wiring
    let limits: any ProviderLimits

    /// CloudFormation takes a longer template from a bucket only (AWS CloudFormation user guide, quotas).
    static let longestTemplate = 51_200

    func check(_ survey: inout RestoreSurvey, attempts: RestoreAttempt.Known) async {
        for target in Set(survey.stacks.map(\.draft.target)).sorted() {
            await check(&survey, in: target, attempts: attempts)
        }
        for index in survey.stacks.indices {
            let stack = survey.stacks[index]
            guard stack.draft.state == .ready else { continue }
            for (name, state) in stack.draft.parameters.sorted(by: { $0.key < $1.key }) where state == .notKnown {
                survey.stacks[index].draft.blockers.append(
                    "the value of \(name) is not known: give it with --parameters-from"
                )
            }
            let bytes = stack.content.template.utf8.count
            if bytes > Self.longestTemplate {
                survey.stacks[index].draft.blockers.append(
                    "its template has \(bytes) bytes, and more than \(Self.longestTemplate) CloudFormation takes from a bucket "
                        + "only: deploy it from where it came from, then restore the others with --leave \(stack.draft.name)"
                )
            }
        }
        for index in survey.stacks.indices where !survey.stacks[index].draft.blockers.isEmpty {
            survey.stacks[index].draft.state = .blocked
        }
    }

    private func check(_ survey: inout RestoreSurvey, in target: Target, attempts: RestoreAttempt.Known) async {
        let provider = wiring.provider
        let mine = survey.stacks.indices.filter { survey.stacks[$0].draft.target == target }
        let reading = await gathering { () async throws(ProviderFailure) -> [ObservedComponent] in
            // P9: a name that is free in another account says nothing.
            let identity = try await provider.identity(for: target)
            guard identity == target.account else {
                throw ProviderFailure(
                    .wrongAccount,
                    "the credentials for account \(target.account) belong to account \(identity)",
                    advice: "mend the profile or role of the account in the settings file"
                )
            }
            return try await provider.components(in: target).filter { !$0.status.isGone }
        }
        switch reading {
        case .failure(let failure):
            for index in mine {
                survey.stacks[index].draft.blockers.append("\(target) could not be read: \(failure.summary)")
            }
        case .success(let standing):
            let byName = Dictionary(standing.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            for index in mine {
                let stack = survey.stacks[index]
                let outcome = await state(of: stack, byName[stack.draft.name], attempts)
                survey.stacks[index].draft.state = outcome.state
                survey.stacks[index].draft.made = outcome.made
                survey.stacks[index].draft.blockers += outcome.blockers
            }
            await checkLimit(&survey, mine, standing: standing.count, in: target)
            await checkImports(&survey, mine, in: target)
            await checkRoles(&survey, mine, in: target)
            checkCollisions(&survey, try? await wiring.store.leftovers(open: true), mine)
        }
    }

    private struct Standing {
        var state = RestoreStack.State.ready
        var made: ComponentID?
        var blockers: [String] = []
    }

    /// Whether the name is free, or taken by what was to be deleted, by this restore, or by somebody else.
    private func state(
        of stack: RestoreSurvey.Stack,
        _ found: ObservedComponent?,
        _ attempts: RestoreAttempt.Known
    ) async -> Standing {
        guard let found else { return Standing() }
        if found.id == stack.draft.component {
            guard found.status.isDeleting || found.status.deleteFailed else { return Standing(state: .stands) }
            return Standing(blockers: [
                "it is still there, half deleted (\(found.status)): the rest of it has to go first"
            ])
        }
        let attempt = attempts.newest[stack.draft.component]
        if let attempt, attempt.state != .failed {
            // What became of a stack of ours after it was made is nobody's business here.
            if attempt.state == .made, attempt.made == found.id { return Standing(state: .made, made: found.id) }
            let isOurs = attempt.made == found.id ? true : await hasToken(attempt.token, found)
            if isOurs {
                return Standing(state: RestoreAttempt.isMade(found.status.text) ? .made : .making, made: found.id)
            }
        }
        let advice = found.status.latestChangeFailed ? "; what is left of it has to be deleted first" : ""
        let leave = advice.isEmpty ? "; if that one will do: --leave \(found.name)" : advice
        return Standing(blockers: ["a stack of that name is there (\(found.status))\(leave)"])
    }

    /// The answer to our call may have been lost: its events carry the token.
    private func hasToken(_ token: StepToken, _ found: ObservedComponent) async -> Bool {
        let provider = wiring.provider
        let events = await gathering { () async throws(ProviderFailure) in
            try await provider.events(of: found.id, in: found.target, atMost: 10_000)
        }
        guard case .success(let events) = events else { return false }
        return events.contains { $0.token == token.text }
    }

    private func checkLimit(_ survey: inout RestoreSurvey, _ mine: [Int], standing: Int, in target: Target) async {
        let new = mine.count { survey.stacks[$0].draft.state == .ready }
        guard new > 0 else { return }
        let limits = limits
        switch await gathering({ () async throws(ProviderFailure) in try await limits.stackLimit(in: target) }) {
        case .failure, .success(nil):
            survey.cautions.append("how many stacks \(target) may have could not be read; it has \(standing)")
        case .success(let limit?):
            guard standing + new > limit else { return }
            for index in mine {
                survey.stacks[index].draft.blockers.append(
                    "\(target) has \(standing) stacks and may have \(limit); \(new) more do not fit"
                )
            }
        }
    }

    /// What it imports from outside has to be exported by somebody.
    private func checkImports(_ survey: inout RestoreSurvey, _ mine: [Int], in target: Target) async {
        let own = mine.reduce(into: Set<String>()) { $0.formUnion(survey.stacks[$1].content.exports) }
        guard mine.contains(where: { !survey.stacks[$0].imports.subtracting(own).isEmpty }) else { return }
        let provider = wiring.provider
        switch await gathering({ () async throws(ProviderFailure) in try await provider.exports(in: target) }) {
        case .failure(let failure):
            survey.cautions.append("the exports of \(target) could not be read: \(failure.summary)")
        case .success(let exports):
            let names = own.union(exports.map(\.name))
            for index in mine where survey.stacks[index].draft.state == .ready {
                for name in survey.stacks[index].imports.subtracting(names).sorted() {
                    survey.stacks[index].draft.blockers.append("it imports \(name), which nothing exports")
                }
            }
        }
    }

    private func checkRoles(_ survey: inout RestoreSurvey, _ mine: [Int], in target: Target) async {
        let provider = wiring.provider
        for index in mine where survey.stacks[index].draft.state == .ready {
            guard let role = survey.stacks[index].draft.serviceRole else { continue }
            switch await gathering({ () async throws(ProviderFailure) in try await provider.roleExists(role, in: target)
            })
            {
            case .success(true): break
            case .success(false): survey.stacks[index].draft.blockers.append("its service role \(role) is not there")
            case .failure(let failure):
                survey.cautions.append("the role \(role) could not be looked at: \(failure.summary)")
            }
        }
    }

    /// A resource that stayed keeps its name; where the template asks for that very name, making it fails.
    private func checkCollisions(_ survey: inout RestoreSurvey, _ leftovers: [LeftoverRecord]?, _ mine: [Int]) {
        guard let leftovers else { return survey.cautions.append("the leftovers could not be read") }
        for index in mine where survey.stacks[index].draft.state == .ready {
            let stack = survey.stacks[index]
            for leftover in leftovers.map(\.leftover) where leftover.component == stack.draft.component {
                guard leftover.reason != .snapshot else { continue }
                let own = stack.content.resources.first { $0.physicalID == leftover.identifier }
                guard let own, stack.needs?.fixedNames.contains(own.logicalID) == true else { continue }
                survey.stacks[index].draft.blockers.append(
                    "\(leftover.identifier) (\(leftover.type)) stayed, and the template gives \(own.logicalID) that very name"
                )
            }
        }
    }
}
