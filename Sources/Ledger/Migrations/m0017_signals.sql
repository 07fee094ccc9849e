-- What environments were used for, and what is being rolled out in them, as it was last read.

CREATE TABLE signals (
    environment_id bigint NOT NULL REFERENCES environments ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('invoked', 'rollout')),
    -- The latest time it was seen, and of what. It stays known when a later reading fails.
    seen_at timestamptz,
    seen text,
    -- Not since then, as far as all of it was read.
    none_since timestamptz,
    -- What was read, or why it is not known to be quiet for longer.
    detail text,
    -- Why it, or a part of it, is unknown.
    missing text,
    -- Why there is no such signal.
    inapplicable text,
    -- Digest of what was asked about: others are another question.
    subjects bytea CHECK (length(subjects) = 32),
    read_at timestamptz NOT NULL,
    PRIMARY KEY (environment_id, kind),
    CONSTRAINT signals_say_something CHECK (num_nonnulls(seen_at, none_since, missing, inapplicable) > 0),
    CONSTRAINT signals_say_of_what CHECK ((seen_at IS NULL) = (seen IS NULL)),
    CONSTRAINT signals_are_unknown_or_quiet CHECK (missing IS NULL OR none_since IS NULL),
    CONSTRAINT signals_apply_or_not CHECK (inapplicable IS NULL OR num_nonnulls(seen_at, none_since, missing) = 0)
);

-- What a component's template says of its schedules, read once for each content of the component.
CREATE TABLE component_schedules (
    component_id bigint PRIMARY KEY REFERENCES components ON DELETE CASCADE,
    content bytea NOT NULL CHECK (length(content) = 32),
    -- Null: the template could not be understood.
    schedules jsonb
);

-- Few resources are one of these, and they are looked for in all environments.
CREATE INDEX resources_of_signals ON resources (component_id) WHERE type IN ('AWS::ApiGateway::RestApi',
    'AWS::ApiGatewayV2::Api', 'AWS::CodeDeploy::Application', 'AWS::CodeDeploy::DeploymentGroup', 'AWS::Events::Rule',
    'AWS::Lambda::Alias', 'AWS::Lambda::Function', 'AWS::Scheduler::Schedule');

-- For dashboards: the signals of every environment whose life is open.
CREATE VIEW environment_signals AS
SELECT e.space, e.name AS environment, e.incarnation, e.owner, s.kind,
    CASE WHEN s.inapplicable IS NOT NULL THEN 'not applicable' WHEN s.missing IS NOT NULL THEN 'unknown'
        WHEN s.seen_at IS NOT NULL THEN 'seen' ELSE 'none' END AS state,
    s.seen_at, s.seen, s.none_since, coalesce(s.inapplicable, s.missing, s.detail) AS detail, s.read_at
FROM signals s JOIN environments e USING (environment_id)
WHERE e.ended_at IS NULL;
