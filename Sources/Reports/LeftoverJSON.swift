package import Core
package import Foundation

/// Something that stayed, as `curfew leftovers --json` writes it.
package struct LeftoverJSON: Encodable, Sendable {
    /// `L12`.
    package var id: String
    package var space: String
    package var environment: String
    package var incarnation: Int
    package var account: String
    package var region: String
    package var type: String
    /// A physical id or an ARN.
    package var identifier: String
    /// `retained`, `snapshot`, `log group`, `named`, `tagged` or `failed`.
    package var reason: String
    /// The same in a sentence.
    package var because: String
    /// How to remove it by hand.
    package var removal: String
    @OrNull package var owner: String?
    @OrNull package var plan: String?
    @OrNull package var component: String?
    package var foundAt: Date
    package var lastSeenAt: Date
    package var checkedAt: Date
    @OrNull package var goneAt: Date?

    package init(_ record: LeftoverRecord) {
        let left = record.leftover
        id = record.id.description
        space = left.environment.space.text
        environment = left.environment.name.text
        incarnation = left.environment.incarnation
        account = left.target.account.text
        region = left.target.region.text
        type = left.type
        identifier = left.identifier
        reason = left.reason.rawValue
        because = left.because
        removal = left.removal
        owner = left.owner
        plan = left.plan?.description
        component = left.component?.text
        foundAt = record.foundAt
        lastSeenAt = record.lastSeenAt
        checkedAt = record.checkedAt
        goneAt = record.goneAt
    }
}
