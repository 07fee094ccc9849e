import Core
import Foundation
import Postgres

/// Scans that several processes read together; leases and fences are on the database's clock.
enum SharingStatements {
    /// Long enough for a machine that was started again to go on, too short for yesterday's readings to count for today.
    private static let fresh: SQL = "interval '1 hour'"

    static func abandonUnheard(at: Date) -> SQL {
        named(
            "abandon scans",
            """
            UPDATE scans s SET state = 'abandoned', finished_at = greatest(\(at), started_at)
            WHERE state = 'running' AND NOT EXISTS (
                SELECT FROM scan_workers w
                WHERE w.scan_id = s.scan_id AND w.heard_until > clock_timestamp() - \(fresh)
            )
            """
        )
    }

    /// Locked, so that it does not end before somebody has joined it.
    static func running(_ extent: Digest) -> SQL {
        named(
            "running scan",
            """
            SELECT scan_id FROM scans WHERE state = 'running' AND extent = \(extent.bytes)
            ORDER BY scan_id DESC LIMIT 1 FOR UPDATE
            """
        )
    }

    static func begin(_ extent: ScanExtent, at: Date) -> SQL {
        let digest = extent.isShared ? extent.digest.bytes : nil
        return named(
            "begin scan",
            """
            INSERT INTO scans (whole, extent, started_at) VALUES (\(extent.whole), \(digest as [UInt8]?), \(at))
            RETURNING scan_id
            """
        )
    }

    static func addWorker(_ name: String, to scan: ScanID, lease: Duration) -> SQL {
        named(
            "add worker",
            """
            INSERT INTO scan_workers (scan_id, name, heard_until)
            VALUES (\(scan.number), \(name), clock_timestamp() + \(lease)) RETURNING worker_id
            """
        )
    }

    /// In the order given.
    static func line(up targets: [Target], for scan: ScanID) -> SQL {
        named(
            "line up targets",
            """
            INSERT INTO scan_targets (scan_id, target_id, position)
            SELECT \(scan.number), t.target_id, w.position
            FROM unnest(\(targets.map(\.account.text)), \(targets.map(\.region.text)))
                WITH ORDINALITY AS w (account, region, position)
            JOIN targets t USING (account, region)
            """
        )
    }

    /// The first that is free, locked; those that somebody is just looking at are passed over.
    static func nextFree(in scan: ScanID) -> SQL {
        named(
            "next free target",
            """
            SELECT s.target_id FROM scan_targets s
            JOIN targets t USING (target_id) JOIN scans c USING (scan_id)
            WHERE s.scan_id = \(scan.number) AND s.state = 'waiting' AND c.state = 'running' AND NOT EXISTS (
                SELECT FROM scan_targets o WHERE o.target_id = s.target_id AND o.state = 'claimed'
            )
            ORDER BY s.position LIMIT 1 FOR UPDATE OF s, t SKIP LOCKED
            """
        )
    }

    /// Under the lock of `nextFree`, and looking anew: another scan may have taken it just before that.
    static func claim(_ target: Int64, for share: ScanShare, lease: Duration) -> SQL {
        named(
            "claim target",
            """
            WITH fenced AS (
                UPDATE targets t SET fence = t.fence + 1
                WHERE t.target_id = \(target) AND NOT EXISTS (
                    SELECT FROM scan_targets o WHERE o.target_id = t.target_id AND o.state = 'claimed'
                )
                RETURNING t.target_id, t.account, t.region, t.fence, t.accepted_at IS NOT NULL AS accepted
            )
            UPDATE scan_targets s SET state = 'claimed', worker_id = \(share.worker.number), fence = f.fence,
                lease_until = clock_timestamp() + \(lease), attempts = s.attempts + 1
            FROM fenced f
            WHERE s.scan_id = \(share.scan.number) AND s.target_id = f.target_id AND s.state = 'waiting'
            RETURNING f.account, f.region, f.fence, f.accepted, s.attempts
            """
        )
    }

    /// What this scan has still to read and somebody, of whichever scan, has held for longer than they said.
    static func giveBack(for scan: ScanID) -> SQL {
        named(
            "give claims back",
            """
            WITH late AS (
                SELECT o.scan_id, o.target_id FROM scan_targets o
                WHERE o.state = 'claimed' AND o.lease_until < clock_timestamp() AND o.target_id IN (
                    SELECT m.target_id FROM scan_targets m WHERE m.scan_id = \(scan.number) AND m.state <> 'read'
                )
                FOR UPDATE SKIP LOCKED
            )
            UPDATE scan_targets s SET state = 'waiting', worker_id = NULL, lease_until = NULL
            FROM late l WHERE s.scan_id = l.scan_id AND s.target_id = l.target_id AND s.state = 'claimed'
            """
        )
    }

