-- The breaker: accounts in which many environments turned stale at once are held until a person has looked.

-- When it turned stale, kept while nothing could be decided.
ALTER TABLE verdicts ADD COLUMN stale_since timestamptz;
UPDATE verdicts SET stale_since = since WHERE verdict = 'stale';

-- Accounts of which everything could be judged then; of evaluations before this nobody knows.
ALTER TABLE evaluations ADD COLUMN complete_accounts text[] NOT NULL DEFAULT '{}';

CREATE TABLE account_holds (
    hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL REFERENCES accounts,
    because text NOT NULL CHECK (because <> ''),
    held_at timestamptz NOT NULL,
    held_by text NOT NULL DEFAULT session_user,
    accepted_at timestamptz,
    accepted_by text,
    accepted_because text,
    CONSTRAINT account_holds_say_who CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)
        AND (accepted_at IS NULL) = (accepted_because IS NULL))
);
CREATE UNIQUE INDEX account_holds_one_open ON account_holds (account) WHERE accepted_at IS NULL;
