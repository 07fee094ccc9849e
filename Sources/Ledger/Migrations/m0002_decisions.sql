-- What people and policies said: holds, policy revisions, verdicts and findings.

CREATE TABLE protections (
    protection_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id bigint NOT NULL REFERENCES environments,
    until timestamptz NOT NULL,
    because text NOT NULL CHECK (because <> ''),
    set_by text NOT NULL DEFAULT session_user,
    set_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text
);
CREATE INDEX protections_open ON protections (environment_id) WHERE ended_at IS NULL;

-- A protection binds the components too, so that regrouping under another name never lifts it.
CREATE TABLE protected_components (
    protection_id bigint NOT NULL REFERENCES protections,
    component_id bigint NOT NULL REFERENCES components,
    PRIMARY KEY (protection_id, component_id)
);
CREATE INDEX protected_components_by_component ON protected_components (component_id);

CREATE TABLE leases (
    lease_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id bigint NOT NULL REFERENCES environments,
    until timestamptz NOT NULL,
    because text NOT NULL CHECK (because <> ''),
    set_by text NOT NULL DEFAULT session_user,
    set_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text
);
CREATE INDEX leases_by_environment ON leases (environment_id);

CREATE TABLE leased_components (
    lease_id bigint NOT NULL REFERENCES leases,
    component_id bigint NOT NULL REFERENCES components,
    PRIMARY KEY (lease_id, component_id)
);
CREATE INDEX leased_components_by_component ON leased_components (component_id);

-- Which protections and leases bind which environment: those set on it, and those set on a component it has now.
CREATE VIEW environment_protections AS
    SELECT environment_id, protection_id FROM protections
    UNION
    SELECT c.environment_id, b.protection_id FROM protected_components b JOIN components c USING (component_id)
    WHERE c.gone_at IS NULL AND c.environment_id IS NOT NULL;

CREATE VIEW environment_leases AS
    SELECT environment_id, lease_id FROM leases
    UNION
    SELECT c.environment_id, b.lease_id FROM leased_components b JOIN components c USING (component_id)
    WHERE c.gone_at IS NULL AND c.environment_id IS NOT NULL;

CREATE TABLE claims (
    claim_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id bigint NOT NULL REFERENCES environments,
    owner text NOT NULL CHECK (owner <> ''),
    set_by text NOT NULL DEFAULT session_user,
    set_at timestamptz NOT NULL
);
CREATE INDEX claims_by_environment ON claims (environment_id, claim_id DESC);

-- "I am done with it": ends by claim, extend or a new deployment.
CREATE TABLE releases (
    release_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    environment_id bigint NOT NULL REFERENCES environments,
    set_by text NOT NULL DEFAULT session_user,
    set_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_because text
);
CREATE INDEX releases_open ON releases (environment_id) WHERE ended_at IS NULL;

CREATE TABLE policy_revisions (
    revision bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    text text NOT NULL,
    applied_at timestamptz NOT NULL,
    applied_by text NOT NULL DEFAULT session_user
);

-- The newest verdict of each environment, with the trace that explains it.
CREATE TABLE verdicts (
    environment_id bigint PRIMARY KEY REFERENCES environments,
    verdict text NOT NULL CHECK (verdict IN
        ('permanent', 'protected', 'leased', 'keep', 'stale', 'undecided', 'ambiguous')),
    class text CHECK (class IN ('stale', 'released', 'partly reaped', 'named')),
    reason text NOT NULL,
    policy text,
    revision bigint NOT NULL REFERENCES policy_revisions,
    trace jsonb NOT NULL,
    changes_at timestamptz,
    since timestamptz NOT NULL,
    CHECK ((verdict = 'stale') = (class IS NOT NULL))
);

CREATE TABLE findings (
    environment_id bigint PRIMARY KEY REFERENCES environments,
    state text NOT NULL CHECK (state IN
        ('flagged', 'warned', 'due', 'planned', 'reaping', 'reaped', 'held', 'cleared')),
    -- The whole finding as the rules know it; the columns beside it are what people filter by.
    finding jsonb NOT NULL,
    flagged_at timestamptz NOT NULL,
    due_at timestamptz,
    changed_at timestamptz NOT NULL,
    revision bigint NOT NULL REFERENCES policy_revisions
);
CREATE INDEX findings_by_state ON findings (state);

CREATE TABLE evaluations (
    evaluation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    revision bigint NOT NULL REFERENCES policy_revisions,
    scan_id bigint NOT NULL REFERENCES scans,
    counts jsonb NOT NULL,
    evaluated_by text NOT NULL DEFAULT session_user
);
