import Core
import Postgres

/// The schema itself.
///
/// The lock's number is any constant that stays the same in every version.
enum MigrationStatements {
    static func lock() -> SQL { named("take migration lock", "SELECT pg_advisory_lock(4829116203)") }
    static func unlock() -> SQL { named("release migration lock", "SELECT pg_advisory_unlock(4829116203)") }

    static func hasTable() -> SQL {
        named(
            "has migrations",
            """
            SELECT EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'curfew' AND c.relname = 'schema_migrations'
            ) AS present
            """
        )
    }

    static func applied() -> SQL {
        named("applied migrations", "SELECT number, name, checksum FROM curfew.schema_migrations ORDER BY number")
    }

    static func makeSchema() -> SQL { named("make schema", "CREATE SCHEMA IF NOT EXISTS curfew") }

    /// Until the end of the transaction, whatever the session's own settings are.
    static func useSchema() -> SQL { named("use schema", "SET LOCAL search_path = curfew, pg_temp") }

    static func makeTable() -> SQL {
        named(
            "make migrations table",
            """
            CREATE TABLE IF NOT EXISTS curfew.schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum bytea NOT NULL CHECK (length(checksum) = 32),
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                applied_by text NOT NULL DEFAULT session_user
            )
            """
        )
    }

    static func add(_ migration: Migration) -> SQL {
        named(
            "add migration",
            """
            INSERT INTO curfew.schema_migrations (number, name, checksum)
            VALUES (\(Int32(clamping: migration.number)), \(migration.name), \(migration.checksum.bytes))
            """
        )
    }

    /// The schema's owner, where this login may act as it and is not it.
    static func owner() -> SQL {
        named(
            "owner of schema",
            """
            SELECT r.rolname::text AS owner FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
            WHERE n.nspname = 'curfew' AND r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')
            """
        )
    }

    /// Until the end of the transaction; `session_user` stays who is connected.
    static func become(_ role: String) -> SQL { named("become owner", "SET LOCAL ROLE \(identifier: role)") }

    /// Which grants were applied, as a remark on the schema.
    static func grantsApplied() -> SQL {
        named(
            "grants applied",
            """
            SELECT coalesce(obj_description(oid, 'pg_namespace'), '') AS remark FROM pg_namespace WHERE nspname = 'curfew'
            """
        )
    }

    static func remark(_ text: String) -> SQL {
        named("remark on schema", "COMMENT ON SCHEMA curfew IS \(literal: text)")
    }

    static func hasSchema() -> SQL {
        named("has schema", "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'curfew') AS present")
    }

    static func tables() -> SQL {
        named("tables", "SELECT tablename::text FROM pg_tables WHERE schemaname = 'curfew' ORDER BY tablename")
    }

    static func rows(of table: String) -> SQL {
        named("rows of table", "SELECT count(*) FROM curfew.\(identifier: table)")
    }

    /// Every login and group with the groups it is in, and the last seal of the audit log.
    static func groupMembers() -> SQL {
        named(
            "group members",
            """
            SELECT r.rolname || ' is in ' || coalesce((
                SELECT string_agg(g.rolname::text, ', ' ORDER BY g.rolname)
                FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid
            ), 'no group') FROM pg_roles r WHERE r.rolname NOT LIKE 'pg\\_%'
            UNION ALL
            SELECT 'the last seal ' || coalesce((
                SELECT encode(digest, 'hex') FROM audit_seals ORDER BY seal_number DESC LIMIT 1
            ), 'of none')
            ORDER BY 1
            """
        )
    }

    /// Whether this login may make roles, and whether it owns the database (a superuser does).
    static func rightsToRestore() -> SQL {
        named(
            "rights to restore",
            """
            SELECT r.rolsuper OR r.rolcreaterole AS roles, pg_has_role(session_user, d.datdba, 'MEMBER') AS owner
            FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()
            """
        )
    }

    /// A script for psql, which has no parameters.
    ///
    /// A backup of what was paused stays paused for the reason it had. Approvals of then say nothing of what was rejected,
    /// protected, extended or claimed since: those who gave them are asked again.
    static func restoredPaused(because: String) -> String {
        SQL(
            """
            SET search_path = curfew, pg_temp;
            WITH paused AS (
                INSERT INTO pauses (because, paused_at) VALUES (\(literal: because), clock_timestamp())
                ON CONFLICT DO NOTHING RETURNING because
            )
            INSERT INTO audit_log (event, details) SELECT 'paused', jsonb_build_object('because', because) FROM paused;
            WITH moved AS (
                UPDATE plans SET state = 'withdrawn', ended_at = clock_timestamp(), ended_because = \(literal: because)
                WHERE state IN ('awaiting approval', 'approved') RETURNING plan_id, digest
            )
            INSERT INTO audit_log (event, plan_id, details)
            SELECT 'plan withdrawn', plan_id,
                jsonb_build_object('digest', encode(digest, 'hex'), 'because', \(literal: because)) FROM moved;
            """
        ).text
    }

    static func addGroup(_ name: String) -> SQL { named("add group", "CREATE ROLE \(identifier: name) NOLOGIN") }

    static func letOwnerMakeSchema() -> SQL {
        named(
            "let owner make schema",
            """
            DO $$ BEGIN EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO curfew_owner', current_database()); END $$
            """
        )
    }

    static func role(_ name: String) -> SQL {
        named("role", "SELECT FROM pg_roles WHERE rolname = \(name)")
    }

    static func addLogin(_ name: String) -> SQL { named("add login", "CREATE ROLE \(identifier: name) LOGIN") }

    static func joinGroups(_ name: String) -> SQL {
        named("join groups", "GRANT curfew_operator, curfew_scanner, curfew_reaper TO \(identifier: name)")
    }
}
