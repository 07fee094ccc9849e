-- Lambda functions of stacks, and the runtimes with which they were last listed.

-- How far the functions of a target are known; a target without a row was never asked.
CREATE TABLE function_readings (
    target_id bigint PRIMARY KEY REFERENCES targets,
    -- The newest complete listing, or when it was found that no stack there has a function.
    read_at timestamptz,
    -- How many were listed, in stacks or not; null where nothing had to be listed.
    listed integer,
    -- Since when, and why, they are unknown.
    failed_at timestamptz,
    failure text,
    advice text,
    CONSTRAINT function_readings_say_why CHECK ((failure IS NULL) = (failed_at IS NULL)),
    CONSTRAINT function_readings_say_when CHECK (read_at IS NOT NULL OR failed_at IS NOT NULL)
);

CREATE TABLE functions (
    component_id bigint NOT NULL,
    logical_id text NOT NULL,
    -- The stack that it belongs to in the end, which is not nested in another: environments are made of those.
    root_id bigint NOT NULL REFERENCES components ON DELETE CASCADE,
    -- absent: its stack names it, AWS does not list it. Null: not listed yet.
    package text CHECK (package IN ('zip', 'image', 'absent')),
    -- Null where AWS names none.
    runtime text,
    PRIMARY KEY (component_id, logical_id),
    FOREIGN KEY (component_id, logical_id) REFERENCES resources ON DELETE CASCADE,
    CONSTRAINT functions_of_zip_have_a_runtime CHECK (runtime IS NULL OR package = 'zip')
);
CREATE INDEX functions_by_root ON functions (root_id);

-- Few resources are one of these, and they are looked for in a whole target.
CREATE INDEX resources_functions ON resources (component_id) WHERE type = 'AWS::Lambda::Function';
CREATE INDEX resources_nested ON resources (component_id) WHERE type = 'AWS::CloudFormation::Stack';

-- For dashboards: every function of every environment, and what is known of it.
CREATE VIEW environment_functions AS
SELECT e.space, e.name AS environment, e.incarnation, e.owner, t.account, t.region, c.name AS stack, f.logical_id,
    r.physical_id AS name,
    CASE WHEN fr.failure IS NULL THEN f.package END AS package,
    CASE WHEN fr.failure IS NULL THEN f.runtime END AS runtime,
    fr.read_at, fr.failure
FROM functions f
JOIN components root ON root.component_id = f.root_id
JOIN components c ON c.component_id = f.component_id
JOIN resources r ON r.component_id = f.component_id AND r.logical_id = f.logical_id
JOIN targets t ON t.target_id = root.target_id
JOIN environments e ON e.environment_id = root.environment_id
LEFT JOIN function_readings fr ON fr.target_id = root.target_id
WHERE root.gone_at IS NULL AND e.ended_at IS NULL;
