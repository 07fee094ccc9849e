import Core
import Foundation
import Postgres

/// Lambda functions: rows beside the stack resources that they are.
enum FunctionStatements {
    static let stagedColumns = ["name", "package", "runtime"]

    static func stage() -> SQL {
        named(
            "stage functions",
            """
            CREATE TEMPORARY TABLE staged_functions (name text PRIMARY KEY, package text, runtime text) ON COMMIT DROP
            """
        )
    }

    static func known(in target: Target) -> SQL {
        named(
            "known functions",
            """
            SELECT fr.read_at, fr.failure IS NOT NULL AS failed, EXISTS (
                SELECT FROM components c JOIN resources r USING (component_id)
                WHERE c.target_id = t.target_id AND c.gone_at IS NULL AND r.type = 'AWS::Lambda::Function'
            ) AS expected
            FROM targets t LEFT JOIN function_readings fr USING (target_id)
            WHERE t.account = \(target.account.text) AND t.region = \(target.region.text)
            """
        )
    }

    /// Every function resource of the target's stacks with the root of its stack.
    ///
    /// Nested stacks are found as resources of their parents: not every provider says of a stack whose part it is.
    private static func held(in target: Int64) -> SQL {
        """
        inside AS (
            SELECT c.component_id, c.component_id AS root_id FROM components c
            WHERE c.target_id = \(target) AND c.gone_at IS NULL AND c.class <> 'nested'
            UNION
            SELECT n.component_id, i.root_id
            FROM inside i
            JOIN resources r ON r.component_id = i.component_id AND r.type = 'AWS::CloudFormation::Stack'
            JOIN components n ON n.provider_id = r.physical_id
            WHERE n.gone_at IS NULL AND n.class = 'nested'
        ), held AS (
            SELECT DISTINCT ON (r.component_id, r.logical_id) r.component_id, r.logical_id, r.physical_id, i.root_id
            FROM inside i JOIN resources r ON r.component_id = i.component_id AND r.type = 'AWS::Lambda::Function'
            ORDER BY r.component_id, r.logical_id, i.root_id
        )
        """
    }

    /// What was listed, written only where it differs.
    static func merge(in target: Int64) -> SQL {
        named(
            "merge functions",
            """
            WITH RECURSIVE \(held(in: target)), found AS (
                SELECT h.component_id, h.logical_id, h.root_id, coalesce(s.package, 'absent') AS package, s.runtime
                FROM held h LEFT JOIN staged_functions s ON s.name = h.physical_id
            ), changed AS (
                UPDATE functions f SET root_id = n.root_id, package = n.package, runtime = n.runtime
                FROM found n
                WHERE f.component_id = n.component_id AND f.logical_id = n.logical_id
                    AND (f.root_id, f.package, f.runtime) IS DISTINCT FROM (n.root_id, n.package, n.runtime)
            )
            INSERT INTO functions (component_id, logical_id, root_id, package, runtime)
            SELECT n.component_id, n.logical_id, n.root_id, n.package, n.runtime FROM found n
            WHERE NOT EXISTS (
                SELECT FROM functions f WHERE f.component_id = n.component_id AND f.logical_id = n.logical_id
            )
            """
        )
    }

    /// Functions of which nothing was listed: that there are some is known from their stacks.
    static func addUnread(in target: Int64) -> SQL {
        named(
            "add functions not read",
            """
            WITH RECURSIVE \(held(in: target))
            INSERT INTO functions (component_id, logical_id, root_id)
            SELECT h.component_id, h.logical_id, h.root_id FROM held h
            WHERE NOT EXISTS (
                SELECT FROM functions f WHERE f.component_id = h.component_id AND f.logical_id = h.logical_id
            )
            """
        )
    }

    /// `listed`: nil where no stack of the target has a function.
    static func noteRead(in target: Int64, listed: Int?, at: Date) -> SQL {
        named(
            "note functions read",
            """
            INSERT INTO function_readings (target_id, read_at, listed)
            VALUES (\(target), \(at), \(listed.map { Int32(clamping: $0) } as Int32?))
            ON CONFLICT (target_id) DO UPDATE SET read_at = excluded.read_at, listed = excluded.listed,
                failed_at = NULL, failure = NULL, advice = NULL
            """
        )
    }

    /// A failure that lasts is written once.
    static func noteFailed(in target: Int64, _ failure: ProviderFailure, at: Date) -> SQL {
        named(
            "note functions not read",
            """
            INSERT INTO function_readings AS known (target_id, failed_at, failure, advice)
            VALUES (\(target), \(at), \(failure.summary), \(failure.advice))
            ON CONFLICT (target_id) DO UPDATE SET failed_at = coalesce(known.failed_at, excluded.failed_at),
                failure = excluded.failure, advice = excluded.advice
            WHERE (known.failure, known.advice) IS DISTINCT FROM (excluded.failure, excluded.advice)
            """
        )
    }

    /// Of each chosen environment how many functions have which runtime; a row of none says that nobody has looked.
    static func uses(of chosen: SQL) -> SQL {
        named(
            "runtimes of environments",
            """
            SELECT e.space, e.name, e.incarnation, \(kind) AS kind, \(runtime) AS runtime,
                count(f.component_id) AS functions,
                min(t.account || '/' || t.region || ': ' || coalesce(fr.failure, 'not read yet'))
                    FILTER (WHERE \(kind) = 'unread') AS because
            FROM environments e
            JOIN components c USING (environment_id)
            JOIN targets t USING (target_id)
            LEFT JOIN function_readings fr USING (target_id)
            LEFT JOIN functions f ON f.root_id = c.component_id
            WHERE e.environment_id IN (\(chosen)) AND c.gone_at IS NULL
                AND (fr.target_id IS NULL OR f.component_id IS NOT NULL)
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            """
        )
    }

    private static let kind: SQL = """
        CASE WHEN fr.target_id IS NULL OR fr.failure IS NOT NULL OR f.package IS NULL THEN 'unread' ELSE f.package END
        """
    private static let runtime: SQL = "CASE WHEN fr.failure IS NULL THEN f.runtime END"

    static func all(of chosen: SQL) -> SQL {
        named(
            "functions of environments",
            """
            SELECT e.space, e.name, e.incarnation, t.account, t.region, c.name AS stack, f.logical_id, r.physical_id,
                \(kind) AS kind, \(runtime) AS runtime
            FROM environments e
            JOIN components root USING (environment_id)
            JOIN targets t USING (target_id)
            LEFT JOIN function_readings fr USING (target_id)
            JOIN functions f ON f.root_id = root.component_id
            JOIN components c ON c.component_id = f.component_id
            JOIN resources r ON r.component_id = f.component_id AND r.logical_id = f.logical_id
            WHERE e.environment_id IN (\(chosen)) AND root.gone_at IS NULL
            ORDER BY e.space, e.name, e.incarnation, t.account, t.region, c.name, f.logical_id
            """
        )
    }
}
