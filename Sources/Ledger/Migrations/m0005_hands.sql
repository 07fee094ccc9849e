-- Safe hands: several kinds of steps, leases with fencing numbers, and a sealed audit log.

-- ---------------------------------------------------------------------------------------------------------- steps

ALTER TABLE steps
    ADD COLUMN action text NOT NULL DEFAULT 'delete stack' CHECK (action IN
        ('delete stack', 'protection off', 'empty bucket', 'delete images', 'delete again', 'delete log group')),
    -- What inside or beside the component it is about; NULL where it is the stack itself.
    ADD COLUMN subject text,
    -- Under which taking of the lease 'reap' it was intended last.
    ADD COLUMN fence bigint,
    DROP CONSTRAINT steps_state_check,
    ADD CONSTRAINT steps_state_check CHECK (state IN
        ('pending', 'intended', 'requested', 'gone', 'done', 'obstructed', 'unneeded', 'failed', 'skipped')),
    ADD CONSTRAINT steps_have_subjects
        CHECK ((action IN ('empty bucket', 'delete images', 'delete log group')) = (subject IS NOT NULL));

CREATE OR REPLACE FUNCTION step_may_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT CASE before
        WHEN 'pending' THEN after IN ('intended', 'gone', 'done', 'unneeded', 'skipped')
        WHEN 'intended' THEN after IN ('requested', 'gone', 'done', 'failed', 'pending')
        WHEN 'requested' THEN after IN ('gone', 'done', 'failed', 'obstructed')
        ELSE false
    END
$$;

-- What comes after it may start.
CREATE FUNCTION step_ended_well(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT state IN ('gone', 'done', 'obstructed', 'unneeded')
$$;

-- Only what stands in the plan's document, with this number, component, action and subject, can become a step of it.
CREATE OR REPLACE FUNCTION step_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NEW.state <> 'pending' OR NEW.fence IS NOT NULL OR NOT EXISTS (
        SELECT FROM plans p, components c, environments e, jsonb_array_elements(p.document -> 'steps') AS d
        WHERE p.plan_id = NEW.plan_id AND c.component_id = NEW.component_id AND e.environment_id = NEW.environment_id
            AND (d ->> 'number')::integer = NEW.number AND d ->> 'component' = c.provider_id
            AND d -> 'environment'
                = jsonb_build_object('space', e.space, 'name', e.name, 'incarnation', e.incarnation)
            AND coalesce(d -> 'action' ->> 'kind', 'delete stack') = NEW.action
            AND d -> 'action' ->> 'subject' IS NOT DISTINCT FROM NEW.subject
    ) THEN
        RAISE EXCEPTION 'step % is not in plan P%', NEW.number, NEW.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- The environments of a plan are those of its document, each with the ground that it was planned on.
CREATE FUNCTION plan_environment_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM plans p, environments e
        WHERE p.plan_id = NEW.plan_id AND e.environment_id = NEW.environment_id
            AND p.document @> jsonb_build_object('environments', jsonb_build_array(jsonb_build_object(
                'key', jsonb_build_object('space', e.space, 'name', e.name, 'incarnation', e.incarnation),
                'verdictClass', NEW.class)))
    ) THEN
        RAISE EXCEPTION 'the environment is not in plan P%', NEW.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER plan_environment_made BEFORE INSERT ON plan_environments
    FOR EACH ROW EXECUTE FUNCTION plan_environment_made();
CREATE TRIGGER plan_environments_stay BEFORE UPDATE OR DELETE ON plan_environments
    FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER plan_environments_never_emptied BEFORE TRUNCATE ON plan_environments
    FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE plan_environments ENABLE ALWAYS TRIGGER plan_environment_made;
ALTER TABLE plan_environments ENABLE ALWAYS TRIGGER plan_environments_stay;
ALTER TABLE plan_environments ENABLE ALWAYS TRIGGER plan_environments_never_emptied;

-- --------------------------------------------------------------------------------------------------------- leases

