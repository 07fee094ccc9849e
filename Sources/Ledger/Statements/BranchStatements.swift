import Core
import Foundation
import Postgres

/// Repositories, and what environments were taken for.
enum BranchStatements {
    // MARK: What is known

    static let repositories: SQL = """
        SELECT address, read_at, not_before, requests_tag, requests_up_to, requests_from, project, doubted_at, doubt_kept,
            doubt_project
        FROM repositories ORDER BY address
        """

    static let pages: SQL = """
        SELECT r.address, p.url, p.etag, p.next_url, p.branches
        FROM repository_pages p JOIN repositories r USING (repository_id) ORDER BY r.address, p.url
        """

    static let requests: SQL = """
        SELECT r.address, q.number, q.branch, q.commit_hash, q.is_fork, q.base, q.base = r.default_branch AS into_default,
            q.state, q.updated_at, q.ended_at
        FROM pull_requests q JOIN repositories r USING (repository_id) ORDER BY r.address, q.number
        """

    // MARK: Of environments

    static func standing(of chosen: SQL) -> SQL {
        named(
            "repositories of environments",
            """
            SELECT e.space, e.name, e.incarnation, r.address, r.kind, s.registered, r.read_at, r.failure, r.advice,
                r.requests_read_at, r.requests_failure, r.requests_from, r.moved_to
            FROM environment_repositories s
            JOIN environments e USING (environment_id) JOIN repositories r USING (repository_id)
            WHERE e.environment_id IN (\(chosen)) ORDER BY 1, 2, 3, r.address
            """
        )
    }

    static func branches(of chosen: SQL) -> SQL {
        named(
            "branches of environments",
            """
            SELECT e.space, e.name, e.incarnation, r.address, b.branch, b.match, b.commit_hash, b.author, b.merged,
                b.first_seen_at, b.active_at, b.gone_at, b.missed_at, b.missed_why
            FROM environment_branches b
            JOIN environments e USING (environment_id) JOIN repositories r USING (repository_id)
            WHERE e.environment_id IN (\(chosen)) ORDER BY 1, 2, 3, r.address, b.branch
            """
        )
    }

    static func requests(of chosen: SQL) -> SQL {
        named(
            "pull requests of environments",
            """
            SELECT e.space, e.name, e.incarnation, r.address, q.number, q.branch, q.commit_hash, q.is_fork, q.base,
                q.base = r.default_branch AS into_default, q.state, q.updated_at, q.ended_at
            FROM environment_requests s
            JOIN environments e USING (environment_id) JOIN repositories r USING (repository_id)
            JOIN pull_requests q USING (repository_id, number)
            WHERE e.environment_id IN (\(chosen)) ORDER BY 1, 2, 3, r.address, q.number
            """
        )
    }

    // MARK: Writing

    static func addRepositories(_ rows: JSONB) -> SQL {
        named(
            "add repositories",
            """
            INSERT INTO repositories (address, kind)
            SELECT DISTINCT address, kind FROM jsonb_to_recordset(\(rows)) AS given (address text, kind text)
            ON CONFLICT (address) DO UPDATE SET kind = excluded.kind, read_at = NULL
            WHERE repositories.kind <> excluded.kind
            """
        )
    }

    /// The pairs as rows with ids.
    private static func pairs(_ rows: JSONB) -> SQL {
        """
        pairs AS (
            SELECT e.environment_id, r.repository_id, given.registered
            FROM jsonb_to_recordset(\(rows))
                AS given (space text, name text, incarnation integer, address text, registered boolean)
            JOIN environments e USING (space, name, incarnation) JOIN repositories r USING (address)
        )
        """
    }

    /// Of a life that has ended is kept what was known at its end.
    static func removeStanding(but rows: JSONB) -> SQL {
        named(
            "remove standing repositories",
            """
            WITH \(pairs(rows))
            DELETE FROM environment_repositories s USING environments e
            WHERE e.environment_id = s.environment_id AND e.ended_at IS NULL AND NOT EXISTS (
                SELECT FROM pairs p WHERE p.environment_id = s.environment_id AND p.repository_id = s.repository_id
            )
            """
        )
    }

