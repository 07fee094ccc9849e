import Core
import Foundation
import Postgres

/// What pipelines register; who, when and whether it may are the schema's.
enum RegistrationStatements {
    static func register(_ draft: RegistrationDraft, in space: SpaceName) -> SQL {
        named(
            "register",
            """
            SELECT * FROM register(\(space.text), \(draft.name.text), \(draft.owner.text), \(draft.answers.text),
                \(draft.branch as String?), \(draft.repository as String?), \(draft.commit as String?),
                \(draft.lifetime as Duration?))
            """
        )
    }

    static func spaces(with name: EnvironmentName) -> SQL {
        named(
            "spaces of name",
            "SELECT space FROM environments WHERE name = \(name.text) AND ended_at IS NULL ORDER BY space"
        )
    }

    /// The schema's `registration_counts` for a registration `g`, a life `e` and the life before it `f`.
    ///
    /// A function that pins its search path is called for each row: of 10,000 environments that takes half a second.
    static let counts: SQL = """
        (g.registered_at >= e.oldest_at - interval '1 hour'
            AND (e.ended_at IS NULL OR g.registered_at < e.ended_at)
            AND (f.ended_at IS NULL OR f.ended_at >= e.oldest_at OR g.registered_at >= f.ended_at))
        """

    /// The newest that counts for each life `e`, as `registered`; a join for other statements.
    static let newest: SQL = """
        LEFT JOIN LATERAL (
            SELECT g.owner, g.branch, g.repository, g.commit_hash, g.expires_at, g.registered_by, g.registered_at
            FROM registrations g LEFT JOIN environments f
                ON f.space = e.space AND f.name = e.name AND f.incarnation = e.incarnation - 1
            WHERE g.space = e.space AND g.name = e.name AND \(counts)
            ORDER BY g.registered_at DESC, g.registration_id DESC LIMIT 1
        ) registered ON true
        """

    /// What `Registration.init(row:)` reads of that join.
    static let columns: SQL = """
        registered.owner AS registered_owner, registered.branch AS registered_branch,
        registered.repository AS registered_repository, registered.commit_hash AS registered_commit,
        registered.expires_at AS registered_expires_at, registered.registered_by, registered.registered_at
        """
}