-- Work that only one may do at a time, on the database's clock. A row is never deleted: its fence only grows.
CREATE TABLE work_leases (
    name text PRIMARY KEY,
    fence bigint NOT NULL CHECK (fence > 0),
    -- Which process, in its own words; and which login, whatever it says.
    holder text NOT NULL CHECK (holder <> ''),
    holder_login text NOT NULL DEFAULT session_user,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    renewed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    -- How long a call that the holder signed last may still be taken by the provider.
    signature_window interval NOT NULL CHECK (signature_window >= interval '0'),
    released_at timestamptz,
    CHECK (expires_at <= renewed_at + interval '1 hour')
);

CREATE FUNCTION lease_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    NEW.fence := 1;
    NEW.holder_login := session_user;
    NEW.claimed_at := clock_timestamp();
    NEW.renewed_at := NEW.claimed_at;
    NEW.released_at := NULL;
    RETURN NEW;
END $$;

-- A lease is renewed or given back by its holder, or taken anew when it was given back or when its last call cannot
-- arrive any more. The window that counts for this is the former holder's.
CREATE FUNCTION lease_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NEW.name <> OLD.name THEN
        RAISE EXCEPTION 'the lease % keeps its name', OLD.name USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.fence = OLD.fence THEN
        IF OLD.holder_login <> session_user OR OLD.released_at IS NOT NULL
            OR (NEW.holder, NEW.holder_login, NEW.claimed_at, NEW.signature_window)
                IS DISTINCT FROM (OLD.holder, OLD.holder_login, OLD.claimed_at, OLD.signature_window) THEN
            RAISE EXCEPTION 'the lease % belongs to %', OLD.name, OLD.holder USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.released_at IS NULL THEN
            NEW.renewed_at := clock_timestamp();
        ELSE
            NEW.released_at := clock_timestamp();
        END IF;
    ELSIF NEW.fence = OLD.fence + 1
        AND (OLD.released_at IS NOT NULL OR OLD.expires_at + OLD.signature_window < clock_timestamp()) THEN
        NEW.holder_login := session_user;
        NEW.claimed_at := clock_timestamp();
        NEW.renewed_at := NEW.claimed_at;
        NEW.released_at := NULL;
    ELSE
        RAISE EXCEPTION 'the lease % cannot be taken from %', OLD.name, OLD.holder
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER lease_made BEFORE INSERT ON work_leases FOR EACH ROW EXECUTE FUNCTION lease_made();
CREATE TRIGGER lease_guarded BEFORE UPDATE ON work_leases FOR EACH ROW EXECUTE FUNCTION lease_guarded();
CREATE TRIGGER leases_stay BEFORE DELETE ON work_leases FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER leases_never_emptied BEFORE TRUNCATE ON work_leases FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE work_leases ENABLE ALWAYS TRIGGER lease_made;
ALTER TABLE work_leases ENABLE ALWAYS TRIGGER lease_guarded;
ALTER TABLE work_leases ENABLE ALWAYS TRIGGER leases_stay;
ALTER TABLE work_leases ENABLE ALWAYS TRIGGER leases_never_emptied;

-- -------------------------------------------------------------------------------------------------------- sealing

