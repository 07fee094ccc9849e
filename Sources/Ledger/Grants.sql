-- Roles and rights of Curfew's database. Run it as a superuser, connected to Curfew's database, after every
-- `curfew database migrate`; it can be run as often as you like.
--
-- The roles are groups without a login. Give a person or a job the groups it needs, for example:
--
--     CREATE ROLE anna LOGIN;              GRANT curfew_operator TO anna;
--     CREATE ROLE ben LOGIN;               GRANT curfew_member TO ben;
--     CREATE ROLE curfew_nightly LOGIN;    GRANT curfew_scanner TO curfew_nightly;
--     CREATE ROLE curfew_reap LOGIN;       GRANT curfew_reaper TO curfew_reap;
--     CREATE ROLE dashboard LOGIN;         GRANT curfew_reader TO dashboard;
--
--   curfew_owner     owns the schema: for `curfew database migrate`
--   curfew_reader    reads everything but tombstones
--   curfew_scanner   scan, evaluate, plan: records what is there and what the policy says of it
--   curfew_member    people who own environments or approve: holds, approvals
--   curfew_operator  people who look after it: holds, policy, accounts, pause, plans, approvals, tombstones
--   curfew_reaper    reap: carries out approved plans
--   curfew_verifier  programs that record the approvals of others, with a proof
--   curfew_registrar pipelines that say what they deploy, and whose it is: registrations, and nothing else
--
-- No group includes another but curfew_reader, which all of them do except curfew_registrar. Above all an operator does not reap: a login that
-- should do both is made a member of both.
--
-- Nobody may update, delete or truncate the audit log; triggers refuse it as well.

SET search_path = curfew, pg_temp;

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['curfew_owner', 'curfew_reader', 'curfew_scanner', 'curfew_member',
        'curfew_operator', 'curfew_reaper', 'curfew_verifier', 'curfew_registrar'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;  -- made by somebody else at the same moment
            END;
        END IF;
    END LOOP;
END $$;

-- Everything belongs to curfew_owner, and starts with nobody else having any right.
ALTER SCHEMA curfew OWNER TO curfew_owner;
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'curfew'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO curfew_owner',
            CASE found.kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, found.name);
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, curfew_reader, curfew_scanner, curfew_member, '
            'curfew_operator, curfew_reaper, curfew_verifier, curfew_registrar', found.name);
    END LOOP;
    FOR found IN
        SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'curfew'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO curfew_owner', found.name);
    END LOOP;
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO curfew_reader, curfew_scanner, curfew_member, '
        'curfew_operator, curfew_reaper, curfew_verifier, curfew_registrar', current_database());
    -- So that a member of curfew_owner can migrate, also into a database without the schema.
    EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO curfew_owner', current_database());
END $$;

GRANT curfew_reader TO curfew_scanner, curfew_member, curfew_operator, curfew_reaper, curfew_verifier;
GRANT USAGE ON SCHEMA curfew TO curfew_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA curfew TO curfew_reader;
-- Tombstones can hold secrets: what there is may be listed, and a content is read only through a function that writes
-- down who did.
REVOKE ALL ON tombstones FROM curfew_reader;
GRANT SELECT (tombstone_id, plan_id, component_id, hash, stored_at) ON tombstones TO curfew_operator;
GRANT EXECUTE ON FUNCTION read_tombstone(bigint, text) TO curfew_operator;
GRANT EXECUTE ON FUNCTION old_tombstones(interval), forget_tombstones(interval) TO curfew_operator;
-- So are old records forgotten; the audit log is not among them.
GRANT EXECUTE ON FUNCTION old_records(interval, interval, interval), forget_records(interval, interval, interval)
    TO curfew_operator;

-- Entries are added by everybody who changes something. Not even the owner may do more than that.
GRANT INSERT ON audit_log TO curfew_scanner, curfew_member, curfew_operator, curfew_reaper, curfew_verifier;
REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON audit_log FROM curfew_owner;

-- Nobody writes the chain over it but the function that seals.
GRANT EXECUTE ON FUNCTION seal()
    TO curfew_scanner, curfew_member, curfew_operator, curfew_reaper, curfew_verifier;
REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON audit_seals FROM curfew_owner;

-- scan
GRANT INSERT, UPDATE ON scans, components, environments TO curfew_scanner;
GRANT USAGE ON SEQUENCE components_component_id_seq TO curfew_scanner;
GRANT INSERT, UPDATE (state, state_because, state_at, accepted_at, fence) ON targets TO curfew_scanner;
GRANT INSERT, UPDATE ON scan_targets, scan_workers TO curfew_scanner;
GRANT INSERT ON accounts, readings, environment_targets, naming_revisions TO curfew_scanner;
GRANT EXECUTE ON FUNCTION lapse_modes(text[], text[]) TO curfew_scanner, curfew_operator;
GRANT INSERT, DELETE ON resources TO curfew_scanner;
GRANT INSERT, UPDATE ON groupings TO curfew_scanner;
GRANT INSERT, UPDATE ON functions, function_readings TO curfew_scanner;
GRANT INSERT, UPDATE ON trail_readings, component_trails TO curfew_scanner;
GRANT INSERT, UPDATE ON repositories TO curfew_scanner;
GRANT INSERT, UPDATE, DELETE ON pull_requests TO curfew_scanner;
GRANT INSERT, UPDATE, DELETE ON repository_pages, environment_repositories, environment_branches, environment_requests
    TO curfew_scanner;
