package import Foundation

/// What `curfew restore` would do for one life of an environment, or did.
///
/// It holds names and no values: parameters and outputs can be secrets (P17).
package struct RestoreDraft: Sendable {
    package var key: EnvironmentKey
    /// The plans that took it down, newest first.
    package var plans: [PlanID]
    /// In the order in which they are made.
    package var stacks: [RestoreStack]
    /// What does not come back by itself.
    package var losses: [RestoreLoss]
    /// What somebody should know before saying yes, and what could not be read.
    package var cautions: [String]

    package init(
        key: EnvironmentKey,
        plans: [PlanID],
        stacks: [RestoreStack],
        losses: [RestoreLoss],
        cautions: [String]
    ) {
        self.key = key
        self.plans = plans
        self.stacks = stacks
        self.losses = losses
        self.cautions = cautions
    }

    package var isBlocked: Bool { stacks.contains { !$0.blockers.isEmpty } }
    /// Every stack is there.
    package var isComplete: Bool { stacks.allSatisfy { $0.state == .made || $0.state == .stands } }
}

/// One stack on its way back.
package struct RestoreStack: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// It would be made.
        case ready
        /// Something stands in the way of it.
        case blocked
        /// The stack that was to be deleted is still there.
        case stands = "still there"
        /// It was asked for, and the provider is at work.
        case making
        case made
        case failed
        /// Not asked for, because one before it did not get that far.
        case waiting
    }

    package enum Parameter: String, Sendable, CaseIterable {
        /// As it was.
        case known
        /// Its value was never shown to us.
        case notKnown = "not known"
        /// Somebody gave a value for this restore.
        case given
    }

    package var component: ComponentID
    package var name: String
    package var target: Target
    package var plan: PlanID
    package var storedAt: Date
    package var state: State
    /// Names of the stacks that must be there before it.
    package var after: [String]
    package var parameters: [String: Parameter]
    package var capabilities: [String]
    package var serviceRole: String?
    package var hasStackPolicy: Bool
    package var terminationProtection: Bool
    package var resourceCount: Int
    /// Why it cannot be made.
    package var blockers: [String]
    /// The stack that was made for it.
    package var made: ComponentID?
    /// Why it failed, or what is awaited.
    package var reason: String?

    package init(
        component: ComponentID,
        name: String,
        target: Target,
        plan: PlanID,
        storedAt: Date,
        state: State = .ready,
        after: [String] = [],
        parameters: [String: Parameter] = [:],
        capabilities: [String] = [],
        serviceRole: String? = nil,
        hasStackPolicy: Bool = false,
        terminationProtection: Bool = false,
        resourceCount: Int = 0,
        blockers: [String] = [],
        made: ComponentID? = nil,
        reason: String? = nil
    ) {
        self.component = component
        self.name = name
        self.target = target
        self.plan = plan
        self.storedAt = storedAt
        self.state = state
        self.after = after
        self.parameters = parameters
        self.capabilities = capabilities
        self.serviceRole = serviceRole
        self.hasStackPolicy = hasStackPolicy
        self.terminationProtection = terminationProtection
        self.resourceCount = resourceCount
        self.blockers = blockers
        self.made = made
        self.reason = reason
    }
}

/// Something that a stack made again does not bring back.
package struct RestoreLoss: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// It is made anew and empty.
        case data
        /// A snapshot of it stayed; it is restored from that by hand.
        case snapshot
        /// It stayed, and stands beside the new one, or in its way.
        case kept
        case logGroup = "log group"
    }

    package var kind: Kind
    package var stack: String
    package var type: String
    package var name: String

    package init(kind: Kind, stack: String, type: String, name: String) {
        self.kind = kind
        self.stack = stack
        self.type = type
        self.name = name
    }
}

/// A value that a person gives for a parameter, for one restore; it is kept nowhere.
package struct GivenParameter: Sendable, CustomStringConvertible {
    package let stack: String
    package let name: String
    package let value: String
    /// It came over the command line, where everybody on the machine can read it.
    package let isPublic: Bool

    package init(stack: String, name: String, value: String, isPublic: Bool) {
        self.stack = stack
        self.name = name
        self.value = value
        self.isPublic = isPublic
    }

    /// Reads `STACK/NAME=VALUE`.
    package init?(text: String, isPublic: Bool) {
        guard let equals = text.firstIndex(of: "="), let slash = text[..<equals].firstIndex(of: "/") else { return nil }
        let stack = String(text[..<slash])
        let name = String(text[text.index(after: slash)..<equals])
        guard !stack.isEmpty, !name.isEmpty else { return nil }
        self.init(stack: stack, name: name, value: String(text[text.index(after: equals)...]), isPublic: isPublic)
    }

    package var description: String { "\(stack)/\(name)" }
}
