/// One environment inside a plan.
package struct PlannedEnvironment: Sendable, Hashable, Codable {
    package let key: EnvironmentKey
    package let verdictClass: VerdictClass
    package let components: [ComponentID]

    package init(key: EnvironmentKey, verdictClass: VerdictClass, components: [ComponentID]) {
        self.key = key
        self.verdictClass = verdictClass
        self.components = components
    }
}

/// Everything that an approver says yes to.
///
/// Its digest is what the approval binds.
package struct PlanDocument: Sendable, Hashable, Codable {
    package var environments: [PlannedEnvironment]
    package var steps: [PlanStep]
    package var losses: [Loss]
    /// Everything beyond deleting stacks, in words that people read: protection switched off, a bucket emptied, a
    /// resource retained.
    package var exceptions: [String]
    /// Digest of the policy text in force.
    package var policyRevision: Digest
    package var fingerprint: Fingerprint

    package init(
        environments: [PlannedEnvironment],
        steps: [PlanStep],
        losses: [Loss],
        exceptions: [String] = [],
        policyRevision: Digest,
        fingerprint: Fingerprint
    ) {
        self.environments = environments
        self.steps = steps
        self.losses = losses
        self.exceptions = exceptions
        self.policyRevision = policyRevision
        self.fingerprint = fingerprint
    }

    /// SHA-256 over the canonical encoding.
    ///
    /// No time, number or text of ours goes in: the same plan made again tomorrow has the same digest.
    package var digest: Digest {
        var encoder = CanonicalEncoder()
        encoder.append("curfew plan 2")
        encoder.append(list: environments.sorted { $0.key < $1.key }) {
            $0.append($1.key.description)
            $0.append($1.verdictClass.rawValue)
            $0.append(list: $1.components.sorted()) { $0.append($1.text) }
        }
        encoder.append(list: steps) {
            $0.append($1.number)
            $0.append($1.environment.description)
            $0.append($1.component.text)
            $0.append($1.target.description)
            $0.append($1.action.kind.rawValue)
            $0.append($1.action.subject)
            $0.append(list: $1.action.retained.sorted()) { $0.append($1) }
            $0.append(list: $1.after.sorted()) { $0.append($1) }
            $0.append($1.serviceRole)
        }
        encoder.append(
            list: losses.sorted { ($0.component.text, $0.type, $0.name) < ($1.component.text, $1.type, $1.name) }
        ) {
            $0.append($1.component.text)
            $0.append($1.type)
            $0.append($1.name)
        }
        encoder.append(list: exceptions.sorted()) { $0.append($1) }
        encoder.append(policyRevision.description)
        fingerprint.encode(into: &encoder)
        return encoder.digest
    }
}