-- The chain over the audit log: each link covers one entry and the link before.
CREATE TABLE audit_seals (
    seal_number bigint PRIMARY KEY CHECK (seal_number > 0),
    entry_id bigint NOT NULL UNIQUE,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

-- Entries that wait for their seal, so that sealing need not search the whole log.
CREATE TABLE audit_unsealed (
    entry_id bigint PRIMARY KEY
);
INSERT INTO audit_unsealed SELECT entry_id FROM audit_log;

-- One spelling for every value, so that a digest means the same on every machine: a letter for the kind, then, big-endian
-- in eight bytes, the number itself (i), microseconds since 1970 (d), or the length of the UTF-8 that follows (s);
-- an absent value is the letter n alone.
CREATE FUNCTION sealed_text(value text) RETURNS bytea LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT convert_to('s', 'UTF8') || int8send(length(convert_to(value, 'UTF8'))::bigint) || convert_to(value, 'UTF8')
$$;

CREATE FUNCTION sealed_number(value bigint) RETURNS bytea LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT coalesce(convert_to('i', 'UTF8') || int8send(value), convert_to('n', 'UTF8'))
$$;

CREATE FUNCTION sealed_time(value timestamptz) RETURNS bytea LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT convert_to('d', 'UTF8') || int8send(round(extract(epoch FROM value) * 1000000)::bigint)
$$;

-- SHA-256 over: the 32 bytes of the link before, the text "curfew audit 1", then the entry's id, time, actor, event,
-- environment, plan, and its details as PostgreSQL spells them as text.
CREATE FUNCTION sealed_digest(previous bytea, entry audit_log) RETURNS bytea
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT sha256(previous || sealed_text('curfew audit 1') || sealed_number(entry.entry_id) || sealed_time(entry.at)
        || sealed_text(entry.actor) || sealed_text(entry.event) || sealed_number(entry.environment_id)
        || sealed_number(entry.plan_id) || sealed_text(entry.details::text))
$$;

CREATE FUNCTION audit_queued() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
BEGIN
    INSERT INTO audit_unsealed SELECT entry_id FROM added;
    RETURN NULL;
END $$;

-- The next link of the chain, whatever the statement says: only the entry can be chosen.
CREATE FUNCTION seal_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
DECLARE
    head audit_seals;
    entry audit_log;
BEGIN
    SELECT * INTO head FROM audit_seals ORDER BY seal_number DESC LIMIT 1;
    SELECT * INTO entry FROM audit_log WHERE entry_id = NEW.entry_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the audit log has no entry %', NEW.entry_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.seal_number := coalesce(head.seal_number, 0) + 1;
    NEW.previous := coalesce(head.digest, decode(repeat('00', 32), 'hex'));
    NEW.digest := sealed_digest(NEW.previous, entry);
    RETURN NEW;
END $$;

-- Chains every committed entry that is not sealed yet, in the order of their ids; returns how many. An entry whose
-- transaction was still open is sealed the next time, after those that were committed before it.
CREATE FUNCTION seal() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    entry bigint;
    sealed bigint := 0;
BEGIN
    -- One at a time, until the end of the transaction: the chain has one head.
    PERFORM pg_advisory_xact_lock(hashtextextended('curfew seal', 0));
    FOR entry IN
        SELECT q.entry_id FROM audit_unsealed q JOIN audit_log USING (entry_id) ORDER BY q.entry_id
    LOOP
        INSERT INTO audit_seals (entry_id) VALUES (entry);
        DELETE FROM audit_unsealed WHERE entry_id = entry;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END $$;
REVOKE ALL ON FUNCTION seal() FROM PUBLIC;

-- The grants take this right even from the owner, who may give it back for as long as a migration lasts.
GRANT TRIGGER ON audit_log TO CURRENT_USER;
CREATE TRIGGER audit_queued AFTER INSERT ON audit_log REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION audit_queued();
REVOKE TRIGGER ON audit_log FROM CURRENT_USER;
CREATE TRIGGER seal_made BEFORE INSERT ON audit_seals FOR EACH ROW EXECUTE FUNCTION seal_made();
CREATE TRIGGER seals_only_grow BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER seals_never_emptied BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_queued;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER seal_made;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER seals_only_grow;
ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER seals_never_emptied;

-- -------------------------------------------------------------------------------------------- a step's way, again

-- What a step waits for inside its own component: why it may not start yet, or NULL. The plan's document says what else
-- comes before it.
CREATE FUNCTION step_waits(step steps) RETURNS text LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    WITH others AS (
        SELECT o.* FROM steps o
        WHERE o.plan_id = step.plan_id AND o.component_id = step.component_id AND o.number <> step.number
    ), before AS (
        SELECT b.value::integer AS number FROM plans p, jsonb_array_elements(p.document -> 'steps') AS d,
            jsonb_array_elements_text(d -> 'after') AS b
        WHERE p.plan_id = step.plan_id AND (d ->> 'number')::integer = step.number
    )
    SELECT CASE
        WHEN EXISTS (
            SELECT FROM before JOIN steps b USING (number)
            WHERE b.plan_id = step.plan_id AND NOT step_ended_well(b.state)
        ) THEN 'something before it has not ended well'
        WHEN step.action = 'protection off'
            AND NOT EXISTS (SELECT FROM others WHERE action = 'delete stack' AND state = 'pending')
            THEN 'its stack''s deletion does not wait for it'
        WHEN step.action = 'delete stack' AND EXISTS (
            SELECT FROM others WHERE action = 'protection off' AND state NOT IN ('done', 'unneeded')
        ) THEN 'its stack may be protected'
        WHEN step.action IN ('empty bucket', 'delete images', 'delete again')
            AND NOT EXISTS (SELECT FROM others WHERE action = 'delete stack' AND state = 'obstructed')
            THEN 'its stack''s deletion was not obstructed'
        WHEN step.action = 'delete log group' AND NOT EXISTS (
            SELECT FROM others WHERE action IN ('delete stack', 'delete again') AND state = 'gone'
        ) THEN 'its stack is not gone'
    END
$$;

-- Nothing is begun but by the one who holds the lease, for a plan that runs and is still approved, after the tombstone is
-- stored, in the plan's order, and while nothing is paused. Nothing is asked for before its intent is sealed.
CREATE OR REPLACE FUNCTION step_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
DECLARE
    plan plans;
    reason text;
BEGIN
    IF (NEW.plan_id, NEW.number, NEW.environment_id, NEW.component_id, NEW.token, NEW.action, NEW.subject)
        IS DISTINCT FROM (OLD.plan_id, OLD.number, OLD.environment_id, OLD.component_id, OLD.token, OLD.action,
            OLD.subject) THEN
        RAISE EXCEPTION 'step % of plan P% is fixed', OLD.number, OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT step_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'step % of plan P% cannot go from % to %', OLD.number, OLD.plan_id, OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.fence IS DISTINCT FROM OLD.fence AND NOT (NEW.state = 'intended' AND OLD.state = 'pending') THEN
        RAISE EXCEPTION 'the fence of step % of plan P% is fixed', OLD.number, OLD.plan_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'intended' AND OLD.state <> 'intended' THEN
        -- The row is locked, so that the plan cannot end between this look and the commit.
        SELECT * INTO plan FROM plans WHERE plan_id = NEW.plan_id AND state = 'running' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'plan P% is not running: nothing of it may be deleted', NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NOT plan_is_approved(plan) THEN
            RAISE EXCEPTION 'plan P% has no approval that still stands', NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF EXISTS (SELECT FROM pauses WHERE resumed_at IS NULL) THEN
            RAISE EXCEPTION 'everything is paused: step % of plan P% may not begin', NEW.number, NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NOT EXISTS (SELECT FROM tombstones WHERE plan_id = NEW.plan_id AND component_id = NEW.component_id) THEN
            RAISE EXCEPTION 'step % of plan P% has no tombstone', NEW.number, NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        reason := step_waits(NEW);
        IF reason IS NOT NULL THEN
            RAISE EXCEPTION 'step % of plan P% may not begin: %', NEW.number, NEW.plan_id, reason
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- This row is locked too: nobody takes the lease between this look and the commit.
        PERFORM FROM work_leases
            WHERE name = 'reap' AND fence = NEW.fence AND released_at IS NULL AND expires_at > clock_timestamp()
                AND holder_login = session_user
            FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'step % of plan P% is intended without the lease of the reaper', NEW.number, NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    -- Its newest intent, that is: one that was taken back and made again has several.
    IF NEW.state = 'requested' AND OLD.state = 'intended' AND NOT coalesce((
        SELECT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.entry_id) FROM audit_log a
        WHERE a.plan_id = NEW.plan_id AND a.event = 'step intended' AND a.details ->> 'token' = NEW.token
        ORDER BY a.entry_id DESC LIMIT 1
    ), false) THEN
        RAISE EXCEPTION 'the intent of step % of plan P% is not sealed', NEW.number, NEW.plan_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
