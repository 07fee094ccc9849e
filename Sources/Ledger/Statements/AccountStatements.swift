import Core
import Foundation
import Postgres

/// Accounts, targets and the kill switch, as operators set them.
enum AccountStatements {
    static func all() -> SQL {
        named(
            "accounts",
            """
            SELECT a.account, a.mode, a.mode_because, a.mode_by, a.mode_at, a.mode_origin, h.held_at, h.because AS held_because,
                (SELECT max(accepted_at) FROM account_holds o WHERE o.account = a.account) AS accepted_at
            FROM accounts a LEFT JOIN account_holds h ON h.account = a.account AND h.accepted_at IS NULL
            ORDER BY a.account
            """
        )
    }

    static func setMode(
        _ account: AccountID,
        _ mode: AccountRecord.Mode,
        of origin: AccountOverview.Origin,
        because: String,
        at: Date
    ) -> SQL {
        named(
            "set account mode",
            """
            WITH changed AS (
                INSERT INTO accounts (account, mode, mode_because, mode_by, mode_at, mode_origin)
                VALUES (\(account.text), \(mode.rawValue), \(because), session_user, \(at), \(origin.rawValue))
                ON CONFLICT (account) DO UPDATE SET mode = excluded.mode, mode_because = excluded.mode_because,
                    mode_by = excluded.mode_by, mode_at = excluded.mode_at, mode_origin = excluded.mode_origin
                RETURNING account, mode, mode_origin
            )
            INSERT INTO audit_log (event, details)
            SELECT 'account mode ' || mode,
                jsonb_build_object('account', account, 'because', \(because), 'from', mode_origin)
            FROM changed
            """
        )
    }

    static func lapseModes(_ accounts: [String], of origins: [String]) -> SQL {
        named("lapse account modes", "SELECT lapse_modes(\(accounts), \(origins)) AS lapsed")
    }

    static func retire(_ target: Target, because: String, at: Date) -> SQL {
        named(
            "retire target",
            """
            WITH retired AS (
                UPDATE targets SET state = 'retired', state_because = \(because), state_at = \(at), accepted_at = NULL
                WHERE account = \(target.account.text) AND region = \(target.region.text) AND state <> 'retired'
                RETURNING target_id
            ), closed AS (
                UPDATE components c SET gone_at = \(at), gone_because = 'unverifiable'
                FROM retired r WHERE c.target_id = r.target_id AND c.gone_at IS NULL RETURNING c.component_id
            )
            INSERT INTO audit_log (event, details)
            SELECT 'target retired', jsonb_build_object('target', \(target.description), 'because', \(because),
                'components', (SELECT count(*) FROM closed))
            FROM retired
            """
        )
    }

    static func accept(_ target: Target, because: String, at: Date) -> SQL {
        named(
            "accept target",
            """
            WITH accepted AS (
                UPDATE targets SET accepted_at = \(at)
                WHERE account = \(target.account.text) AND region = \(target.region.text) AND state <> 'retired'
                RETURNING target_id
            )
            INSERT INTO audit_log (event, details)
            SELECT 'target accepted', jsonb_build_object('target', \(target.description), 'because', \(because))
            FROM accepted
            """
        )
    }

    /// An account that is held already keeps its hold, and whoever was faster wrote it down.
    static func hold(_ holds: [AccountHold], at: Date) -> SQL {
        named(
            "hold accounts",
            """
            WITH held AS (
                INSERT INTO account_holds (account, because, held_at)
                SELECT n.account, n.because, \(at)
                FROM unnest(\(holds.map(\.account.text)), \(holds.map(\.because))) AS n (account, because)
                ON CONFLICT DO NOTHING RETURNING account, because
            )
            INSERT INTO audit_log (event, details)
            SELECT 'account held', jsonb_build_object('account', account, 'because', because) FROM held
            """
        )
    }

    static func accept(_ account: AccountID, because: String, at: Date) -> SQL {
        named(
            "accept account",
            """
            WITH accepted AS (
                UPDATE account_holds SET accepted_at = \(at), accepted_by = session_user, accepted_because = \(because)
                WHERE account = \(account.text) AND accepted_at IS NULL RETURNING account
            )
            INSERT INTO audit_log (event, details)
            SELECT 'account accepted', jsonb_build_object('account', account, 'because', \(because)) FROM accepted
            """
        )
    }

    static func pause(because: String, at: Date) -> SQL {
        named(
            "pause",
            """
            WITH paused AS (
                INSERT INTO pauses (because, paused_at) VALUES (\(because), \(at)) ON CONFLICT DO NOTHING RETURNING because
            )
            INSERT INTO audit_log (event, details) SELECT 'paused', jsonb_build_object('because', because) FROM paused
            """
        )
    }

    static func resume(at: Date) -> SQL {
        named(
            "resume",
            """
            WITH resumed AS (
                UPDATE pauses SET resumed_at = \(at), resumed_by = session_user WHERE resumed_at IS NULL RETURNING because
            )
            INSERT INTO audit_log (event, details) SELECT 'resumed', jsonb_build_object('because', because) FROM resumed
            """
        )
    }

    static func pauseReason() -> SQL {
        named("pause reason", "SELECT because, paused_by, paused_at FROM pauses WHERE resumed_at IS NULL")
    }
}
