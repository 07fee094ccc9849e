-- The outbox: what people are told, and what is known of whether it reached them. And the nights.

CREATE TABLE messages (
    message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('notices', 'weekly')),
    -- `mail:ADDRESS` or `channel:NAME`.
    recipient text NOT NULL CHECK (recipient <> ''),
    -- The left half of the Message-ID. A weekly mail has one for each week and recipient: there is no second.
    letter_id text NOT NULL UNIQUE,
    -- NULL when it was pruned; never while it may still be sent.
    letter jsonb,
    subject text NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'uncertain')),
    -- It was sent once more after nobody knew whether it had gone.
    repeated boolean NOT NULL DEFAULT false,
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    -- What the other side said last, or why nothing was heard.
    reason text,
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    ended_at timestamptz,
    bounced_at timestamptz,
    bounced_because text,
    CONSTRAINT messages_end CHECK ((state IN ('accepted', 'refused', 'uncertain')) = (ended_at IS NOT NULL)),
    CONSTRAINT messages_have_letters CHECK (letter IS NOT NULL OR ended_at IS NOT NULL),
    CONSTRAINT messages_come_back CHECK ((bounced_at IS NULL) = (bounced_because IS NULL)
        AND (bounced_at IS NULL OR state = 'accepted'))
);
CREATE INDEX messages_open ON messages (next_try_at) WHERE state IN ('queued', 'sending', 'uncertain');
-- What is still to be said to somebody is said in one message.
CREATE UNIQUE INDEX messages_one_queued ON messages (recipient)
    WHERE state = 'queued' AND kind = 'notices' AND NOT repeated;

-- What a message says of which environment.
CREATE TABLE message_notices (
    message_id bigint NOT NULL REFERENCES messages ON DELETE CASCADE,
    environment_id bigint NOT NULL REFERENCES environments,
    notice text NOT NULL CHECK (notice IN
        ('warned', 'reminded', 'due', 'awaiting approval', 'superseded', 'reaped', 'cleared')),
    subject text NOT NULL,
    PRIMARY KEY (message_id, environment_id, notice, subject)
);
CREATE INDEX message_notices_by_environment ON message_notices (environment_id);

-- Which state of a message may follow which; a test compares it with the program's own table.
CREATE FUNCTION message_may_move(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = curfew, pg_temp AS $$
    SELECT CASE before
        WHEN 'queued' THEN after IN ('sending', 'refused')
        WHEN 'sending' THEN after IN ('queued', 'accepted', 'refused', 'uncertain')
        WHEN 'uncertain' THEN after IN ('queued')
        ELSE false
    END
$$;

CREATE FUNCTION message_warns(message bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = curfew, pg_temp AS $$
    SELECT EXISTS (SELECT FROM message_notices WHERE message_id = message AND notice = 'warned')
$$;

CREATE FUNCTION message_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'queued' OR NEW.repeated OR NEW.bounced_at IS NOT NULL THEN
            RAISE EXCEPTION 'a message begins as queued' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'queued' OR OLD.repeated OR OLD.sent_at IS NOT NULL AND OLD.kind <> 'notices' THEN
            RAISE EXCEPTION 'message M% is % and stays', OLD.message_id, OLD.state
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.kind, NEW.recipient, NEW.letter_id, NEW.queued_at)
        IS DISTINCT FROM (OLD.kind, OLD.recipient, OLD.letter_id, OLD.queued_at) THEN
        RAISE EXCEPTION 'message M% cannot become another', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT message_may_move(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'message M% is % and cannot become %', OLD.message_id, OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- What may have been sent once is sent once more only where it warns, and then as it was.
    IF OLD.state = 'uncertain' AND NEW.state = 'queued'
        AND (OLD.repeated OR NOT NEW.repeated OR NOT message_warns(OLD.message_id)) THEN
        RAISE EXCEPTION 'message M% is not sent again', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.repeated <> OLD.repeated AND NOT (OLD.state = 'uncertain' AND NEW.state = 'queued') THEN
        RAISE EXCEPTION 'message M% was not sent before', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.letter, NEW.subject) IS DISTINCT FROM (OLD.letter, OLD.subject)
        AND NOT (OLD.state = 'queued' AND NEW.state = 'queued' AND NOT OLD.repeated)
        AND NOT (NEW.letter IS NULL AND NEW.subject = OLD.subject AND OLD.state IN ('accepted', 'refused', 'uncertain'))
    THEN
        RAISE EXCEPTION 'what message M% says is fixed', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = OLD.state AND OLD.state IN ('accepted', 'refused', 'uncertain')
        AND (NEW.ended_at, NEW.reason) IS DISTINCT FROM (OLD.ended_at, OLD.reason) THEN
        RAISE EXCEPTION 'how message M% ended is fixed', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.bounced_at IS NOT NULL AND (NEW.bounced_at, NEW.bounced_because)
        IS DISTINCT FROM (OLD.bounced_at, OLD.bounced_because) THEN
        RAISE EXCEPTION 'message M% has come back', OLD.message_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER message_guarded BEFORE INSERT OR UPDATE OR DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION message_guarded();
CREATE TRIGGER messages_never_emptied BEFORE TRUNCATE ON messages FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE messages ENABLE ALWAYS TRIGGER message_guarded;
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_never_emptied;

-- What a message says is put together while it is queued, and stays with it after that.
CREATE FUNCTION message_notice_guarded() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
DECLARE
    wanted bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.message_id ELSE NEW.message_id END;
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM messages WHERE message_id = wanted AND (state <> 'queued' OR repeated)
    ) THEN
        RAISE EXCEPTION 'what message M% says is fixed', wanted USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER message_notice_guarded BEFORE INSERT OR UPDATE OR DELETE ON message_notices
    FOR EACH ROW EXECUTE FUNCTION message_notice_guarded();