    static func addStanding(_ rows: JSONB) -> SQL {
        named(
            "add standing repositories",
            """
            WITH \(pairs(rows))
            INSERT INTO environment_repositories AS s (environment_id, repository_id, registered)
            SELECT environment_id, repository_id, registered FROM pairs
            ON CONFLICT (environment_id, repository_id) DO UPDATE SET registered = excluded.registered
            WHERE s.registered <> excluded.registered
            """
        )
    }

    static func lock(_ address: String) -> SQL {
        named("lock repository", "SELECT repository_id FROM repositories WHERE address = \(address) FOR UPDATE")
    }

    static func noteFailed(_ id: Int64, _ failure: HostFailure, at: Date) -> SQL {
        named(
            "note repository not read",
            """
            UPDATE repositories SET failed_at = coalesce(failed_at, \(at)), failure = \(failure.summary),
                advice = \(failure.advice), not_before = \(failure.until as Date?)
            WHERE repository_id = \(id)
            """
        )
    }

    /// A reading that failed afterwards says nothing for or against it.
    static func noteDoubt(_ id: Int64, _ doubt: ListDoubt) -> SQL {
        named(
            "note doubted list",
            """
            UPDATE repositories SET doubted_at = \(doubt.since), doubt_kept = \(Int32(clamping: doubt.kept)),
                doubt_project = \(doubt.project as String?)
            WHERE repository_id = \(id)
            """
        )
    }

    /// Where another repository was read than before: pull requests of that one are none of this one's.
    ///
    /// Nor was anything of its own read: hosts are asked only for what changed since the newest one known.
    static func forgetOther(_ id: Int64, but project: String?) -> SQL {
        named(
            "forget requests of another repository",
            """
            WITH other AS (
                UPDATE repositories SET requests_read_at = NULL, requests_failure = NULL, requests_tag = NULL,
                    requests_up_to = NULL, requests_from = NULL
                WHERE repository_id = \(id) AND project <> \(project as String?)
                RETURNING repository_id
            )
            DELETE FROM pull_requests q USING other o WHERE q.repository_id = o.repository_id
            """
        )
    }

    static func noteRead(_ id: Int64, _ reading: RepositoryReading, at: Date) -> SQL {
        named(
            "note repository read",
            """
            UPDATE repositories SET read_at = \(at), failed_at = NULL, failure = NULL, advice = NULL,
                not_before = NULL, moved_to = \(reading.movedTo as String?),
                project = coalesce(\((try? reading.project?.get())?.id as String?), project),
                default_branch = coalesce(\(reading.defaultBranch as String?), default_branch),
                doubted_at = NULL, doubt_kept = NULL, doubt_project = NULL
            WHERE repository_id = \(id)
            """
        )
    }

    static func noteRequests(_ id: Int64, _ listing: RequestListing, at: Date) -> SQL {
        named(
            "note pull requests read",
            """
            UPDATE repositories SET requests_read_at = \(at), requests_failure = NULL,
                requests_tag = \(listing.etag as String?), requests_up_to = \(listing.upTo as Date?),
                requests_from = \(listing.from as Date?)
            WHERE repository_id = \(id)
            """
        )
    }

    static func noteRequestsFailed(_ id: Int64, _ failure: HostFailure) -> SQL {
        named(
            "note pull requests not read",
            """
            UPDATE repositories SET requests_failure = \(failure.summary), not_before = \(failure.until as Date?)
            WHERE repository_id = \(id)
            """
        )
    }

    static func removePages(_ id: Int64, but urls: [String]) -> SQL {
        named(
            "remove pages",
            "DELETE FROM repository_pages WHERE repository_id = \(id) AND url <> ALL (\(urls))"
        )
    }

    static func addPages(_ id: Int64, _ rows: JSONB) -> SQL {
        named(
            "add pages",
            """
            INSERT INTO repository_pages AS known (repository_id, url, etag, next_url, branches)
            SELECT \(id), given.url, given.etag, given.next, given.branches
            FROM jsonb_to_recordset(\(rows)) AS given (url text, etag text, next text, branches jsonb)
            ON CONFLICT (repository_id, url) DO UPDATE
                SET etag = excluded.etag, next_url = excluded.next_url, branches = excluded.branches
            WHERE (known.etag, known.next_url, known.branches)
                IS DISTINCT FROM (excluded.etag, excluded.next_url, excluded.branches)
            """
        )
    }

