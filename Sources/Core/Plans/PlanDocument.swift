/// A plan's number; people write `P12`.
package struct PlanID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }

    /// Reads `P12`, `p12` or `12`.
    package init?(text: String) {
        let digits = text.hasPrefix("P") || text.hasPrefix("p") ? text.dropFirst() : Substring(text)
        guard let number = Int64(digits), number > 0 else { return nil }
        self.number = number
    }

    package var description: String { "P\(number)" }
    package static func < (left: PlanID, right: PlanID) -> Bool { left.number < right.number }
}

/// The number of plans made together; people write `R3`.
package struct RunID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }

    /// Reads `R3` or `r3` (not a bare number: that is a plan).
    package init?(text: String) {
        guard text.hasPrefix("R") || text.hasPrefix("r"), let number = Int64(text.dropFirst()), number > 0 else {
            return nil
        }
        self.number = number
    }

    package var description: String { "R\(number)" }
    package static func < (left: RunID, right: RunID) -> Bool { left.number < right.number }
}

/// What a plan rests on for one environment; it must still hold when the plan is carried out.
package enum VerdictClass: String, Sendable, Codable, CaseIterable {
    case stale
    case released
    case partlyReaped = "partly reaped"
    /// A person named it; it may not be stale, and the plan says so.
    case named
}

/// One call that will be made: delete exactly this component.
package struct PlanStep: Sendable, Hashable, Codable {
    /// 1, 2, 3 … in an order that respects every dependency.
    package let number: Int
    package let environment: EnvironmentKey
    package let component: ComponentID
    package let target: Target
    package let name: String
    /// Steps that must be done before this one starts.
    package let after: [Int]
    /// With whose power the provider deletes it: its service role, or ours when nil.
    package let serviceRole: String?

    package init(
        number: Int,
        environment: EnvironmentKey,
        component: ComponentID,
        target: Target,
        name: String,
        after: [Int],
        serviceRole: String?
    ) {
        self.number = number
        self.environment = environment
        self.component = component
        self.target = target
        self.name = name
        self.after = after
        self.serviceRole = serviceRole
    }
}

/// A data-bearing resource that goes with the environment.
package struct Loss: Sendable, Hashable, Codable {
    package let component: ComponentID
    package let type: String
    package let name: String

    package init(component: ComponentID, type: String, name: String) {
        self.component = component
        self.type = type
        self.name = name
    }
}

/// Why a plan cannot be carried out as things are.
///
/// A plan with any stays a draft.
package struct Blocker: Sendable, Hashable, Codable, Comparable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case importer = "importer outside"
        case cycle
        case terminationProtection = "termination protection"
        case busy = "operation in progress"
        case notEmpty = "not empty"
        case unread = "could not be read"
        case nested = "part of another component"
        case tooLarge = "larger than a budget"
        case account = "account"
    }

    package let kind: Kind
    package let component: ComponentID?
    package let text: String

    package init(_ kind: Kind, _ component: ComponentID?, _ text: String) {
        self.kind = kind
        self.component = component
        self.text = text
    }

    package static func < (left: Blocker, right: Blocker) -> Bool {
        (left.component?.text ?? "", left.kind.rawValue, left.text)
            < (right.component?.text ?? "", right.kind.rawValue, right.text)
    }
}

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
    /// Named exceptions, such as protection switched off; none are possible yet.
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
        encoder.append("curfew plan 1")
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
