package import Foundation

/// What a pipeline said of an environment when it deployed it.
///
/// Registrations are made before the inventory knows the environment, so they go by its name.
package struct Registration: Sendable, Hashable {
    package var space: SpaceName
    package var name: EnvironmentName
    package var owner: OwnerName
    package var branch: String?
    package var repository: String?
    package var commit: String?
    /// From then on it is not wanted any more, as far as the pipeline knew; nil where it did not say.
    package var expiresAt: Date?
    /// The database login that registered it, as the database proves it.
    package var by: String
    /// By the database's clock.
    package var at: Date

    package init(
        space: SpaceName,
        name: EnvironmentName,
        owner: OwnerName,
        branch: String? = nil,
        repository: String? = nil,
        commit: String? = nil,
        expiresAt: Date? = nil,
        by: String,
        at: Date
    ) {
        self.space = space
        self.name = name
        self.owner = owner
        self.branch = branch
        self.repository = repository
        self.commit = commit
        self.expiresAt = expiresAt
        self.by = by
        self.at = at
    }

    /// As evidence of who the owner is; tags and claims outweigh it.
    ///
    /// The words are the schema's own (`register`), and hold no time: each deployment registers anew, and nothing about
    /// the owner has changed.
    package var evidence: OwnerEvidence {
        OwnerEvidence(owner: owner, source: .registration, confidence: .registered, detail: "registered by \(by)")
    }
}

/// One life of an environment, as far as registrations go.
package struct RegisteredLife: Sendable, Hashable {
    /// When the oldest component it ever had was created.
    package var oldest: Date
    package var ended: Date?
    /// When the life of that name before this one ended.
    package var formerEnded: Date?

    package init(oldest: Date, ended: Date? = nil, formerEnded: Date? = nil) {
        self.oldest = oldest
        self.ended = ended
        self.formerEnded = formerEnded
    }

    /// How long before its first component a life can be registered: pipelines register before they deploy, or after.
    package static let lead = Duration.seconds(3_600)

    /// Whether a registration of that moment is about this life and no other.
    ///
    /// What was said while the life before was known to be there is about that one, however short the gap. Where its
    /// end was noticed only after this one had begun, the hour alone decides.
    package func counts(_ at: Date) -> Bool {
        if at.later(by: Self.lead) < oldest { return false }
        if let ended, at >= ended { return false }
        if let formerEnded, formerEnded < oldest, at < formerEnded { return false }
        return true
    }
}
