/// What a template says about the end of its resources.
package struct TemplateReading: Sendable, Hashable {
    /// By logical id.
    package var resources: [String: Resource]
    /// A macro such as SAM's makes another template of it, and that one counts.
    package var isTransformed: Bool

    package struct Resource: Sendable, Hashable {
        package var type: String
        package var deletionPolicy: String?
        /// A function in a VPC, whose network interfaces go slowly.
        package var isInVPC: Bool
        /// A database instance that belongs to a cluster, which has the data.
        package var isInCluster: Bool
        /// Who answers for a custom resource.
        package var serviceToken: Reference?

        package init(
            type: String,
            deletionPolicy: String? = nil,
            isInVPC: Bool = false,
            isInCluster: Bool = false,
            serviceToken: Reference? = nil
        ) {
            self.type = type
            self.deletionPolicy = deletionPolicy
            self.isInVPC = isInVPC
            self.isInCluster = isInCluster
            self.serviceToken = serviceToken
        }
    }

    /// A value of a template, as far as it can be followed.
    package enum Reference: Sendable, Hashable {
        /// May hold `${AWS::Region}` and the like.
        case literal(String)
        case attribute(of: String)
        case importValue(String)
        /// A parameter, or a resource's own id.
        case reference(String)
        case unknown
    }

    package init(resources: [String: Resource], isTransformed: Bool = false) {
        self.resources = resources
        self.isTransformed = isTransformed
    }

    /// What becomes of a resource when its stack is deleted.
    package enum Fate: Sendable, Hashable {
        case goes
        case stays
        /// It goes, and a snapshot of it stays.
        case leavesSnapshot
    }

    /// Where the template says nothing, CloudFormation's defaults hold: a cluster, and a database instance outside a
    /// cluster, leave a snapshot (AWS CloudFormation user guide, DeletionPolicy).
    package func fate(of logicalID: String) -> Fate {
        guard let resource = resources[logicalID] else { return .goes }
        switch resource.deletionPolicy {
        case "Retain", "RetainExceptOnCreate": return .stays
        case "Snapshot": return .leavesSnapshot
        case nil:
            let isDatabase =
                resource.type == "AWS::RDS::DBCluster"
                || (resource.type == "AWS::RDS::DBInstance" && !resource.isInCluster)
            return isDatabase ? .leavesSnapshot : .goes
        default: return .goes
        }
    }
}