    /// One that was not taken over.
    static func giveBack(_ claim: TargetClaim) -> SQL {
        named(
            "give a claim back",
            """
            UPDATE scan_targets SET state = 'waiting', worker_id = NULL, lease_until = NULL
            WHERE scan_id = \(claim.scan.number) AND worker_id = \(claim.worker.number) AND fence = \(claim.fence)
                AND state = 'claimed'
            """
        )
    }

    /// What is just being recorded is locked and needs no more time; a lease that ran out is not revived, or a worker
    /// that was frozen would record what it read long ago.
    static func renew(_ share: ScanShare, lease: Duration) -> SQL {
        named(
            "renew claims",
            """
            WITH held AS (
                SELECT scan_id, target_id FROM scan_targets
                WHERE scan_id = \(share.scan.number) AND worker_id = \(share.worker.number) AND state = 'claimed'
                    AND lease_until > clock_timestamp()
                FOR UPDATE SKIP LOCKED
            )
            UPDATE scan_targets s SET lease_until = clock_timestamp() + \(lease)
            FROM held h WHERE s.scan_id = h.scan_id AND s.target_id = h.target_id AND s.state = 'claimed'
            """
        )
    }

    static func hear(_ share: ScanShare, lease: Duration) -> SQL {
        named(
            "hear of worker",
            """
            UPDATE scan_workers SET heard_until = greatest(heard_until, clock_timestamp() + \(lease))
            WHERE worker_id = \(share.worker.number) AND scan_id = \(share.scan.number)
            """
        )
    }

    /// No row where the claim was taken over, given back, or has run out.
    static func settle(_ claim: TargetClaim, target: Int64) -> SQL {
        named(
            "settle claim",
            """
            UPDATE scan_targets s SET state = 'read', lease_until = NULL
            FROM scans c
            WHERE s.scan_id = \(claim.scan.number) AND s.target_id = \(target) AND s.state = 'claimed'
                AND s.worker_id = \(claim.worker.number) AND s.fence = \(claim.fence)
                AND s.lease_until > clock_timestamp() AND c.scan_id = s.scan_id AND c.state = 'running'
            """
        )
    }

    static func noteCalls(of worker: WorkerID, _ calls: JSONB, read: Int) -> SQL {
        named(
            "note calls",
            """
            UPDATE scan_workers SET calls = \(calls), read = read + \(Int32(clamping: read))
            WHERE worker_id = \(worker.number)
            """
        )
    }

    static func progress(of share: ScanShare) -> SQL {
        named(
            "scan progress",
            """
            SELECT c.state = 'running' AS running,
                count(*) FILTER (WHERE s.state = 'waiting') AS waiting,
                count(*) FILTER (WHERE s.state = 'claimed') AS claimed,
                count(*) FILTER (WHERE s.state = 'read') AS read,
                ARRAY(SELECT w.name FROM scan_workers w
                    WHERE w.scan_id = c.scan_id AND w.worker_id <> \(share.worker.number)
                        AND w.heard_until > clock_timestamp() ORDER BY w.worker_id) AS others,
                ARRAY(SELECT DISTINCT w.name FROM scan_targets m
                    JOIN scan_targets o ON o.target_id = m.target_id AND o.state = 'claimed'
                    JOIN scan_workers w ON w.worker_id = o.worker_id
                    WHERE m.scan_id = c.scan_id AND m.state <> 'read'
                        AND o.worker_id <> \(share.worker.number) ORDER BY 1) AS holders
            FROM scans c JOIN scan_targets s USING (scan_id)
            WHERE c.scan_id = \(share.scan.number) GROUP BY c.scan_id
            """
        )
    }

    static func finish(_ scan: ScanID, isWhole: Bool, notes: JSONB, at: Date) -> SQL {
        named(
            "finish scan",
            """
            UPDATE scans c SET finished_at = greatest(\(at), c.started_at), notes = \(notes),
                state = CASE WHEN NOT \(isWhole) OR EXISTS (
                    SELECT FROM readings r WHERE r.scan_id = c.scan_id AND r.outcome <> 'complete'
                ) THEN 'partial' ELSE 'complete' END,
                calls = (
                    SELECT coalesce(jsonb_object_agg(k.kind, k.calls), '{}') FROM (
                        SELECT e.key AS kind, sum(e.value::bigint) AS calls
                        FROM scan_workers w, jsonb_each_text(w.calls) e WHERE w.scan_id = c.scan_id GROUP BY e.key
                    ) k
                )
            WHERE c.scan_id = \(scan.number) AND c.state = 'running' AND NOT EXISTS (
                SELECT FROM scan_targets s WHERE s.scan_id = c.scan_id AND s.state <> 'read'
            )
            """
        )
    }
}
