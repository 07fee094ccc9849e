-- What pipelines say of an environment when they deploy it, by its name: the inventory may not know it yet.

CREATE TABLE registrations (
    registration_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    space text NOT NULL CHECK (space <> ''),
    name text NOT NULL CHECK (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(name) <= 128),
    owner text NOT NULL CHECK (owner <> '' AND length(owner) <= 320 AND owner !~ '[[:cntrl:]]'),
    branch text CHECK (branch <> '' AND length(branch) <= 255 AND branch !~ '[[:cntrl:]]'),
    -- Never with what opens it: whoever reads the inventory reads this.
    repository text CHECK (repository <> '' AND length(repository) <= 500 AND repository !~ '[[:cntrl:][:space:]?#]'
        AND repository !~ '^[a-z+]+://[^/]*:[^/]*@' AND repository !~ '^(https?|git)://[^/]*@'),
    commit_hash text CHECK (commit_hash ~ '^[0-9a-f]{7,64}$'),
    lifetime interval CHECK (lifetime > interval '0' AND lifetime <= interval '3650 days'),
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT registrations_expire CHECK ((lifetime IS NULL) = (expires_at IS NULL))
);
CREATE INDEX registrations_by_name ON registrations (space, name, registered_at DESC, registration_id DESC);

-- Who and when are the session's and the clock's, whatever the statement says. (Superusers, who could switch every rule
-- off, may try out other times.)
CREATE FUNCTION registration_by_session() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    NEW.registered_by := session_user;
    IF NEW.registered_at IS NULL
        OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND rolsuper) THEN
        NEW.registered_at := clock_timestamp();
    END IF;
    NEW.expires_at := NEW.registered_at + NEW.lifetime;
    RETURN NEW;
END $$;

CREATE TRIGGER registration_by_session BEFORE INSERT ON registrations
    FOR EACH ROW EXECUTE FUNCTION registration_by_session();
CREATE TRIGGER registrations_only_grow BEFORE UPDATE OR DELETE ON registrations
    FOR EACH ROW EXECUTE FUNCTION only_grows();
CREATE TRIGGER registrations_never_emptied BEFORE TRUNCATE ON registrations
    FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE registrations ENABLE ALWAYS TRIGGER registration_by_session;
ALTER TABLE registrations ENABLE ALWAYS TRIGGER registrations_only_grow;
ALTER TABLE registrations ENABLE ALWAYS TRIGGER registrations_never_emptied;

-- Whether a registration is about a life: made at most an hour before the life's oldest component, before the life ended,
-- and not while the life before was known to be there. A test compares it with the program's own rule.
CREATE FUNCTION registration_counts(
    registered_at timestamptz, oldest_at timestamptz, ended_at timestamptz, former_ended_at timestamptz
) RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT registered_at >= oldest_at - interval '1 hour'
        AND (ended_at IS NULL OR registered_at < ended_at)
        AND (former_ended_at IS NULL OR former_ended_at >= oldest_at OR registered_at >= former_ended_at)
$$;

-- The only way to register. An owner that a claim or a tag names stays; who answers (the owner by the settings' aliases)
-- takes the place of a weaker one at once, and the next scan says the same.
CREATE FUNCTION register(
    wanted_space text, wanted_name text, said_owner text, answering text, said_branch text, said_repository text,
    said_commit text, said_lifetime interval
) RETURNS TABLE (
    made_by text, made_at timestamptz, ends_at timestamptz, life integer, life_owner text, life_owner_source text,
    life_owner_detail text, life_owner_conflict boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = curfew, pg_temp AS $$
DECLARE
    made registrations;
    known environments;
    reason text := 'registered by ' || session_user;
BEGIN
    IF answering IS NULL OR answering = '' OR length(answering) > 320 OR answering ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'who answers has to be named' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO registrations (space, name, owner, branch, repository, commit_hash, lifetime)
        VALUES (wanted_space, wanted_name, said_owner, said_branch, said_repository, said_commit, said_lifetime)
        RETURNING * INTO made;
    SELECT e.* INTO known FROM environments e
        WHERE e.space = wanted_space AND e.name = wanted_name AND e.ended_at IS NULL AND registration_counts(
            made.registered_at, e.oldest_at, e.ended_at, (
                SELECT f.ended_at FROM environments f
                WHERE f.space = e.space AND f.name = e.name AND f.incarnation = e.incarnation - 1
            ))
        FOR UPDATE;
    INSERT INTO audit_log (event, environment_id, details)
        VALUES ('registered', known.environment_id, jsonb_build_object('space', made.space, 'name', made.name,
            'owner', made.owner, 'branch', made.branch, 'repository', made.repository, 'commit', made.commit_hash,
            'expires', made.expires_at));
    IF known.owner_source IN ('none', 'pattern', 'branch author', 'CloudTrail', 'registration')
        AND (known.owner, known.owner_source, known.owner_detail) IS DISTINCT FROM (answering, 'registration', reason)
    THEN
        UPDATE environments e SET owner = answering, owner_source = 'registration', owner_detail = reason
            WHERE e.environment_id = known.environment_id RETURNING e.* INTO known;
        INSERT INTO audit_log (event, environment_id, details)
            VALUES ('owner found', known.environment_id,
                jsonb_build_object('owner', known.owner, 'source', known.owner_source, 'conflict', false));
    END IF;
    RETURN QUERY SELECT made.registered_by, made.registered_at, made.expires_at, known.incarnation, known.owner,
        known.owner_source, known.owner_detail, known.owner_conflict;
END $$;
REVOKE ALL ON FUNCTION register(text, text, text, text, text, text, text, interval) FROM PUBLIC;