CREATE TRIGGER message_notices_never_emptied BEFORE TRUNCATE ON message_notices
    FOR EACH STATEMENT EXECUTE FUNCTION only_grows();
ALTER TABLE message_notices ENABLE ALWAYS TRIGGER message_notice_guarded;
ALTER TABLE message_notices ENABLE ALWAYS TRIGGER message_notices_never_emptied;

-- A finding is warned only while a warning of it was taken and did not come back, whatever a program of ours thinks.
CREATE FUNCTION finding_warned() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
BEGIN
    IF NEW.state = 'warned' AND NOT EXISTS (
        SELECT FROM messages m JOIN message_notices n USING (message_id)
        WHERE n.environment_id = NEW.environment_id AND n.notice = 'warned' AND m.state = 'accepted'
            AND m.bounced_at IS NULL
            -- Of this grace, which the notice names by its beginning in milliseconds.
            AND n.subject ~ '^grace [0-9]+$'
            AND abs(substr(n.subject, 7)::numeric - extract(epoch FROM NEW.flagged_at) * 1000) <= 1
    ) THEN
        RAISE EXCEPTION 'no warning of this finding was delivered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER finding_warned BEFORE INSERT OR UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION finding_warned();
ALTER TABLE findings ENABLE ALWAYS TRIGGER finding_warned;

-- One run of the nightly job. The row is its lease, too: who does not prolong it any more has died.
CREATE TABLE nights (
    night_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outcome text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'done', 'undone', 'failed', 'abandoned')),
    holder text NOT NULL CHECK (holder <> ''),
    begun_by text NOT NULL DEFAULT session_user,
    started_at timestamptz NOT NULL,
    -- By the database's own clock.
    lease_until timestamptz NOT NULL,
    ended_at timestamptz,
    -- Of the whole run; NULL until it ended.
    status integer,
    -- What it counted, for reports and metrics.
    numbers jsonb NOT NULL DEFAULT '{}',
    -- What could not be done, one line each.
    left_undone text[] NOT NULL DEFAULT '{}',
    CHECK ((outcome = 'running') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX nights_one ON nights ((true)) WHERE outcome = 'running';
CREATE INDEX nights_by_start ON nights (started_at);
