-- In which words a listing spoke of a component when it was last read, and under which rules that was: where both are the
-- same, nothing of the component is different, and it is not read again.
ALTER TABLE components
    ADD COLUMN listed_as uuid,
    ADD COLUMN listed_under bigint,
    ADD CONSTRAINT components_listed_under_rules CHECK ((listed_as IS NULL) = (listed_under IS NULL));

-- What was last regrouped, and under which rules: where both are the same, regrouping would move nothing.
CREATE TABLE groupings (
    newest boolean PRIMARY KEY DEFAULT true CHECK (newest),
    rules bytea NOT NULL CHECK (length(rules) = 32),
    -- How many components were present, and a sum over all that regrouping looks at.
    present bigint NOT NULL,
    fingerprint numeric NOT NULL,
    grouped_at timestamptz NOT NULL
);
