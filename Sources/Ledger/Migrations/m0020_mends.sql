-- Lists of branches are held against the ones before, and what a list lacks is not gone at once (R3).
ALTER TABLE repositories
    -- Its host's own number for it, which no other repository gets.
    ADD COLUMN project text CHECK (project <> ''),
    ADD COLUMN default_branch text CHECK (default_branch <> ''),
    -- A list that was read and is not believed yet: since when, how many of the known branches it has, and whose it is.
    ADD COLUMN doubted_at timestamptz,
    ADD COLUMN doubt_kept integer CHECK (doubt_kept >= 0),
    ADD COLUMN doubt_project text,
    ADD CONSTRAINT repositories_doubt_whole CHECK ((doubted_at IS NULL) = (doubt_kept IS NULL)
        AND (doubt_project IS NULL OR doubted_at IS NOT NULL));

-- Into which branch a request went is kept; whether that is the default one is asked when it matters.
ALTER TABLE pull_requests DROP COLUMN into_default;

-- Neither there nor gone: the newest list lacks it, and that is all that is known.
ALTER TABLE environment_branches
    ADD COLUMN missed_at timestamptz,
    ADD COLUMN missed_why text,
    ADD CONSTRAINT environment_branches_missed_say_why CHECK ((missed_at IS NULL) = (missed_why IS NULL)),
    ADD CONSTRAINT environment_branches_are_gone_or_missed CHECK (gone_at IS NULL OR missed_at IS NULL);

-- What was believed of merges may have been said of branches that never held anything.
UPDATE environment_branches SET merged = NULL WHERE merged IS NOT NULL;
