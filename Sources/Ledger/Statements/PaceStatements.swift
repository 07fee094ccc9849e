import Core
import Postgres

/// Turns to ask AWS, all on the database's clock.
enum PaceStatements {
    /// A lane's rate now, of row `p`: what was taken from it comes back with time.
    private static func recovered(_ limits: PaceLimits) -> SQL {
        """
        least(\(limits.perSecond), p.rate + \(limits.perSecond / PaceLimits.recovery)
            * greatest(0, extract(epoch FROM clock_timestamp() - p.adapted_at)::float8))
        """
    }

    /// How long before now the turns may lie that nobody took: a burst of them.
    private static func saved(_ limits: PaceLimits, at rate: SQL) -> SQL {
        "make_interval(secs => \(Double(limits.burst)) / \(rate))"
    }

    static func reserve(_ lane: PaceLane, count: Int, limits: PaceLimits) -> SQL {
        let rate = recovered(limits)
        let count = Double(count)
        return named(
            "reserve turns",
            """
            INSERT INTO request_paces AS p (account, region, service, rate, free_at, adapted_at)
            VALUES (\(lane.account.text), \(lane.region.text), \(lane.service), \(limits.perSecond),
                clock_timestamp() - \(saved(limits, at: "\(limits.perSecond)"))
                    + make_interval(secs => \(count / limits.perSecond)), clock_timestamp())
            ON CONFLICT (account, region, service) DO UPDATE SET rate = \(rate), adapted_at = clock_timestamp(),
                free_at = greatest(p.free_at, clock_timestamp() - \(saved(limits, at: rate)))
                    + make_interval(secs => \(count) / (\(rate)))
            RETURNING rate, extract(epoch FROM free_at - clock_timestamp())::float8 AS until
            """
        )
    }

    /// Nothing is saved up where it was too much.
    static func throttle(_ lane: PaceLane, limits: PaceLimits) -> SQL {
        named(
            "note throttling",
            """
            UPDATE request_paces p SET rate = greatest(\(limits.slowest), \(recovered(limits)) / 2),
                adapted_at = clock_timestamp(), throttled_at = clock_timestamp(), throttles = throttles + 1,
                free_at = greatest(p.free_at, clock_timestamp())
            WHERE p.account = \(lane.account.text) AND p.region = \(lane.region.text) AND p.service = \(lane.service)
                AND (p.throttled_at IS NULL
                    OR p.throttled_at < clock_timestamp() - make_interval(secs => \(PaceLimits.apart)))
            """
        )
    }
}