    static func addRequests(_ id: Int64, _ rows: JSONB) -> SQL {
        named(
            "add pull requests",
            """
            INSERT INTO pull_requests AS known (repository_id, number, branch, commit_hash, is_fork, base, state,
                updated_at, ended_at)
            SELECT \(id), given.number, given.branch, given.commit, given.fork, given.base, given.state,
                to_timestamp(given.updated), to_timestamp(given.ended)
            FROM jsonb_to_recordset(\(rows)) AS given (number integer, branch text, commit text, fork boolean, base text,
                state text, updated double precision, ended double precision)
            ON CONFLICT (repository_id, number) DO UPDATE SET branch = excluded.branch,
                commit_hash = excluded.commit_hash, is_fork = excluded.is_fork, base = excluded.base,
                state = excluded.state, updated_at = excluded.updated_at,
                ended_at = excluded.ended_at
            """
        )
    }

    /// Those that no repository stands for any more are left out: it was taken away while the host was asked.
    static func setBranches(_ id: Int64, _ rows: JSONB) -> SQL {
        named(
            "set branches of environments",
            """
            INSERT INTO environment_branches AS known (environment_id, repository_id, branch, match, commit_hash, author,
                merged, first_seen_at, active_at, gone_at, missed_at, missed_why)
            SELECT s.environment_id, s.repository_id, given.branch, given.match, given.commit, given.author, given.merged,
                to_timestamp(given.seen), to_timestamp(given.active), to_timestamp(given.gone),
                to_timestamp(given.missed), given.why
            FROM jsonb_to_recordset(\(rows)) AS given (space text, name text, incarnation integer, branch text, match text,
                commit text, author text, merged boolean, seen double precision, active double precision,
                gone double precision, missed double precision, why text)
            JOIN environments e USING (space, name, incarnation)
            JOIN environment_repositories s ON s.environment_id = e.environment_id AND s.repository_id = \(id)
            ON CONFLICT (environment_id, repository_id, branch) DO UPDATE SET match = excluded.match,
                commit_hash = excluded.commit_hash, author = excluded.author, merged = excluded.merged,
                first_seen_at = excluded.first_seen_at, active_at = excluded.active_at, gone_at = excluded.gone_at,
                missed_at = excluded.missed_at, missed_why = excluded.missed_why
            WHERE (known.match, known.commit_hash, known.author, known.merged, known.first_seen_at, known.active_at,
                    known.gone_at, known.missed_at, known.missed_why)
                IS DISTINCT FROM (excluded.match, excluded.commit_hash, excluded.author, excluded.merged,
                    excluded.first_seen_at, excluded.active_at, excluded.gone_at, excluded.missed_at,
                    excluded.missed_why)
            """
        )
    }

    static func removeRequests(_ id: Int64, but rows: JSONB) -> SQL {
        named(
            "remove requests of environments",
            """
            DELETE FROM environment_requests s USING environments e
            WHERE e.environment_id = s.environment_id AND e.ended_at IS NULL AND s.repository_id = \(id)
                AND NOT EXISTS (
                    SELECT FROM jsonb_to_recordset(\(rows)) AS given (space text, name text, incarnation integer, number integer)
                    WHERE (given.space, given.name, given.incarnation, given.number)
                        = (e.space, e.name, e.incarnation, s.number)
                )
            """
        )
    }

    static func addRequestsOfEnvironments(_ id: Int64, _ rows: JSONB) -> SQL {
        named(
            "add requests of environments",
            """
            INSERT INTO environment_requests (environment_id, repository_id, number)
            SELECT s.environment_id, s.repository_id, given.number
            FROM jsonb_to_recordset(\(rows)) AS given (space text, name text, incarnation integer, number integer)
            JOIN environments e USING (space, name, incarnation)
            JOIN environment_repositories s ON s.environment_id = e.environment_id AND s.repository_id = \(id)
            JOIN pull_requests q ON q.repository_id = \(id) AND q.number = given.number
            ON CONFLICT DO NOTHING
            """
        )
    }
}
