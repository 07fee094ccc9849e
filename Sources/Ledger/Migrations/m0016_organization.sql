-- Accounts that an organization lists, and regions that accounts have enabled: found by scans, used by every command.
-- What was found stays known. A listing that fails changes nothing but what is said of it.

CREATE TABLE organization_accounts (
    account text PRIMARY KEY CHECK (account ~ '^[0-9]{12}$'),
    name text NOT NULL,
    -- ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED, PENDING_ACTIVATION, and whatever AWS adds.
    state text NOT NULL CHECK (state <> ''),
    partition text NOT NULL CHECK (partition <> ''),
    -- The organizational units above it; null where the listing did not say.
    units text[],
    first_seen_at timestamptz NOT NULL,
    -- When a complete listing last had it, and since when they do not.
    seen_at timestamptz NOT NULL,
    left_at timestamptz
);

-- One row at most: the newest complete listing, and the newest that failed since.
CREATE TABLE organization_listing (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    listed_at timestamptz,
    failed_at timestamptz,
    failure text,
    advice text,
    CONSTRAINT listing_says_why CHECK ((failed_at IS NULL) = (failure IS NULL))
);

CREATE TABLE account_regions (
    account text PRIMARY KEY,
    regions text[] NOT NULL DEFAULT '{}',
    -- Null: they were never read.
    read_at timestamptz,
    failed_at timestamptz,
    failure text,
    advice text,
    CONSTRAINT regions_say_why CHECK ((failed_at IS NULL) = (failure IS NULL)),
    CONSTRAINT regions_were_read CHECK (read_at IS NOT NULL OR regions = '{}')
);
