/// Everything that a plan does about one component, from its protection to what it leaves behind.
///
/// [protection off] → delete stack → [empty bucket …, delete images …] → delete again → [delete log group …]
package struct StepChain: Sendable, Hashable {
    package var environment: EnvironmentKey
    package var component: ComponentID
    package var target: Target
    package var name: String
    package var serviceRole: String?
    /// Its termination protection is switched off first, because people were asked about exactly that.
    package var switchesProtectionOff: Bool
    /// Emptied only where the stack's own deletion fails on them.
    package var buckets: [String]
    package var repositories: [String]
    /// What stays where the stack's own deletion fails on it.
    package var retained: [ObservedResource]
    /// What no stack has, deleted after everything else.
    package var logGroups: [String]

    package init(
        environment: EnvironmentKey,
        component: ComponentID,
        target: Target,
        name: String,
        serviceRole: String? = nil,
        switchesProtectionOff: Bool = false,
        buckets: [String] = [],
        repositories: [String] = [],
        retained: [ObservedResource] = [],
        logGroups: [String] = []
    ) {
        self.environment = environment
        self.component = component
        self.target = target
        self.name = name
        self.serviceRole = serviceRole
        self.switchesProtectionOff = switchesProtectionOff
        self.buckets = buckets
        self.repositories = repositories
        self.retained = retained
        self.logGroups = logGroups
    }

    /// What goes beyond deleting the stack, in words: a part of what people approve.
    package var exceptions: [String] {
        var texts: [String] = []
        if switchesProtectionOff { texts.append("switches off the termination protection of \(name) in \(target)") }
        texts += buckets.sorted().map {
            "deletes everything in the bucket \($0) of \(name), with all its versions, if the stack's deletion fails on it"
        }
        texts += repositories.sorted().map {
            "deletes all images in the repository \($0) of \(name), if the stack's deletion fails on it"
        }
        texts += retained.sorted { $0.logicalID < $1.logicalID }.map {
            "leaves \($0.logicalID) of \(name) behind (\($0.type) \($0.physicalID ?? "without an id")), if its deletion fails"
        }
        texts += logGroups.sorted().map { "deletes the log group \($0) of \(name), which belongs to no stack" }
        return texts
    }

    /// The steps of all chains, numbered from 1 in the order given, which has to be one that works.
    ///
    /// `waitsFor`: for each component, those that must be gone before anything is done to it. It waits for the last
    /// step that deletes each of them.
    package static func steps(
        _ chains: [StepChain],
        waitsFor: [ComponentID: Set<ComponentID>]
    ) -> [PlanStep] {
        var steps: [PlanStep] = []
        var lastDeletion: [ComponentID: Int] = [:]
        for chain in chains {
            func add(_ action: StepAction, after: [Int]) -> Int {
                steps.append(
                    PlanStep(
                        number: steps.count + 1,
                        environment: chain.environment,
                        component: chain.component,
                        target: chain.target,
                        name: chain.name,
                        action: action,
                        after: after.sorted(),
                        // CloudFormation lends it for deleting the stack; everything else is done with our own power.
                        serviceRole: action.deletesComponent ? chain.serviceRole : nil
                    )
                )
                return steps.count
            }
            let before = (waitsFor[chain.component] ?? []).compactMap { lastDeletion[$0] }
            // Both wait for what goes before: a protection is not lifted for a deletion that may never come.
            let unprotected = chain.switchesProtectionOff ? [add(.switchProtectionOff, after: before)] : []
            let delete = add(.deleteStack, after: before + unprotected)
            let emptied =
                chain.buckets.sorted().map { add(.emptyBucket($0), after: [delete]) }
                + chain.repositories.sorted().map { add(.deleteImages(repository: $0), after: [delete]) }
            var last = delete
            if !emptied.isEmpty || !chain.retained.isEmpty {
                last = add(.deleteAgain(retaining: chain.retained.map(\.logicalID).sorted()), after: [delete] + emptied)
            }
            lastDeletion[chain.component] = last
            for group in chain.logGroups.sorted() { _ = add(.deleteLogGroup(group), after: [last]) }
        }
        return steps
    }
}

/// What the steps of a plan lift, and nothing else: each exception lifts its own blocker.
package struct LiftedBlockers: Sendable, Hashable {
    private var unprotected: Set<ComponentID> = []
    private var emptied: [ComponentID: Set<String>] = [:]
    private var retained: [ComponentID: Set<String>] = [:]

    package init(_ steps: [PlanStep] = []) {
        for step in steps {
            switch step.action {
            case .switchProtectionOff: unprotected.insert(step.component)
            case .emptyBucket(let name), .deleteImages(let name): emptied[step.component, default: []].insert(name)
            case .deleteAgain(let retaining): retained[step.component, default: []].formUnion(retaining)
            case .deleteStack, .deleteLogGroup: break
            }
        }
    }

    package func protection(of component: ComponentID) -> Bool { unprotected.contains(component) }

    /// Not empty, or nobody knows whether it is.
    package func content(of resource: ObservedResource, in component: ComponentID) -> Bool {
        resource.physicalID.map { emptied[component]?.contains($0) ?? false } ?? false
    }

    /// What keeps the resource itself from being deleted, where it may stay.
    package func retention(of logicalID: String, in component: ComponentID) -> Bool {
        retained[component]?.contains(logicalID) ?? false
    }
}
