import Core
import Foundation

/// What a case says beyond its components: use, branches, what a pipeline registered, where it stands, whose it is.
struct EvidenceOfTest {
    var signals: [Signal] = []
    var branches: EnvironmentBranches = .none
    var rollout: EnvironmentFacts.Rollout = .none(source: "the case says of none")
    var regions: Set<Region> = []
    var tools: Set<DeploymentTool> = []
    var ownership: Ownership = .unread(reason: "the case says of none")
    var registeredEnd: Date?
}

extension YAMLEntry {
    private static let repository = "https://github.com/the/case"

    func evidenceOfTest(_ parts: YAMLMapping, at now: Date, created: Date?) -> EvidenceOfTest {
        var evidence = EvidenceOfTest()
        if let regions = parts["region"]?.texts("a list of regions", example: "[eu-central-1]") {
            evidence.regions = Set(regions.map { Region($0) })
        }
        if let tools = parts["tool"]?.items("a tool or a list of tools", example: "[SAM]", orSingle: true) {
            evidence.tools = Set(tools.compactMap { $0.deploymentTool() })
        }
        if let owner = parts["owner"]?.text("an owner, `unknown` or `unread`", example: "ada@example.com") {
            evidence.ownership =
                switch owner {
                case "unknown": .nobody
                case "unread": .unread(reason: "the case says so")
                default: .owned(by: OwnerName(owner).text)
                }
        }
        if let rollout = parts["rollout"]?.rolloutOfTest(at: now) { evidence.rollout = rollout }
        evidence.registeredEnd = parts["registered"]?.registeredEnd(at: now)
        evidence.branches = branchesOfTest(parts, at: now, created: created)
        if let invoked = parts["invoked"]?.useOfTest(at: now) {
            evidence.signals.append(Signal(.invoked, invoked, source: "the case"))
        }
        if let committed = parts["committed"]?.known(around: now) {
            evidence.signals.append(Signal(.committed, committed.signal, source: "the case"))
        } else if !evidence.branches.repositories.isEmpty {
            evidence.signals.append(evidence.branches.committed())
        }
        return evidence
    }

    /// A moment, `unknown`, `never` where nothing in it can be used, or since when certainly nothing was.
    private func useOfTest(at now: Date) -> Signal.Value? {
        let example = "{ none_since: 30d ago }"
        if isMapping {
            return mapping(["none_since"], required: ["none_since"], example: example)?["none_since"]?
                .moment(around: now).map { .noneSince($0) }
        }
        return scalar == "never" ? .notApplicable(reason: "the case says so") : known(around: now)?.signal
    }

    private func rolloutOfTest(at now: Date) -> EnvironmentFacts.Rollout? {
        switch scalar {
        case "none": .none(source: "the case says so")
        case "in progress": .inProgress("the case says so", read: now)
        case "unknown": .unknown(reason: "the case says so")
        default: unexpected("none, in progress or unknown", example: "in progress")
        }
    }

    private func registeredEnd(at now: Date) -> Date? {
        mapping(["until"], required: ["until"], example: "{ until: in 3d }")?["until"]?.moment(around: now)
    }

    /// One repository on a host, with at most one branch and one pull request of it.
    private func branchesOfTest(_ parts: YAMLMapping, at now: Date, created: Date?) -> EnvironmentBranches {
        guard parts["branch"] != nil || parts["pull_request"] != nil else { return .none }
        let branch = parts["branch"]?.stated(BranchOfTest.self, at: now)
        let request = parts["pull_request"]?.stated(RequestOfTest.self, at: now)
        var repository = StandingRepository(
            address: Self.repository,
            kind: .github,
            readAt: now,
            requestsReadAt: now
        )
        if branch?.state == .unread { repository.failure = "the case says so" }
        if request?.state == .unread { repository.requestsFailure = "the case says so" }
        var branches = EnvironmentBranches(repositories: [repository])
        let began = created ?? now
        if let branch, branch.state != .unread, branch.state != .never {
            branches.branches.append(
                BranchSighting(
                    repository: Self.repository,
                    branch: "the-case",
                    match: .named,
                    commit: "1",
                    merged: branch.state == .merged,
                    firstSeenAt: began,
                    activeAt: branch.state == .gone ? began : branch.at ?? began,
                    goneAt: branch.state == .gone ? branch.at ?? now : nil
                )
            )
        }
        if let request, let state = PullRequest.State(rawValue: request.state.rawValue) {
            branches.requests.append(
                RequestSighting(
                    repository: Self.repository,
                    request: PullRequest(
                        number: 1,
                        branch: "the-case",
                        commit: "1",
                        base: "main",
                        intoDefault: true,
                        state: state,
                        updatedAt: request.at ?? now,
                        endedAt: state == .open ? nil : request.at ?? now
                    )
                )
            )
        }
        return branches
    }

    /// `gone`, or `{ state: gone, at: 3d ago }`.
    private func stated<State: RawRepresentable & CaseIterable>(
        _: State.Type,
        at now: Date
    ) -> (state: State, at: Date?)? where State.RawValue == String {
        guard isMapping else { return choice(State.self).map { ($0, nil) } }
        let example = "{ state: \(State.allCases.first?.rawValue ?? ""), at: 3d ago }"
        guard let parts = mapping(["state", "at"], required: ["state"], example: example) else { return nil }
        let at = parts["at"]?.moment(around: now)
        return parts["state"]?.choice(State.self).map { ($0, at) }
    }
}

private enum BranchOfTest: String, CaseIterable {
    case there
    case gone
    case merged
    /// No list ever had one.
    case never
    case unread
}

private enum RequestOfTest: String, CaseIterable {
    case open
    case closed
    case merged
    case none
    case unread
}
