-- Records that nothing rests on any more are forgotten when they are old enough: readings and scans, evaluations, the
-- letters of messages, what was inside components that went. The audit log, plans, steps, approvals, and that a message
-- was sent and to whom, stay.

-- Less than this nobody may ask for: reports compare weeks, and a letter may still come back.
CREATE FUNCTION forgotten_before(kept_for interval) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = curfew, pg_temp AS $$
BEGIN
    -- As moments: compared as intervals, months have 30 days, and some of less than 30 days would pass.
    IF kept_for IS NULL OR clock_timestamp() - kept_for > clock_timestamp() - interval '30 days' THEN
        RAISE EXCEPTION 'records are kept for at least 30 days' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN clock_timestamp() - kept_for;
END $$;

-- Never the newest reading of a target, nor its newest complete one of a scan that ended: what is known of it rests on
-- them, however long ago they were.
CREATE FUNCTION old_readings(before timestamptz) RETURNS TABLE (scan_id bigint, target_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT r.scan_id, r.target_id FROM readings r JOIN scans s ON s.scan_id = r.scan_id
    WHERE s.state <> 'running' AND s.finished_at < before
        AND EXISTS (SELECT FROM readings n WHERE n.target_id = r.target_id AND n.scan_id > r.scan_id)
        AND (r.outcome <> 'complete' OR EXISTS (
            SELECT FROM readings n JOIN scans t ON t.scan_id = n.scan_id
            WHERE n.target_id = r.target_id AND n.scan_id > r.scan_id AND n.outcome = 'complete'
                AND t.state IN ('complete', 'partial')
        ))
$$;

-- The newest of each week stays for the trend, and of each account the newest complete one for the breaker.
CREATE FUNCTION old_evaluations(before timestamptz) RETURNS TABLE (evaluation_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    WITH old AS (
        SELECT e.evaluation_id, e.at, e.complete_accounts FROM evaluations e WHERE e.at < before
    ), weekly AS (
        SELECT DISTINCT ON (date_trunc('week', o.at AT TIME ZONE 'UTC')) o.evaluation_id FROM old o
        ORDER BY date_trunc('week', o.at AT TIME ZONE 'UTC'), o.at DESC, o.evaluation_id DESC
    ), complete AS (
        SELECT DISTINCT ON (account) o.evaluation_id FROM old o, unnest(o.complete_accounts) AS account
        ORDER BY account, o.at DESC, o.evaluation_id DESC
    )
    SELECT o.evaluation_id FROM old o
    WHERE o.evaluation_id NOT IN (SELECT w.evaluation_id FROM weekly w)
        AND o.evaluation_id NOT IN (SELECT c.evaluation_id FROM complete c)
$$;

-- A scan goes with the last that rests on it; never the newest that ended, nor the newest that read everything.
CREATE FUNCTION old_scans(before timestamptz, evaluated_before timestamptz) RETURNS TABLE (scan_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    WITH going AS MATERIALIZED (
        SELECT o.scan_id, o.target_id FROM old_readings(before) o
    ), judged AS MATERIALIZED (
        SELECT o.evaluation_id FROM old_evaluations(evaluated_before) o
    )
    SELECT s.scan_id FROM scans s
    WHERE s.state <> 'running' AND s.finished_at < before
        AND s.scan_id IS DISTINCT FROM (SELECT max(n.scan_id) FROM scans n WHERE n.state IN ('complete', 'partial'))
        AND s.scan_id IS DISTINCT FROM (SELECT max(n.scan_id) FROM scans n WHERE n.state = 'complete' AND n.whole)
        AND NOT EXISTS (
            SELECT FROM readings r WHERE r.scan_id = s.scan_id
                AND (r.scan_id, r.target_id) NOT IN (SELECT g.scan_id, g.target_id FROM going g)
        )
        AND NOT EXISTS (
            SELECT FROM evaluations e WHERE e.scan_id = s.scan_id
                AND e.evaluation_id NOT IN (SELECT j.evaluation_id FROM judged j)
        )
$$;

-- Letters of messages that are not sent any more. That they were, to whom, about what and how it ended, stays (D4).
CREATE FUNCTION old_letters(before timestamptz) RETURNS TABLE (message_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT m.message_id FROM messages m
    WHERE m.letter IS NOT NULL AND m.ended_at < before
        AND (m.state IN ('accepted', 'refused')
            OR m.state = 'uncertain' AND (m.repeated OR NOT message_warns(m.message_id)))
$$;

-- What components had inside that went; what was left behind is in a table of its own.
CREATE FUNCTION old_resources(before timestamptz) RETURNS TABLE (component_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT c.component_id FROM components c
    WHERE c.gone_at < before AND EXISTS (SELECT FROM resources r WHERE r.component_id = c.component_id)
$$;

-- How many there are that could be forgotten now.
CREATE FUNCTION old_records(scans_kept interval, evaluations_kept interval, messages_kept interval)
RETURNS TABLE (readings bigint, scans bigint, evaluations bigint, letters bigint, resources bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    scanned timestamptz := forgotten_before(scans_kept);
    judged timestamptz := forgotten_before(evaluations_kept);
    told timestamptz := forgotten_before(messages_kept);
BEGIN
    RETURN QUERY SELECT
        (SELECT count(*) FROM old_readings(scanned)),
        (SELECT count(*) FROM old_scans(scanned, judged)),
        (SELECT count(*) FROM old_evaluations(judged)),
        (SELECT count(*) FROM old_letters(told)),
        (SELECT count(*) FROM old_resources(scanned) o JOIN curfew.resources r ON r.component_id = o.component_id);
END $$;

-- Forgets them, and writes down how many.
CREATE FUNCTION forget_records(scans_kept interval, evaluations_kept interval, messages_kept interval)
RETURNS TABLE (readings bigint, scans bigint, evaluations bigint, letters bigint, resources bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    scanned timestamptz := forgotten_before(scans_kept);
    judged timestamptz := forgotten_before(evaluations_kept);
    told timestamptz := forgotten_before(messages_kept);
    unused bigint[];
BEGIN
    unused := ARRAY(SELECT o.scan_id FROM old_scans(scanned, judged) o);
    DELETE FROM curfew.readings r USING old_readings(scanned) o
        WHERE r.scan_id = o.scan_id AND r.target_id = o.target_id;
    GET DIAGNOSTICS readings = ROW_COUNT;
    DELETE FROM curfew.evaluations e USING old_evaluations(judged) o WHERE e.evaluation_id = o.evaluation_id;
    GET DIAGNOSTICS evaluations = ROW_COUNT;
    DELETE FROM curfew.scans s WHERE s.scan_id = ANY (unused);
    GET DIAGNOSTICS scans = ROW_COUNT;
    UPDATE messages m SET letter = NULL FROM old_letters(told) o WHERE m.message_id = o.message_id;
    GET DIAGNOSTICS letters = ROW_COUNT;
    DELETE FROM curfew.resources r USING old_resources(scanned) o WHERE r.component_id = o.component_id;
    GET DIAGNOSTICS resources = ROW_COUNT;
    IF readings + scans + evaluations + letters + resources > 0 THEN
        INSERT INTO audit_log (event, details) VALUES ('records forgotten', jsonb_build_object(
            'readings', readings, 'scans', scans, 'evaluations', evaluations, 'letters', letters,
            'resources', resources, 'scanned before', scanned, 'evaluated before', judged, 'told before', told));
    END IF;
    RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION old_records(interval, interval, interval) FROM PUBLIC;
REVOKE ALL ON FUNCTION forget_records(interval, interval, interval) FROM PUBLIC;
