-- What was read: accounts, targets, scans, components and the environments they make up.
-- Everything lives in the schema curfew, which every connection names first in its search_path.

CREATE TABLE accounts (
    account text PRIMARY KEY,
    mode text NOT NULL DEFAULT 'report' CHECK (mode IN ('report', 'reap')),
    mode_because text,
    mode_by text,
    mode_at timestamptz
);

CREATE TABLE targets (
    target_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    region text NOT NULL,
    -- suspect: the latest reading was not believable (tags all empty, population halved); nothing is concluded from it.
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspect', 'retired')),
    state_because text,
    state_at timestamptz,
    -- One acceptance by a person is spent by the reading it lets through.
    accepted_at timestamptz,
    UNIQUE (account, region)
);

CREATE TABLE scans (
    scan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'complete', 'partial', 'abandoned')),
    -- Of all targets, or only of those that were named: only the first kind can be complete for everything.
    whole boolean NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    started_by text NOT NULL DEFAULT session_user,
    calls jsonb NOT NULL DEFAULT '{}',
    CHECK ((state = 'running') = (finished_at IS NULL))
);

-- One reading of one target in one scan: the sighting of everything that was present then.
CREATE TABLE readings (
    scan_id bigint NOT NULL REFERENCES scans,
    target_id bigint NOT NULL REFERENCES targets,
    outcome text NOT NULL CHECK (outcome IN ('complete', 'failed', 'suspect')),
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    -- They add up: listed = feature + permanent + ambiguous + unmatched + excluded + nested.
    listed integer NOT NULL DEFAULT 0,
    feature integer NOT NULL DEFAULT 0,
    permanent integer NOT NULL DEFAULT 0,
    ambiguous integer NOT NULL DEFAULT 0,
    unmatched integer NOT NULL DEFAULT 0,
    excluded integer NOT NULL DEFAULT 0,
    nested integer NOT NULL DEFAULT 0,
    gone integer NOT NULL DEFAULT 0,
    failure text,
    advice text,
    PRIMARY KEY (scan_id, target_id),
    CONSTRAINT readings_add_up CHECK (listed = feature + permanent + ambiguous + unmatched + excluded + nested),
    CONSTRAINT readings_say_why CHECK ((outcome = 'complete') = (failure IS NULL))
);
CREATE INDEX readings_by_target ON readings (target_id, scan_id DESC);

CREATE TABLE environments (
    environment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    space text NOT NULL,
    name text NOT NULL,
    incarnation integer NOT NULL CHECK (incarnation > 0),
    class text NOT NULL CHECK (class IN ('feature', 'permanent', 'ambiguous')),
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Created time of the oldest component this life ever had; first-seen time where the provider gives none.
    oldest_at timestamptz NOT NULL,
    owner text,
    owner_source text NOT NULL DEFAULT 'none',
    owner_detail text NOT NULL DEFAULT '',
    owner_conflict boolean NOT NULL DEFAULT false,
    UNIQUE (space, name, incarnation)
);
CREATE UNIQUE INDEX environments_one_life ON environments (space, name) WHERE ended_at IS NULL;

CREATE TABLE components (
    component_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id text NOT NULL UNIQUE,
    target_id bigint NOT NULL REFERENCES targets,
    environment_id bigint REFERENCES environments,
    name text NOT NULL,
    status text NOT NULL,
    class text NOT NULL
        CHECK (class IN ('feature', 'permanent', 'ambiguous', 'unmatched', 'excluded', 'nested')),
    -- Every environment name that any evidence gives, and how the rules came to the class.
    named text[] NOT NULL DEFAULT '{}',
    naming text NOT NULL DEFAULT '',
    created_at timestamptz,
    updated_at timestamptz,
    -- Latest change that is known to have succeeded; Curfew's own steps never count.
    changed_at timestamptz,
    tags jsonb NOT NULL DEFAULT '{}',
    service_role text,
    tool text NOT NULL DEFAULT 'CloudFormation',
    parent text,
    -- Of everything the listing says, so that an unchanged component is not written again.
    content bytea NOT NULL CHECK (length(content) = 32),
    -- Presence is this interval; a scan in which nothing changed writes no component row.
    first_seen_at timestamptz NOT NULL,
    gone_at timestamptz,
    gone_because text CHECK (gone_because IN ('confirmed by id', 'reaped', 'unverifiable')),
    resources_at timestamptz,
    -- When it last got another class or other names than it had before.
    regrouped_at timestamptz,
    CHECK ((gone_at IS NULL) = (gone_because IS NULL))
);
CREATE INDEX components_by_environment ON components (environment_id);
CREATE INDEX components_present ON components (target_id) WHERE gone_at IS NULL;
CREATE INDEX components_by_class ON components (class) WHERE gone_at IS NULL AND class <> 'feature';

CREATE TABLE resources (
    component_id bigint NOT NULL REFERENCES components,
    logical_id text NOT NULL,
    type text NOT NULL,
    physical_id text,
    status text NOT NULL,
    PRIMARY KEY (component_id, logical_id)
);

-- Targets an environment has or had components in: all of them must be readable before anything is concluded.
CREATE TABLE environment_targets (
    environment_id bigint NOT NULL REFERENCES environments,
    target_id bigint NOT NULL REFERENCES targets,
    PRIMARY KEY (environment_id, target_id)
);
CREATE INDEX environment_targets_by_target ON environment_targets (target_id);

-- The naming rules in force at each scan: another hash means a changed rule, which restarts the grace.
CREATE TABLE naming_revisions (
    naming_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    seen_at timestamptz NOT NULL
);
