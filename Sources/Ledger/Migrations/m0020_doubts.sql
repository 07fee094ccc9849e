-- Lists of branches are held against the ones before, and what a list lacks is not gone at once (R3).
ALTER TABLE repositories
    -- Its host's own number for it, which no other repository gets.
    ADD COLUMN project text CHECK (project <> ''),
    ADD COLUMN default_branch text CHECK (default_branch <> ''),
    -- A list that was read and is not believed yet: since when, how many of the known branches it has, and whose it is.
    ADD COLUMN doubted_at timestamptz,
    ADD COLUMN doubt_kept integer CHECK (doubt_kept >= 0),
    ADD COLUMN doubt_project text,
    ADD CONSTRAINT repositories_doubt_whole CHECK ((doubted_at IS NULL) = (doubt_kept IS NULL)
        AND (doubt_project IS NULL OR doubted_at IS NOT NULL));

-- Into which branch a request went is kept; whether that is the default one is asked when it matters.
ALTER TABLE pull_requests DROP COLUMN into_default;

-- Neither there nor gone: the newest list lacks it, and that is all that is known.
ALTER TABLE environment_branches
    ADD COLUMN missed_at timestamptz,
    ADD COLUMN missed_why text,
    ADD CONSTRAINT environment_branches_missed_say_why CHECK ((missed_at IS NULL) = (missed_why IS NULL)),
    ADD CONSTRAINT environment_branches_are_gone_or_missed CHECK (gone_at IS NULL OR missed_at IS NULL);

-- What was believed of merges may have been said of branches that never held anything.
UPDATE environment_branches SET merged = NULL WHERE merged IS NOT NULL;

-- An account's mode is of the account as the settings, or the organization, had it when it was said (D2). Null is from
-- before that was kept, when accounts came from the settings alone.
ALTER TABLE accounts ADD COLUMN mode_origin text CHECK (mode_origin IN ('settings', 'organization', 'records'));

-- Takes `reap` from accounts that come from elsewhere by now. Who scans notices that, and may set no mode: this gives none.
CREATE FUNCTION lapse_modes(known text[], origins text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    lapsed integer;
BEGIN
    WITH changed AS (
        UPDATE accounts a SET mode = 'report', mode_by = session_user, mode_at = clock_timestamp(), mode_origin = n.origin,
            mode_because = format('`reap` was said when it came from the %s, and by now it comes from the %s',
                coalesce(a.mode_origin, 'settings'), n.origin)
        FROM unnest(known, origins) AS n (account, origin)
        WHERE a.account = n.account AND a.mode = 'reap' AND coalesce(a.mode_origin, 'settings') <> n.origin
        RETURNING a.account, a.mode_because, a.mode_origin
    ), said AS (
        INSERT INTO audit_log (event, details)
        SELECT 'account mode report',
            jsonb_build_object('account', account, 'because', mode_because, 'from', mode_origin)
        FROM changed RETURNING 1
    )
    SELECT count(*) INTO lapsed FROM said;
    RETURN lapsed;
END $$;
REVOKE ALL ON FUNCTION lapse_modes(text[], text[]) FROM PUBLIC;
