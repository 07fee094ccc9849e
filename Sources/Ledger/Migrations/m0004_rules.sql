-- The rules that hold whatever a program of ours does, and whoever is connected: they are triggers, all ENABLE ALWAYS,
-- so that session_replication_role does not switch them off either.

-- Refuses every change of what only grows.
CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- The actor is who is connected, whatever the statement says.
CREATE FUNCTION audit_actor() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    NEW.actor := session_user;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER audit_actor BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_actor();
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_actor;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_only_grows;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_never_emptied;

-- Approvers are proven identities: the name is who is connected, never what the statement says.
CREATE FUNCTION approval_by_session() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    NEW.decided_by := session_user;
    NEW.self := NEW.self OR session_user = (SELECT made_by FROM plans WHERE plan_id = NEW.plan_id);
    RETURN NEW;
END $$;

CREATE TRIGGER approval_by_session BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approval_by_session();
CREATE TRIGGER approvals_only_grow BEFORE UPDATE OR DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER approvals_never_emptied BEFORE TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE approvals ENABLE ALWAYS TRIGGER approval_by_session;
ALTER TABLE approvals ENABLE ALWAYS TRIGGER approvals_only_grow;
ALTER TABLE approvals ENABLE ALWAYS TRIGGER approvals_never_emptied;

-- Which state of a plan may follow which; a test compares it with the program's own table.
CREATE FUNCTION plan_may_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT CASE before
        WHEN 'draft' THEN after IN ('superseded', 'withdrawn')
        WHEN 'awaiting approval' THEN after IN ('approved', 'rejected', 'withdrawn', 'superseded', 'expired')
        WHEN 'approved' THEN after IN ('running', 'expired', 'withdrawn', 'superseded', 'rejected')
        WHEN 'running' THEN after IN ('done', 'failed', 'halted')
        ELSE false
    END
$$;

CREATE FUNCTION step_may_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT CASE before
        WHEN 'pending' THEN after IN ('intended', 'gone', 'skipped')
        WHEN 'intended' THEN after IN ('requested', 'gone', 'failed', 'pending')
        WHEN 'requested' THEN after IN ('gone', 'failed')
        ELSE false
    END
$$;

-- Enough different people said yes to exactly this digest, and nobody said no.
CREATE FUNCTION plan_is_approved(plan plans) RETURNS boolean
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT plan.approval @> '{"automatic": true}' OR (
        count(DISTINCT decided_by) FILTER (
            WHERE decision = 'approved' AND digest = plan.digest
                AND (NOT self OR plan.approval @> '{"requesterCounts": true}')
        ) >= greatest((plan.approval ->> 'required')::integer, 1)
        AND count(*) FILTER (WHERE decision = 'rejected') = 0
    )
    FROM approvals WHERE plan_id = plan.plan_id
$$;

CREATE FUNCTION plan_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    NEW.made_by := session_user;
    IF (NEW.state = 'draft') <> (NEW.blockers <> '[]')
        OR NEW.state NOT IN ('draft', 'awaiting approval', 'approved')
        OR NEW.state = 'approved' AND NOT NEW.approval @> '{"automatic": true}' THEN
        RAISE EXCEPTION 'a plan cannot begin as %', NEW.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- A plan's content never changes after it is written, and its state only along the table above.
CREATE FUNCTION plan_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF (NEW.plan_id, NEW.run_id, NEW.digest, NEW.document, NEW.blockers, NEW.revision, NEW.approval, NEW.made_at,
            NEW.made_by)
        IS DISTINCT FROM (OLD.plan_id, OLD.run_id, OLD.digest, OLD.document, OLD.blockers, OLD.revision, OLD.approval,
            OLD.made_at, OLD.made_by) THEN
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
    RETURN NEW;
END $$;

CREATE TRIGGER plan_made BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION plan_made();
CREATE TRIGGER plan_guarded BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION plan_guarded();
CREATE TRIGGER plans_stay BEFORE DELETE ON plans FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER plans_never_emptied BEFORE TRUNCATE ON plans FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE plans ENABLE ALWAYS TRIGGER plan_made;
ALTER TABLE plans ENABLE ALWAYS TRIGGER plan_guarded;
ALTER TABLE plans ENABLE ALWAYS TRIGGER plans_stay;
ALTER TABLE plans ENABLE ALWAYS TRIGGER plans_never_emptied;

-- Only what stands in the plan's document can become a step of it.
CREATE FUNCTION step_made() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NEW.state <> 'pending' OR NOT EXISTS (
        SELECT FROM plans p, components c
        WHERE p.plan_id = NEW.plan_id AND c.component_id = NEW.component_id
            AND p.document @> jsonb_build_object('steps', jsonb_build_array(
                jsonb_build_object('number', NEW.number, 'component', c.provider_id)))
    ) THEN
        RAISE EXCEPTION 'step % is not in plan P%', NEW.number, NEW.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- A deletion is intended only by a plan that runs, and only after the tombstone is stored.
CREATE FUNCTION step_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF (NEW.plan_id, NEW.number, NEW.environment_id, NEW.component_id, NEW.token)
        IS DISTINCT FROM (OLD.plan_id, OLD.number, OLD.environment_id, OLD.component_id, OLD.token) THEN
        RAISE EXCEPTION 'step % of plan P% is fixed', OLD.number, OLD.plan_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT step_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'step % of plan P% cannot go from % to %', OLD.number, OLD.plan_id, OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'intended' AND OLD.state <> 'intended' THEN
        -- The row is locked, so that the plan cannot end between this look and the commit.
        PERFORM FROM plans WHERE plan_id = NEW.plan_id AND state = 'running' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'plan P% is not running: nothing of it may be deleted', NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NOT EXISTS (SELECT FROM tombstones WHERE plan_id = NEW.plan_id AND component_id = NEW.component_id) THEN
            RAISE EXCEPTION 'step % of plan P% has no tombstone', NEW.number, NEW.plan_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step_made BEFORE INSERT ON steps FOR EACH ROW EXECUTE FUNCTION step_made();
CREATE TRIGGER step_guarded BEFORE UPDATE ON steps FOR EACH ROW EXECUTE FUNCTION step_guarded();
CREATE TRIGGER steps_stay BEFORE DELETE ON steps FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER steps_never_emptied BEFORE TRUNCATE ON steps FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE steps ENABLE ALWAYS TRIGGER step_made;
ALTER TABLE steps ENABLE ALWAYS TRIGGER step_guarded;
ALTER TABLE steps ENABLE ALWAYS TRIGGER steps_stay;
ALTER TABLE steps ENABLE ALWAYS TRIGGER steps_never_emptied;

CREATE TRIGGER tombstones_only_grow BEFORE UPDATE OR DELETE ON tombstones
    FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER tombstones_never_emptied BEFORE TRUNCATE ON tombstones
    FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE tombstones ENABLE ALWAYS TRIGGER tombstones_only_grow;
ALTER TABLE tombstones ENABLE ALWAYS TRIGGER tombstones_never_emptied;
