-- What will be and was done: runs, plans, approvals, steps, tombstones, pauses and the audit log.

CREATE TABLE runs (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL DEFAULT session_user
);

CREATE TABLE plans (
    plan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint REFERENCES runs,
    state text NOT NULL CHECK (state IN
        ('draft', 'awaiting approval', 'approved', 'running', 'done', 'failed', 'halted',
         'rejected', 'withdrawn', 'expired', 'superseded')),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    -- Everything the digest covers, as JSON; never changed after it is written.
    document jsonb NOT NULL,
    blockers jsonb NOT NULL DEFAULT '[]',
    revision bigint NOT NULL REFERENCES policy_revisions,
    -- The approval that the policy asks for: how many, by whom, for how long; or automatic.
    approval jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL DEFAULT session_user,
    approved_at timestamptz,
    expires_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    ended_because text,
    CHECK ((state IN ('draft', 'awaiting approval', 'approved', 'running')) = (ended_at IS NULL)),
    CHECK (state NOT IN ('approved', 'running') OR (approved_at IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK (state <> 'running' OR started_at IS NOT NULL)
);
CREATE INDEX plans_open ON plans (state) WHERE state IN ('draft', 'awaiting approval', 'approved', 'running');

CREATE TABLE plan_environments (
    plan_id bigint NOT NULL REFERENCES plans,
    environment_id bigint NOT NULL REFERENCES environments,
    class text NOT NULL CHECK (class IN ('stale', 'released', 'partly reaped', 'named')),
    PRIMARY KEY (plan_id, environment_id)
);
CREATE INDEX plan_environments_by_environment ON plan_environments (environment_id);

CREATE TABLE approvals (
    approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id bigint NOT NULL REFERENCES plans,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    because text,
    self boolean NOT NULL DEFAULT false,
    decided_by text NOT NULL DEFAULT session_user,
    decided_at timestamptz NOT NULL,
    -- Who said yes can still say no; nobody says either twice.
    UNIQUE (plan_id, decided_by, decision)
);

CREATE TABLE steps (
    plan_id bigint NOT NULL REFERENCES plans,
    number integer NOT NULL CHECK (number > 0),
    environment_id bigint NOT NULL REFERENCES environments,
    component_id bigint NOT NULL REFERENCES components,
    token text NOT NULL UNIQUE,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN
        ('pending', 'intended', 'requested', 'gone', 'failed', 'skipped')),
    reason text,
    intended_at timestamptz,
    requested_at timestamptz,
    -- The first of the two readings by id that found it gone.
    first_gone_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (plan_id, number)
);
CREATE INDEX steps_by_environment ON steps (environment_id);
CREATE INDEX steps_by_component ON steps (component_id);

-- What is kept of a component before its deletion is asked for. It can hold secrets: only restore reads it.
CREATE TABLE tombstones (
    tombstone_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id bigint NOT NULL REFERENCES plans,
    component_id bigint NOT NULL REFERENCES components,
    content bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    stored_at timestamptz NOT NULL,
    UNIQUE (plan_id, component_id)
);

CREATE TABLE pauses (
    pause_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    because text NOT NULL CHECK (because <> ''),
    paused_by text NOT NULL DEFAULT session_user,
    paused_at timestamptz NOT NULL,
    resumed_by text,
    resumed_at timestamptz
);
CREATE UNIQUE INDEX pauses_one_open ON pauses ((true)) WHERE resumed_at IS NULL;

CREATE TABLE audit_log (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL DEFAULT session_user,
    event text NOT NULL CHECK (event <> ''),
    environment_id bigint,
    plan_id bigint,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_by_environment ON audit_log (environment_id, entry_id) WHERE environment_id IS NOT NULL;
CREATE INDEX audit_log_by_plan ON audit_log (plan_id, entry_id) WHERE plan_id IS NOT NULL;
