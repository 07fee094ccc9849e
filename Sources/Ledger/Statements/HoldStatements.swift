import Core
import Foundation
import Postgres

/// What people say about one environment.
///
/// Each changes nothing where the environment's life has ended.
enum HoldStatements {
    enum Kind: String, CaseIterable {
        case protection
        case lease
    }

    private static func open(_ key: EnvironmentKey) -> SQL {
        "SELECT environment_id FROM environments WHERE environment_id IN (\(AuditStatements.id(of: key))) AND ended_at IS NULL"
    }

    /// Binds the environment and each component it has now, so that regrouping does not lift it.
    static func set(_ kind: Kind, _ key: EnvironmentKey, until: Date, because: String, at: Date) -> SQL {
        let (table, id, bound, event) =
            switch kind {
            case .protection: ("protections", "protection_id", "protected_components", "protected")
            case .lease: ("leases", "lease_id", "leased_components", "extended")
            }
        let statement: SQL = """
            WITH made AS (
                INSERT INTO \(raw: table) (environment_id, until, because, set_at)
                SELECT environment_id, \(until), \(because), \(at) FROM (\(open(key))) e
                RETURNING \(raw: id), environment_id
            ), bound AS (
                INSERT INTO \(raw: bound) (\(raw: id), component_id)
                SELECT m.\(raw: id), c.component_id FROM made m JOIN components c USING (environment_id)
                WHERE c.gone_at IS NULL
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT \(event), environment_id, jsonb_build_object('until', \(until), 'because', \(because)) FROM made
            """
        return statement.named("set \(kind.rawValue)")
    }

    /// Ends every open one that binds the environment, itself or through a component; the count is of those.
    static func end(_ kind: Kind, _ key: EnvironmentKey, event: String, at: Date) -> SQL {
        let (table, id, view) =
            switch kind {
            case .protection: ("protections", "protection_id", "environment_protections")
            case .lease: ("leases", "lease_id", "environment_leases")
            }
        let statement: SQL = """
            WITH ended AS (
                UPDATE \(raw: table) h SET ended_at = \(at), ended_by = session_user
                FROM \(raw: view) b
                WHERE b.\(raw: id) = h.\(raw: id) AND h.ended_at IS NULL
                    AND b.environment_id IN (\(AuditStatements.id(of: key)))
                RETURNING b.environment_id, h.until, h.because
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT \(event), environment_id, jsonb_build_object('until', until, 'because', because) FROM ended
            """
        return statement.named("end \(kind.rawValue)")
    }

    /// Binds each component that the environment has now, so that the claim goes along to another space.
    static func claim(_ key: EnvironmentKey, owner: String, at: Date) -> SQL {
        named(
            "claim",
            """
            WITH made AS (
                INSERT INTO claims (environment_id, owner, set_at)
                SELECT environment_id, \(owner), \(at) FROM (\(open(key))) e RETURNING claim_id, environment_id
            ), bound AS (
                INSERT INTO claimed_components (claim_id, component_id)
                SELECT m.claim_id, c.component_id FROM made m JOIN components c USING (environment_id)
                WHERE c.gone_at IS NULL
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'claimed', environment_id, jsonb_build_object('owner', \(owner)) FROM made
            """
        )
    }

    static func release(_ key: EnvironmentKey, at: Date) -> SQL {
        named(
            "release",
            """
            WITH made AS (
                INSERT INTO releases (environment_id, set_at)
                SELECT environment_id, \(at) FROM (\(open(key))) e RETURNING environment_id
            )
            INSERT INTO audit_log (event, environment_id) SELECT 'released', environment_id FROM made
            """
        )
    }

    static func endReleases(_ key: EnvironmentKey, because: String, at: Date) -> SQL {
        named(
            "end releases of environment",
            """
            WITH ended AS (
                UPDATE releases SET ended_at = \(at), ended_because = \(because)
                WHERE ended_at IS NULL AND environment_id IN (\(AuditStatements.id(of: key))) RETURNING environment_id
            )
            INSERT INTO audit_log (event, environment_id)
            SELECT 'release ended: ' || \(because), environment_id FROM ended
            """
        )
    }

    static func lock(_ key: EnvironmentKey) -> SQL {
        named(
            "lock environment",
            "SELECT ended_at FROM environments WHERE environment_id IN (\(AuditStatements.id(of: key))) FOR UPDATE"
        )
    }
}
