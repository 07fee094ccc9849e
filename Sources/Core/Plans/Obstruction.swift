/// A resource on which the deletion of a stack failed.
package struct FailedResource: Sendable, Hashable {
    package let logicalID: String
    package let physicalID: String?
    package let type: String
    package let reason: String?
    /// The stack inside the stack that it is in; nil: none.
    package private(set) var nestedIn: String?

    package init(logicalID: String, physicalID: String?, type: String, reason: String?) {
        self.logicalID = logicalID
        self.physicalID = physicalID
        self.type = type
        self.reason = reason
    }

    package func inside(_ nested: String) -> Self {
        var other = self
        other.nestedIn = nested
        return other
    }

    /// What failed for good, in the order of failing.
    ///
    /// Of events newest first, the newest of each resource counts: CloudFormation tries a resource several times.
    package static func last(of events: [ObservedEvent], in component: ComponentID, named name: String) -> [Self] {
        var seen: Set<String> = []
        var failed: [Self] = []
        for event in events where event.logicalID != name && event.physicalID != component.text {
            guard seen.insert(event.logicalID).inserted, event.status == "DELETE_FAILED" else { continue }
            failed.append(
                Self(
                    logicalID: event.logicalID,
                    physicalID: event.physicalID,
                    type: event.type,
                    reason: event.reason
                )
            )
        }
        return failed.reversed()
    }
}

/// Whether a plan's own later steps remove what a deletion failed on.
package enum Obstruction {
    /// The failed resources that no later step of the same component empties or retains.
    package static func uncovered(
        _ failed: [FailedResource],
        of step: PlanStep,
        in plan: [PlanStep]
    ) -> [FailedResource] {
        let later = plan.filter { $0.component == step.component && $0.number > step.number && $0.action.isConditional }
        let retained = Set(later.flatMap(\.action.retained))
        return failed.filter { resource in
            // What is nested goes by the nested stack's logical ids: no root can retain it.
            if resource.nestedIn == nil, retained.contains(resource.logicalID) { return false }
            return !later.contains { Self.removes($0.action, resource) }
        }
    }

    private static func removes(_ action: StepAction, _ resource: FailedResource) -> Bool {
        switch action {
        case .emptyBucket(let name): resource.type == "AWS::S3::Bucket" && resource.physicalID == name
        case .deleteImages(let name): resource.type == "AWS::ECR::Repository" && resource.physicalID == name
        case .deleteStack, .switchProtectionOff, .deleteAgain, .deleteLogGroup: false
        }
    }

    /// The plan goes on with its conditional steps.
    package static func isForeseen(_ failed: [FailedResource], of step: PlanStep, in plan: [PlanStep]) -> Bool {
        let again = plan.contains {
            $0.component == step.component && $0.number > step.number && $0.action.kind == .deleteAgain
        }
        return step.action == .deleteStack && again && !failed.isEmpty && uncovered(failed, of: step, in: plan).isEmpty
    }
}
