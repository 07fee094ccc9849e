import Core
import Foundation
import Postgres

/// Where there is something to read: accounts of the organization, enabled regions, targets taken up again.
enum TargetStatements {
    static func organizationAccounts() -> SQL {
        named(
            "organization accounts",
            "SELECT account, name, state, partition, units, seen_at, left_at FROM organization_accounts ORDER BY account"
        )
    }

    static func organizationListing() -> SQL {
        named("organization listing", "SELECT listed_at, failed_at, failure, advice FROM organization_listing")
    }

    static func stageListing() -> SQL {
        named(
            "stage organization",
            """
            CREATE TEMPORARY TABLE staged_organization (
                account text PRIMARY KEY, name text, state text, partition text, units text[]
            ) ON COMMIT DROP
            """
        )
    }

    /// Says in the audit log what differs, before it is written.
    static func auditListing() -> SQL {
        named(
            "audit organization",
            """
            INSERT INTO audit_log (event, details)
            SELECT CASE WHEN o.account IS NULL THEN 'account found' WHEN s.account IS NULL THEN 'account left'
                    WHEN o.left_at IS NOT NULL THEN 'account came back' ELSE 'account changed' END,
                jsonb_build_object('account', coalesce(s.account, o.account), 'name', coalesce(s.name, o.name),
                    'state', coalesce(s.state, o.state), 'before', CASE WHEN o.account IS NOT NULL
                        THEN jsonb_build_object('name', o.name, 'state', o.state) END)
            FROM staged_organization s FULL JOIN organization_accounts o USING (account)
            WHERE o.account IS NULL OR (s.account IS NULL AND o.left_at IS NULL)
                OR (s.account IS NOT NULL AND (o.left_at IS NOT NULL OR (s.name, s.state) <> (o.name, o.state)))
            ORDER BY coalesce(s.account, o.account)
            """
        )
    }

    static func mergeListing(at: Date) -> SQL {
        named(
            "merge organization",
            """
            INSERT INTO organization_accounts (account, name, state, partition, units, first_seen_at, seen_at)
            SELECT account, name, state, partition, units, \(at), \(at) FROM staged_organization
            ON CONFLICT (account) DO UPDATE SET name = excluded.name, state = excluded.state,
                partition = excluded.partition, units = excluded.units, seen_at = excluded.seen_at, left_at = NULL
            """
        )
    }

    static func leaveOrganization(at: Date) -> SQL {
        named(
            "leave organization",
            """
            UPDATE organization_accounts o SET left_at = \(at)
            WHERE o.left_at IS NULL AND NOT EXISTS (SELECT FROM staged_organization s WHERE s.account = o.account)
            """
        )
    }

    static func noteListed(at: Date) -> SQL {
        named(
            "note organization listed",
            """
            INSERT INTO organization_listing (listed_at) VALUES (\(at))
            ON CONFLICT (only_one) DO UPDATE SET listed_at = excluded.listed_at, failed_at = NULL, failure = NULL,
                advice = NULL
            """
        )
    }

    static func noteUnlisted(_ failure: ProviderFailure, at: Date) -> SQL {
        named(
            "note organization failed",
            """
            INSERT INTO organization_listing (failed_at, failure, advice)
            VALUES (\(at), \(failure.summary), \(failure.advice))
            ON CONFLICT (only_one) DO UPDATE SET failed_at = excluded.failed_at, failure = excluded.failure,
                advice = excluded.advice
            """
        )
    }

    static func regions() -> SQL {
        named(
            "account regions",
            "SELECT account, regions, read_at, failed_at, failure, advice FROM account_regions ORDER BY account"
        )
    }

    static func noteRegions(_ regions: [Region], of account: AccountID, at: Date) -> SQL {
        named(
            "note regions",
            """
            INSERT INTO account_regions (account, regions, read_at)
            VALUES (\(account.text), \(regions.map(\.text)), \(at))
            ON CONFLICT (account) DO UPDATE SET regions = excluded.regions, read_at = excluded.read_at,
                failed_at = NULL, failure = NULL, advice = NULL
            """
        )
    }

    static func noteUnread(_ failure: ProviderFailure, of account: AccountID, at: Date) -> SQL {
        named(
            "note regions failed",
            """
            INSERT INTO account_regions (account, failed_at, failure, advice)
            VALUES (\(account.text), \(at), \(failure.summary), \(failure.advice))
            ON CONFLICT (account) DO UPDATE SET failed_at = excluded.failed_at, failure = excluded.failure,
                advice = excluded.advice
            """
        )
    }

    /// Until it has been read nothing is concluded from what was read before, and that reading may differ as it likes.
    static func reopen(_ target: Target, because: String, at: Date) -> SQL {
        named(
            "reopen target",
            """
            WITH reopened AS (
                UPDATE targets SET state = 'suspect', state_because = \(TargetState.reopened), state_at = \(at),
                    accepted_at = \(at)
                WHERE account = \(target.account.text) AND region = \(target.region.text) AND state = 'retired'
                RETURNING target_id
            )
            INSERT INTO audit_log (event, details)
            SELECT 'target reopened', jsonb_build_object('target', \(target.description), 'because', \(because))
            FROM reopened
            """
        )
    }
}
