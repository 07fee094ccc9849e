package import Core
package import Foundation

/// What a pipeline registered, as `curfew show --json` and `curfew list --json` write it.
package struct RegistrationJSON: Encodable, Sendable {
    package var owner: String
    @OrNull package var branch: String?
    @OrNull package var repository: String?
    @OrNull package var commit: String?
    package var registeredAt: Date
    /// The database login that did.
    package var registeredBy: String
    /// From then on `ttl_tag: expired` is true, unless a tag says later; null where no lifetime was given.
    @OrNull package var expiresAt: Date?

    package init(_ registration: Registration) {
        owner = registration.owner.text
        branch = registration.branch
        repository = registration.repository
        commit = registration.commit
        registeredAt = registration.at
        registeredBy = registration.by
        expiresAt = registration.expiresAt
    }
}

/// One registration and what it came to, as `curfew register --json` writes it.
package struct RegisteredJSON: Encodable, Sendable {
    package var space: String
    /// As the inventory will call it.
    package var name: String
    /// The life that it counts for; null where no scan has seen it yet.
    @OrNull package var incarnation: Int?
    package var registration: RegistrationJSON
    /// Whose the environment is now, and by what (`claim`, `tag`, `registration`, `conflict`); null as `incarnation` is,
    /// and where several answer for it.
    @OrNull package var owner: String?
    @OrNull package var ownerSource: String?

    package init(_ registered: RegisteredEnvironment) {
        space = registered.registration.space.text
        name = registered.registration.name.text
        incarnation = registered.life?.incarnation
        registration = RegistrationJSON(registered.registration)
        owner = registered.owner?.owner
        ownerSource = registered.owner?.source
    }
}
