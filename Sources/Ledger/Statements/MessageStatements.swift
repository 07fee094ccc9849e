import Core
import Foundation
import Postgres

/// The outbox.
enum MessageStatements {
    /// From `sending`, whose sender is dead, to `uncertain`.
    static func abandon(at: Date) -> SQL {
        named(
            "abandon messages",
            """
            WITH moved AS (
                UPDATE messages SET state = 'uncertain', ended_at = \(at),
                    reason = 'the sender ended without a word while it was sending'
                WHERE state = 'sending' RETURNING message_id, recipient, reason
            ), \(noted("message uncertain", .reason, .moved))
            SELECT message_id FROM moved
            """
        )
    }

    /// What warns is sent once more where nobody knows whether it went.
    static func repeatUncertain(at: Date) -> SQL {
        named(
            "repeat uncertain messages",
            """
            WITH moved AS (
                UPDATE messages SET state = 'queued', repeated = true, ended_at = NULL, next_try_at = \(at)
                WHERE state = 'uncertain' AND NOT repeated AND letter IS NOT NULL AND message_warns(message_id)
                RETURNING message_id, recipient, reason
            ), \(noted("message queued again", .reason, .moved))
            SELECT message_id FROM moved
            """
        )
    }

    static func history(endedAfter: Date) -> SQL {
        named(
            "notice history",
            """
            SELECT e.space, e.name, e.incarnation, n.notice, n.subject, m.message_id, m.recipient, m.state, m.repeated,
                CASE m.state WHEN 'queued' THEN m.queued_at ELSE coalesce(m.ended_at, m.sent_at) END AS at,
                m.bounced_at IS NOT NULL AS bounced
            FROM environments e JOIN message_notices n USING (environment_id) JOIN messages m USING (message_id)
            WHERE e.ended_at IS NULL OR e.ended_at > \(endedAfter)
            ORDER BY m.message_id
            """
        )
    }

    static func queuedNotices() -> SQL {
        named(
            "queued notices",
            """
            SELECT m.message_id, m.recipient, m.repeated, e.space, e.name, e.incarnation, n.notice, n.subject
            FROM messages m JOIN message_notices n USING (message_id) JOIN environments e USING (environment_id)
            WHERE m.state = 'queued' AND m.kind = 'notices' ORDER BY m.message_id
            """
        )
    }

    /// One row for each message written.
    static func queue(_ drafts: [MessageDraft], letters: [JSONB], at: Date) -> SQL {
        named(
            "queue messages",
            """
            WITH given AS (
                SELECT * FROM unnest(\(drafts.map(\.kind.rawValue)), \(drafts.map(\.recipient.text)),
                    \(drafts.map(\.letter.id.text)), \(drafts.map(\.letter.subject)), \(letters))
                    AS n (kind, recipient, letter_id, subject, letter)
            ), replaced AS (
                UPDATE messages m SET subject = g.subject, next_try_at = \(at),
                    -- The message stays the one that it is, whatever it says now: bounces name it by its letter.
                    letter = jsonb_set(g.letter, '{id}', to_jsonb(m.letter_id))
                FROM given g
                WHERE g.kind = 'notices' AND m.kind = g.kind AND m.recipient = g.recipient AND m.state = 'queued'
                    AND NOT m.repeated
                RETURNING m.message_id, m.recipient, m.subject, g.letter_id
            ), added AS (
                INSERT INTO messages (kind, recipient, letter_id, subject, letter, next_try_at, queued_at)
                SELECT kind, recipient, letter_id, subject, letter, \(at), \(at) FROM given g
                WHERE NOT EXISTS (SELECT FROM replaced r WHERE r.letter_id = g.letter_id)
                ON CONFLICT (letter_id) DO NOTHING
                RETURNING message_id, recipient, subject, letter_id
            ), written AS (
                SELECT * FROM replaced UNION ALL SELECT * FROM added
            ), \(noted("message queued", .subject, .written))
            SELECT message_id, letter_id FROM written
            """
        )
    }

    static func clearNotices(of ids: [Int64]) -> SQL {
        named("clear notices", "DELETE FROM message_notices WHERE message_id = ANY (\(ids))")
    }

    static func addNotices(_ notices: [Core.Notice], to ids: [Int64]) -> SQL {
        let keys = KeyColumns(notices.map(\.environment))
        return named(
            "add notices",
            """
            INSERT INTO message_notices (message_id, environment_id, notice, subject)
            SELECT n.message_id, e.environment_id, n.notice, n.subject
            FROM unnest(\(ids), \(keys.spaces), \(keys.names), \(keys.incarnations), \(notices.map(\.kind.rawValue)),
                \(notices.map(\.subject))) AS n (message_id, space, name, incarnation, notice, subject)
            JOIN environments e USING (space, name, incarnation)
            """
        )
    }

    /// Those that may have been sent stay, as refused.
    static func drop(_ ids: [Int64], because: String, at: Date) -> SQL {
        named(
            "drop messages",
            """
            WITH refused AS (
                UPDATE messages SET state = 'refused', ended_at = \(at), reason = \(because)
                WHERE message_id = ANY (\(ids)) AND state = 'queued' AND repeated
                RETURNING message_id, recipient, reason
            ), gone AS (
                DELETE FROM messages WHERE message_id = ANY (\(ids)) AND state = 'queued' AND NOT repeated
                RETURNING message_id, recipient, \(because)::text AS reason
            ), dropped AS (
                SELECT * FROM refused UNION ALL SELECT * FROM gone
            )
            INSERT INTO audit_log (event, details)
            SELECT 'message dropped', jsonb_build_object('message', message_id, 'recipient', recipient, 'reason', reason)
            FROM dropped
            """
        )
    }

