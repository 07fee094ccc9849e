import Core
import Postgres

/// Leases, all on the database's clock.
enum LeaseStatements {
    /// No row where somebody holds it.
    ///
    /// The window that has to pass is the one that the former holder stored.
    static func claim(_ name: String, holder: String, for time: Duration, signatureWindow: Duration) -> SQL {
        named(
            "claim lease",
            """
            INSERT INTO work_leases AS l (name, fence, holder, expires_at, signature_window)
            VALUES (\(name), 1, \(holder), clock_timestamp() + \(time), \(signatureWindow))
            ON CONFLICT (name) DO UPDATE SET fence = l.fence + 1, holder = excluded.holder,
                renewed_at = clock_timestamp(), expires_at = clock_timestamp() + \(time),
                signature_window = excluded.signature_window, released_at = NULL
            WHERE l.released_at IS NOT NULL OR l.expires_at + l.signature_window < clock_timestamp()
            RETURNING fence, \(remaining)
            """
        )
    }

    static func holder(of name: String) -> SQL {
        named(
            "holder of lease",
            """
            SELECT holder, claimed_at, expires_at > clock_timestamp() AS alive,
                extract(epoch FROM expires_at + signature_window - clock_timestamp())::float8 AS wait
            FROM work_leases WHERE name = \(name) AND released_at IS NULL
            """
        )
    }

    static func renew(_ lease: WorkLease, for time: Duration) -> SQL {
        named(
            "renew lease",
            """
            UPDATE work_leases SET renewed_at = clock_timestamp(), expires_at = clock_timestamp() + \(time)
            WHERE name = \(lease.name) AND fence = \(lease.fence) AND released_at IS NULL
            RETURNING fence, \(remaining)
            """
        )
    }

    static func release(_ lease: WorkLease) -> SQL {
        named(
            "release lease",
            """
            UPDATE work_leases SET released_at = clock_timestamp()
            WHERE name = \(lease.name) AND fence = \(lease.fence) AND released_at IS NULL
            """
        )
    }

    /// No row where it was lost, given back, or has run out.
    static func look(_ lease: WorkLease) -> SQL {
        named(
            "look at lease",
            """
            SELECT fence, \(remaining) FROM work_leases
            WHERE name = \(lease.name) AND fence = \(lease.fence) AND released_at IS NULL
                AND expires_at > clock_timestamp()
            """
        )
    }

    private static let remaining: SQL = "extract(epoch FROM expires_at - clock_timestamp())::float8 AS remaining"
}
