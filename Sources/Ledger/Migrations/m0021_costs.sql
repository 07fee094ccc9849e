-- What stacks cost by month, as the provider's billing says; read only where the settings ask for it.

-- The latest try to read each account, which is made once a day.
CREATE TABLE cost_readings (
    account text PRIMARY KEY,
    tag text NOT NULL,
    metric text NOT NULL,
    tried_at timestamptz NOT NULL,
    read_at timestamptz,
    -- Why the latest try gave nothing, and what to do about it.
    missing text,
    advice text,
    CONSTRAINT cost_readings_say_why CHECK ((missing IS NULL) = (read_at IS NOT DISTINCT FROM tried_at))
);

CREATE TABLE component_costs (
    component_id bigint NOT NULL REFERENCES components ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    basis text NOT NULL CHECK (basis IN ('billed', 'estimated', 'unknown')),
    -- Why it, or a part of it, is unknown.
    missing text,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (component_id, month),
    CONSTRAINT component_costs_say_why CHECK (basis <> 'unknown' OR missing IS NOT NULL)
);

-- One for each currency; none where a month is known and nothing was charged.
CREATE TABLE component_cost_amounts (
    component_id bigint NOT NULL,
    month date NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    amount numeric NOT NULL CHECK (amount <> 'NaN'),
    PRIMARY KEY (component_id, month, currency),
    FOREIGN KEY (component_id, month) REFERENCES component_costs ON DELETE CASCADE
);
