-- A finding is due only after a warning, whatever a program of ours thinks (D4).

-- Names of the policies that say `warn: none`; NULL where the revision was applied before they were kept.
ALTER TABLE policy_revisions ADD COLUMN unwarned text[];

-- From the states before it into those from which something is taken down. What came so far has shown it before: it goes
-- from due to planned, held and back without another look.
CREATE FUNCTION finding_ripened() RETURNS trigger LANGUAGE plpgsql SET search_path = curfew, pg_temp AS $$
DECLARE
    ripe CONSTANT text[] := '{due,planned,held,reaping,reaped}';
BEGIN
    IF NEW.state <> ALL (ripe) OR TG_OP = 'UPDATE' AND OLD.state = ANY (ripe) THEN RETURN NEW; END IF;
    -- Its own warning, taken and not come back, of this grace, which the notice names by its beginning in milliseconds.
    IF EXISTS (
        SELECT FROM messages m JOIN message_notices n USING (message_id)
        WHERE n.environment_id = NEW.environment_id AND n.notice = 'warned' AND m.state = 'accepted'
            AND m.bounced_at IS NULL AND n.subject ~ '^grace [0-9]+$'
            AND abs(substr(n.subject, 7)::numeric - extract(epoch FROM NEW.flagged_at) * 1000) <= 1
    ) THEN RETURN NEW; END IF;
    -- A release is its own warning.
    IF EXISTS (SELECT FROM releases WHERE environment_id = NEW.environment_id AND ended_at IS NULL) THEN
        RETURN NEW;
    END IF;
    -- The policy in force warns of nothing.
    IF EXISTS (
        SELECT FROM policy_revisions p
        WHERE p.revision = (SELECT max(revision) FROM policy_revisions)
            AND CASE WHEN p.unwarned IS NULL THEN p.text LIKE '%none%'
                ELSE NEW.finding ->> 'policy' = ANY (p.unwarned) END
    ) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'no warning of this finding was delivered: it cannot become %', NEW.state
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER finding_ripened BEFORE INSERT OR UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION finding_ripened();
ALTER TABLE findings ENABLE ALWAYS TRIGGER finding_ripened;
