-- Approvals that are proven, forecasts that stay as they were, and what is kept of what went or stayed.

-- ------------------------------------------------------------------------------------------------------ approvals

ALTER TABLE approvals
    -- Who wrote it down for somebody else, and how that one was proven: a signature, a token.
    ADD COLUMN recorded_by text,
    ADD COLUMN proof text CHECK (proof <> ''),
    ADD CONSTRAINT approvals_are_proven CHECK ((recorded_by IS NULL) = (proof IS NULL));

-- Whether the one who is connected is a member of the verifiers, directly or through other groups. A superuser, who is
-- taken for a member of everything elsewhere, is none here.
CREATE FUNCTION session_verifies() RETURNS boolean LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    WITH RECURSIVE groups (role) AS (
        SELECT oid FROM pg_roles WHERE rolname = session_user
        UNION
        SELECT m.roleid FROM pg_auth_members m JOIN groups g ON m.member = g.role
    )
    SELECT EXISTS (SELECT FROM groups JOIN pg_roles r ON r.oid = groups.role WHERE r.rolname = 'curfew_verifier')
$$;

-- An approver is who is connected, or somebody whom a verifier has proven. Approving, rejecting, withdrawing and starting
-- lock the plan's row before they look at it, so that of two at the same instant the second sees what the first did.
CREATE OR REPLACE FUNCTION approval_by_session() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
DECLARE
    plan plans;
BEGIN
    SELECT * INTO plan FROM plans WHERE plan_id = NEW.plan_id FOR UPDATE;
    IF NEW.digest IS DISTINCT FROM plan.digest THEN
        RAISE EXCEPTION 'plan P% does not have this digest', NEW.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF plan.state <> 'awaiting approval' AND NOT (NEW.decision = 'rejected' AND plan.state = 'approved') THEN
        RAISE EXCEPTION 'plan P% is %: it cannot be % any more', NEW.plan_id, plan.state, NEW.decision
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.proof IS NOT NULL AND NEW.decided_by <> '' AND session_verifies() THEN
        NEW.recorded_by := session_user;
    ELSE
        NEW.decided_by := session_user;
        NEW.recorded_by := NULL;
        NEW.proof := NULL;
    END IF;
    NEW.self := NEW.self OR NEW.decided_by = plan.made_by;
    RETURN NEW;
END $$;

-- ------------------------------------------------------------------------------------------------------ forecasts

ALTER TABLE plans ADD COLUMN forecast jsonb NOT NULL DEFAULT '{"environments": []}';

CREATE OR REPLACE FUNCTION plan_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF (NEW.plan_id, NEW.run_id, NEW.digest, NEW.document, NEW.blockers, NEW.revision, NEW.approval, NEW.made_at,
            NEW.made_by, NEW.forecast)
        IS DISTINCT FROM (OLD.plan_id, OLD.run_id, OLD.digest, OLD.document, OLD.blockers, OLD.revision, OLD.approval,
            OLD.made_at, OLD.made_by, OLD.forecast) THEN
        RAISE EXCEPTION 'plan P% is fixed: its content cannot be changed', OLD.plan_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT plan_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'plan P% cannot go from % to %', OLD.plan_id, OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'approved' AND NOT plan_is_approved(NEW) THEN
        RAISE EXCEPTION 'plan P% does not have the approvals it needs', OLD.plan_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> 'approved'
        AND (NEW.approved_at, NEW.expires_at) IS DISTINCT FROM (OLD.approved_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'the approval of plan P% is fixed', OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> 'running' AND NEW.started_at IS DISTINCT FROM OLD.started_at THEN
        RAISE EXCEPTION 'the start of plan P% is fixed', OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The approvals are looked at once more: nothing that was only said to be approved is ever carried out.
    IF NEW.state = 'running' AND (NEW.expires_at <= NEW.started_at OR NEW.started_at < NEW.approved_at
            OR NOT plan_is_approved(NEW)) THEN
        RAISE EXCEPTION 'plan P% has no approval that still stands', OLD.plan_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Who may not begin may not end either.
    IF OLD.state = 'running' AND NOT has_column_privilege('plans', 'started_at', 'UPDATE') THEN
        RAISE EXCEPTION 'plan P% runs: only the reaper ends it', OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Whatever time the statement claims it is. (Superusers, who could switch every rule off, may try out other times.)
    IF NEW.state = 'running' AND NEW.expires_at <= clock_timestamp()
        AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND rolsuper) THEN
        RAISE EXCEPTION 'the approval of plan P% ran out', OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- ----------------------------------------------------------------------------------------------------- tombstones

-- The only way to a tombstone's content for anybody but the owner: every reading of one is in the audit log.
CREATE FUNCTION read_tombstone(wanted_plan bigint, wanted_component text) RETURNS TABLE (content bytea, hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    kept tombstones;
BEGIN
    SELECT t.* INTO kept FROM tombstones t JOIN components c ON c.component_id = t.component_id
        WHERE t.plan_id = wanted_plan AND c.provider_id = wanted_component;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO audit_log (event, environment_id, plan_id, details)
        SELECT 'tombstone read', (
            SELECT min(s.environment_id) FROM steps s
            WHERE s.plan_id = kept.plan_id AND s.component_id = kept.component_id
        ), kept.plan_id, jsonb_build_object('component', wanted_component, 'hash', encode(kept.hash, 'hex'));
    RETURN QUERY SELECT kept.content, kept.hash;
END $$;
REVOKE ALL ON FUNCTION read_tombstone(bigint, text) FROM PUBLIC;

-- ------------------------------------------------------------------------------------------------------ leftovers

CREATE TABLE leftovers (
    leftover_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id bigint NOT NULL REFERENCES environments,
    plan_id bigint REFERENCES plans,
    component_id bigint REFERENCES components,
    target_id bigint NOT NULL REFERENCES targets,
    type text NOT NULL CHECK (type <> ''),
    -- A physical id or an ARN.
    identifier text NOT NULL CHECK (identifier <> ''),
    reason text NOT NULL CHECK (reason IN ('retained', 'snapshot', 'log group', 'named', 'tagged', 'failed')),
    owner text,
    found_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- When somebody last looked for it, whatever came of it.
    checked_at timestamptz NOT NULL,
    gone_at timestamptz,
    -- The same name means different things in two regions, and of two types.
    UNIQUE (environment_id, target_id, type, identifier)
);
CREATE INDEX leftovers_open ON leftovers (found_at) WHERE gone_at IS NULL;