    static func beginSending(without: [String], kind: MessageKind?, at: Date) -> SQL {
        named(
            "begin sending",
            """
            WITH next AS (
                SELECT message_id FROM messages
                WHERE state = 'queued' AND next_try_at <= \(at) AND (\(kind?.rawValue as String?)::text IS NULL OR kind = \(kind?.rawValue as String?))
                    AND NOT EXISTS (
                        SELECT FROM unnest(\(without)) AS p
                        WHERE recipient = p OR p LIKE '%:' AND starts_with(recipient, p)
                    )
                ORDER BY repeated DESC, next_try_at, message_id LIMIT 1 FOR UPDATE SKIP LOCKED
            ), moved AS (
                UPDATE messages SET state = 'sending', tries = tries + 1, sent_at = \(at)
                WHERE message_id IN (SELECT message_id FROM next)
                RETURNING message_id, kind, recipient, letter, tries, queued_at
            ), noted AS (
                INSERT INTO audit_log (event, details)
                SELECT 'message sending', jsonb_build_object('message', message_id, 'recipient', recipient, 'try', tries)
                FROM moved
            )
            SELECT * FROM moved
            """
        )
    }

    /// A row where that very try was under way; the environments it names get an entry of their own once it has ended.
    static func conclude(
        _ id: MessageID,
        try number: Int,
        as state: MessageState,
        reason: String,
        nextTry: Date?,
        at: Date
    ) -> SQL {
        let ended: Date? = state == .queued ? nil : at
        return named(
            "conclude message",
            """
            WITH moved AS (
                UPDATE messages SET state = \(state.rawValue), reason = \(reason), ended_at = \(ended as Date?),
                    next_try_at = coalesce(\(nextTry as Date?), next_try_at)
                WHERE message_id = \(id.number) AND state = 'sending' AND tries = \(Int32(clamping: number))
                RETURNING message_id, recipient, reason
            ), \(noted("message \(state.rawValue)", .reason, .moved)), told AS (
                INSERT INTO audit_log (event, environment_id, details)
                SELECT CASE \(state.rawValue) WHEN 'accepted' THEN 'told' ELSE 'not told' END, n.environment_id,
                    jsonb_build_object('notice', n.notice, 'recipient', m.recipient, 'message', m.message_id,
                        'state', \(state.rawValue)::text, 'reason', m.reason)
                FROM moved m JOIN message_notices n USING (message_id) WHERE \(state != .queued)
            )
            SELECT message_id FROM moved
            """
        )
    }

    /// A row where exactly this was written down of that try.
    static func concluded(_ id: MessageID, try number: Int, as state: MessageState, reason: String) -> SQL {
        named(
            "concluded message",
            """
            SELECT message_id FROM messages
            WHERE message_id = \(id.number) AND tries = \(Int32(clamping: number)) AND state = \(state.rawValue)
                AND reason = \(reason)
            """
        )
    }

    static func bounce(_ id: MessageID, because: String, at: Date) -> SQL {
        named(
            "bounce message",
            """
            WITH moved AS (
                UPDATE messages SET bounced_at = \(at), bounced_because = \(because)
                WHERE message_id = \(id.number) AND state = 'accepted' AND bounced_at IS NULL
                RETURNING message_id, recipient, bounced_because
            ), \(noted("message came back", .bouncedBecause, .moved)), told AS (
                INSERT INTO audit_log (event, environment_id, details)
                SELECT 'message came back', n.environment_id, jsonb_build_object('notice', n.notice, 'recipient', m.recipient,
                    'message', m.message_id, 'reason', m.bounced_because)
                FROM moved m JOIN message_notices n USING (message_id)
            )
            SELECT message_id FROM moved
            """
        )
    }

    private static let columns: SQL = """
        message_id, kind, recipient, letter_id, subject, state, repeated, tries, next_try_at, reason, queued_at, ended_at,
            bounced_at, bounced_because
        """

    static func messages(open: Bool, limit: Int) -> SQL {
        named(
            "messages",
            """
            SELECT \(columns), NULL::jsonb AS letter FROM messages
            WHERE NOT \(open) OR state IN ('queued', 'sending') ORDER BY message_id DESC LIMIT \(limit)
            """
        )
    }

    static func message(_ id: MessageID) -> SQL {
        named("message", "SELECT \(columns), letter FROM messages WHERE message_id = \(id.number)")
    }

    static func message(letter: LetterID) -> SQL {
        named("message of letter", "SELECT \(columns), letter FROM messages WHERE letter_id = \(letter.text)")
    }

    static func deliveredWarnings() -> SQL {
        named(
            "delivered warnings",
            """
            SELECT e.space, e.name, e.incarnation, n.subject, max(m.ended_at) AS at
            FROM environments e JOIN message_notices n USING (environment_id) JOIN messages m USING (message_id)
            WHERE e.ended_at IS NULL AND n.notice = 'warned' AND m.state = 'accepted' AND m.bounced_at IS NULL
            GROUP BY e.space, e.name, e.incarnation, n.subject
            """
        )
    }

    private enum Detail: String {
        case reason
        case subject
        case bouncedBecause = "bounced_because"
    }

    private enum Changed: String {
        case moved
        case written
    }

    /// One entry for each message that changed.
    private static func noted(_ event: String, _ detail: Detail, _ rows: Changed) -> SQL {
        """
        noted AS (
            INSERT INTO audit_log (event, details)
            SELECT \(event)::text, jsonb_build_object('message', message_id, 'recipient', recipient,
                '\(raw: detail.rawValue)', \(raw: detail.rawValue)) FROM \(raw: rows.rawValue)
        )
        """
    }
}
