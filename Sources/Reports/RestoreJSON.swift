package import Core
package import Foundation

/// What a restore would do, or did, as `curfew restore --json` writes it; without any value of a parameter or output.
package struct RestoreJSON: Encodable, Sendable {
    package var space: String
    package var name: String
    /// The life that is restored, not the one that begins.
    package var incarnation: Int
    package var plans: [String]
    package var applied: Bool
    package var complete: Bool
    package var stacks: [Stack]
    package var losses: [Loss]
    package var cautions: [String]

    package struct Stack: Encodable, Sendable {
        package var name: String
        package var account: String
        package var region: String
        /// As it was, and as it was made again.
        package var component: String
        @OrNull package var made: String?
        package var plan: String
        package var keptAt: Date
        /// `ready`, `blocked`, `still there`, `making`, `made`, `failed` or `waiting`.
        package var state: String
        @OrNull package var reason: String?
        package var blockers: [String]
        package var after: [String]
        package var parameters: [Parameter]
        package var capabilities: [String]
        @OrNull package var serviceRole: String?
        package var stackPolicy: Bool
        package var terminationProtection: Bool
        package var resources: Int
    }

    package struct Parameter: Encodable, Sendable {
        package var name: String
        /// `known`, `not known` or `given`.
        package var value: String
    }

    package struct Loss: Encodable, Sendable {
        /// `data`, `snapshot`, `kept` or `log group`.
        package var kind: String
        package var stack: String
        package var type: String
        package var name: String
    }

    package init(_ draft: RestoreDraft, applied: Bool) {
        space = draft.key.space.text
        name = draft.key.name.text
        incarnation = draft.key.incarnation
        plans = draft.plans.map(\.description)
        self.applied = applied
        complete = draft.isComplete
        stacks = draft.stacks.map { stack in
            Stack(
                name: stack.name,
                account: stack.target.account.text,
                region: stack.target.region.text,
                component: stack.component.text,
                made: stack.made?.text,
                plan: stack.plan.description,
                keptAt: stack.storedAt,
                state: stack.state.rawValue,
                reason: stack.reason,
                blockers: stack.blockers,
                after: stack.after,
                parameters: stack.parameters.sorted { $0.key < $1.key }
                    .map { Parameter(name: $0.key, value: $0.value.rawValue) },
                capabilities: stack.capabilities,
                serviceRole: stack.serviceRole,
                stackPolicy: stack.hasStackPolicy,
                terminationProtection: stack.terminationProtection,
                resources: stack.resourceCount
            )
        }
        losses = draft.losses.map { Loss(kind: $0.kind.rawValue, stack: $0.stack, type: $0.type, name: $0.name) }
        cautions = draft.cautions
    }
}
