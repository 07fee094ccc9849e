-- Whose environments are: who made and deployed components, as the provider's history of calls had it, and how far that was
-- read; and claims that go along when an environment comes to another space.

-- A target and call without a row was never asked for.
CREATE TABLE trail_readings (
    target_id bigint NOT NULL REFERENCES targets,
    call text NOT NULL CHECK (call IN ('CreateStack', 'CreateChangeSet', 'ExecuteChangeSet')),
    -- Everything up to it was read, but for the gap: readings go backwards, and one that is cut off leaves the older calls.
    read_until timestamptz,
    gap_from timestamptz,
    gap_until timestamptz,
    tried_at timestamptz NOT NULL,
    PRIMARY KEY (target_id, call),
    CONSTRAINT trail_readings_gap CHECK ((gap_from IS NULL) = (gap_until IS NULL) AND gap_from <= gap_until)
);

-- At most one call of each part is kept; which one, the program's own rule says. The identity is kept as it was read: what
-- it comes to depends on settings.
CREATE TABLE component_trails (
    component_id bigint NOT NULL REFERENCES components ON DELETE CASCADE,
    part text NOT NULL CHECK (part IN ('made', 'deployed')),
    event_id text NOT NULL CHECK (event_id <> ''),
    call text NOT NULL CHECK (call IN ('CreateStack', 'CreateChangeSet', 'ExecuteChangeSet')),
    called_at timestamptz NOT NULL,
    identity jsonb NOT NULL CHECK (jsonb_typeof(identity) = 'object'),
    PRIMARY KEY (component_id, part)
);

-- Names of people are kept no longer than what they made. Whose the environment was stays with the environment.
CREATE FUNCTION trail_ended() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
BEGIN
    DELETE FROM component_trails WHERE component_id = NEW.component_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION trail_ended() FROM PUBLIC;

CREATE TRIGGER trail_ended AFTER UPDATE OF gone_at ON components
    FOR EACH ROW WHEN (OLD.gone_at IS NULL AND NEW.gone_at IS NOT NULL) EXECUTE FUNCTION trail_ended();
ALTER TABLE components ENABLE ALWAYS TRIGGER trail_ended;

-- A claim binds the components too, so that it is known of which environment a claimed one goes on.
CREATE TABLE claimed_components (
    claim_id bigint NOT NULL REFERENCES claims,
    component_id bigint NOT NULL REFERENCES components,
    PRIMARY KEY (claim_id, component_id)
);
CREATE INDEX claimed_components_by_component ON claimed_components (component_id);

-- Those that were made before bind what their environment has now.
INSERT INTO claimed_components (claim_id, component_id)
SELECT n.claim_id, c.component_id
FROM (SELECT environment_id, max(claim_id) AS claim_id FROM claims GROUP BY environment_id) n
JOIN components c USING (environment_id)
WHERE c.gone_at IS NULL;