GRANT INSERT, UPDATE, DELETE ON signals TO curfew_scanner;
GRANT INSERT, UPDATE ON component_schedules TO curfew_scanner;
GRANT INSERT, UPDATE, DELETE ON cost_readings, component_costs, component_cost_amounts TO curfew_scanner;
GRANT UPDATE (ended_at, ended_because) ON releases TO curfew_scanner;
GRANT INSERT, UPDATE ON organization_accounts, organization_listing, account_regions TO curfew_scanner;

-- whoever asks AWS takes turns
GRANT INSERT, UPDATE ON request_paces TO curfew_scanner, curfew_operator, curfew_reaper;

-- evaluate and plan, by the nightly job and by people
GRANT INSERT, UPDATE ON verdicts, findings TO curfew_scanner, curfew_operator;
GRANT INSERT (account, because, held_at) ON account_holds TO curfew_scanner, curfew_operator;
GRANT INSERT ON evaluations, runs, plans, plan_environments, steps TO curfew_scanner, curfew_operator;
GRANT UPDATE (state, ended_at, ended_because) ON plans TO curfew_scanner;

-- what people are told, and the nights
GRANT INSERT, UPDATE, DELETE ON messages TO curfew_scanner, curfew_operator;
GRANT INSERT, DELETE ON message_notices TO curfew_scanner, curfew_operator;
GRANT INSERT (holder, lease_until, started_at), UPDATE (outcome, lease_until, ended_at, status, numbers, left_undone) ON nights
    TO curfew_scanner, curfew_operator;

-- what teardowns leave behind
GRANT INSERT, UPDATE (last_seen_at, checked_at, gone_at) ON leftovers TO curfew_scanner, curfew_reaper, curfew_operator;

-- what people say
GRANT INSERT, UPDATE (ended_at, ended_by) ON protections, leases TO curfew_member, curfew_operator;
GRANT INSERT ON protected_components, leased_components, claims, claimed_components TO curfew_member, curfew_operator;
GRANT INSERT, UPDATE (ended_at, ended_because) ON releases TO curfew_member, curfew_operator;
GRANT UPDATE (owner, owner_source, owner_detail, owner_conflict) ON environments TO curfew_member;
GRANT UPDATE (ended_at, owner, owner_source, owner_detail, owner_conflict) ON environments TO curfew_operator;
GRANT INSERT ON policy_revisions TO curfew_operator;
GRANT INSERT, UPDATE (resumed_by, resumed_at) ON pauses TO curfew_operator;
GRANT UPDATE (accepted_at, accepted_by, accepted_because) ON account_holds TO curfew_operator;
GRANT INSERT, UPDATE (mode, mode_because, mode_by, mode_at, mode_origin) ON accounts TO curfew_operator;
GRANT UPDATE (state, state_because, state_at, accepted_at) ON targets TO curfew_operator;
GRANT UPDATE (gone_at, gone_because) ON components TO curfew_operator;

-- approve, reject, withdraw
GRANT INSERT ON approvals TO curfew_member, curfew_operator, curfew_verifier;
GRANT UPDATE (state, approved_at, expires_at, ended_at, ended_because) ON plans
    TO curfew_member, curfew_operator, curfew_verifier;
GRANT INSERT, UPDATE ON findings TO curfew_member, curfew_verifier;

-- reap
GRANT UPDATE (state, started_at, ended_at, ended_because) ON plans TO curfew_reaper;
GRANT UPDATE (state, reason, intended_at, requested_at, first_gone_at, ended_at, fence) ON steps TO curfew_reaper;
GRANT INSERT, UPDATE ON work_leases TO curfew_reaper;
GRANT INSERT, SELECT (tombstone_id, plan_id, component_id, hash, stored_at) ON tombstones TO curfew_reaper;
GRANT UPDATE (gone_at, gone_because) ON components TO curfew_reaper;
GRANT UPDATE (ended_at) ON environments TO curfew_reaper;
GRANT INSERT, UPDATE ON findings TO curfew_reaper;

-- register: a pipeline's login is in many hands, so it reads of the inventory only where a name lives
GRANT USAGE ON SCHEMA curfew TO curfew_registrar;
GRANT SELECT ON schema_migrations TO curfew_registrar;
GRANT SELECT (space, name, ended_at) ON environments TO curfew_registrar;
GRANT EXECUTE ON FUNCTION register(text, text, text, text, text, text, text, interval) TO curfew_registrar, curfew_operator;
GRANT EXECUTE ON FUNCTION seal() TO curfew_registrar;
