-- Several processes read one scan together, and all processes keep to one request rate.

-- What it reads and how; workers that mean the very same share it. NULL: nobody may join.
ALTER TABLE scans ADD COLUMN extent bytea CONSTRAINT scans_extent CHECK (length(extent) = 32);
CREATE INDEX scans_running ON scans (extent) WHERE state = 'running';

CREATE TABLE scan_workers (
    worker_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scan_id bigint NOT NULL REFERENCES scans ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    login text NOT NULL DEFAULT session_user,
    -- By the database's own clock: later than this without a word it counts as dead.
    heard_until timestamptz NOT NULL,
    -- Targets of which it recorded the reading.
    read integer NOT NULL DEFAULT 0,
    -- Every call it made until its last word, by kind.
    calls jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX scan_workers_by_scan ON scan_workers (scan_id);

-- Counts the claims of a target, over all scans: readings are in this order, whatever the clocks of their machines say.
ALTER TABLE targets ADD COLUMN fence bigint NOT NULL DEFAULT 0;
ALTER TABLE readings ADD COLUMN fence bigint NOT NULL DEFAULT 0;
DROP INDEX readings_by_target;
CREATE INDEX readings_by_target ON readings (target_id, fence DESC, scan_id DESC);

CREATE TABLE scan_targets (
    scan_id bigint NOT NULL REFERENCES scans ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES targets,
    -- The longest unread is begun first.
    position integer NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'read')),
    -- Who reads it, or read it.
    worker_id bigint REFERENCES scan_workers,
    fence bigint,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (scan_id, target_id),
    CONSTRAINT scan_targets_claims CHECK ((state = 'claimed') = (lease_until IS NOT NULL)),
    CONSTRAINT scan_targets_workers CHECK ((state = 'waiting') = (worker_id IS NULL)),
    CONSTRAINT scan_targets_fences CHECK (state = 'waiting' OR fence IS NOT NULL)
);
-- Two readings of one target never overlap, whichever scans they are of.
CREATE UNIQUE INDEX scan_targets_one_claim ON scan_targets (target_id) WHERE state = 'claimed';
CREATE INDEX scan_targets_waiting ON scan_targets (scan_id, position) WHERE state = 'waiting';

-- Whatever is written past the program: nothing leaves `read`, and nothing is read that was not claimed.
CREATE FUNCTION scan_target_may_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT (before, after) IN (('waiting', 'claimed'), ('claimed', 'read'), ('claimed', 'waiting'))
$$;
CREATE FUNCTION scan_target_guarded() RETURNS trigger
LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT scan_target_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a target of a scan does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.fence < OLD.fence THEN
        RAISE EXCEPTION 'the fence of a target never falls' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scan_targets_guarded BEFORE UPDATE ON scan_targets
    FOR EACH ROW EXECUTE FUNCTION scan_target_guarded();
ALTER TABLE scan_targets ENABLE ALWAYS TRIGGER scan_targets_guarded;

-- As before, but in the order of reading: a scan that began earlier may have read a target later.
CREATE OR REPLACE FUNCTION old_readings(before timestamptz) RETURNS TABLE (scan_id bigint, target_id bigint)
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT r.scan_id, r.target_id FROM readings r JOIN scans s ON s.scan_id = r.scan_id
    WHERE s.state <> 'running' AND s.finished_at < before
        AND EXISTS (SELECT FROM readings n
            WHERE n.target_id = r.target_id AND (n.fence, n.scan_id) > (r.fence, r.scan_id))
        AND (r.outcome <> 'complete' OR EXISTS (
            SELECT FROM readings n JOIN scans t ON t.scan_id = n.scan_id
            WHERE n.target_id = r.target_id AND (n.fence, n.scan_id) > (r.fence, r.scan_id)
                AND n.outcome = 'complete' AND t.state IN ('complete', 'partial')
        ))
$$;

-- The request rate of an account in a region, for each service: all processes on all machines take their turns here.
-- Not logged: what a crash of the server forgets is learnt again within a minute.
CREATE UNLOGGED TABLE request_paces (
    account text NOT NULL,
    region text NOT NULL,
    service text NOT NULL,
    -- Turns a second, now: halved where AWS throttles, and slowly given back.
    rate double precision NOT NULL CHECK (rate > 0),
    -- When the next turn would be, had nobody saved any.
    free_at timestamptz NOT NULL,
    adapted_at timestamptz NOT NULL,
    throttled_at timestamptz,
    throttles bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account, region, service)
) WITH (fillfactor = 50);
