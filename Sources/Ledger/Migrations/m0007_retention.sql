-- Tombstones can be forgotten: those of environments that ended long ago.

-- Whoever deletes one, and however: never one that is younger than 30 days or whose environment lives.
CREATE FUNCTION tombstone_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.stored_at < clock_timestamp() - interval '30 days' AND NOT EXISTS (
        SELECT FROM steps s JOIN environments e ON e.environment_id = s.environment_id
        WHERE s.plan_id = OLD.plan_id AND s.component_id = OLD.component_id AND e.ended_at IS NULL
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'tombstones only grow: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

DROP TRIGGER tombstones_only_grow ON tombstones;
CREATE TRIGGER tombstones_only_grow BEFORE UPDATE OR DELETE ON tombstones
    FOR EACH ROW EXECUTE FUNCTION tombstone_guarded();
ALTER TABLE tombstones ENABLE ALWAYS TRIGGER tombstones_only_grow;

-- Those that could be forgotten now.
CREATE FUNCTION old_tombstones(kept_for interval)
RETURNS TABLE (tombstone_id bigint, plan_id bigint, environment_id bigint, component text, stored_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
BEGIN
    IF kept_for IS NULL OR kept_for < interval '30 days' THEN
        RAISE EXCEPTION 'tombstones are kept for at least 30 days' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
        SELECT t.tombstone_id, t.plan_id, min(s.environment_id), c.provider_id, t.stored_at
        FROM tombstones t JOIN components c ON c.component_id = t.component_id
        JOIN steps s ON s.plan_id = t.plan_id AND s.component_id = t.component_id
        JOIN environments e ON e.environment_id = s.environment_id
        WHERE t.stored_at < clock_timestamp() - kept_for
        GROUP BY t.tombstone_id, c.provider_id
        HAVING bool_and(e.ended_at IS NOT NULL AND e.ended_at < clock_timestamp() - kept_for)
        ORDER BY t.stored_at, t.tombstone_id;
END $$;
REVOKE ALL ON FUNCTION old_tombstones(interval) FROM PUBLIC;

-- Forgets them, and writes down which: the hash stays, so that a copy elsewhere can be told to be one.
CREATE FUNCTION forget_tombstones(kept_for interval)
RETURNS TABLE (plan_id bigint, environment_id bigint, component text, stored_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
BEGIN
    RETURN QUERY
        WITH forgotten AS (
            DELETE FROM tombstones t USING old_tombstones(kept_for) o WHERE t.tombstone_id = o.tombstone_id
            RETURNING o.plan_id, o.environment_id, o.component, o.stored_at, t.hash
        ), written AS (
            INSERT INTO audit_log (event, environment_id, plan_id, details)
            SELECT 'tombstone forgotten', f.environment_id, f.plan_id,
                jsonb_build_object('component', f.component, 'stored_at', f.stored_at, 'hash', encode(f.hash, 'hex'))
            FROM forgotten f
        )
        SELECT f.plan_id, f.environment_id, f.component, f.stored_at FROM forgotten f ORDER BY f.stored_at;
END $$;
REVOKE ALL ON FUNCTION forget_tombstones(interval) FROM PUBLIC;
