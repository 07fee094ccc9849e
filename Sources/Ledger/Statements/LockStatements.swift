import Postgres

/// Advisory locks are known by a number: a hash of the name, the same on every machine.
enum LockStatements {
    /// Held until the transaction ends; waits for it.
    static func untilTheEnd(_ name: String) -> SQL {
        named("lock until the end", "SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }

    /// Held until the connection ends; false when another holds it.
    static func take(_ name: String) -> SQL {
        named("take lock", "SELECT pg_try_advisory_lock(hashtextextended(\(name), 0)) AS taken")
    }

    static func release(_ name: String) -> SQL {
        named("release lock", "SELECT pg_advisory_unlock(hashtextextended(\(name), 0)) AS released")
    }
}
