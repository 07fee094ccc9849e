-- Repositories, their branches and pull requests, and the environments that were deployed from them.

CREATE TABLE repositories (
    repository_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Never with what opens it: whoever reads the inventory reads this.
    address text NOT NULL UNIQUE CHECK (address <> '' AND length(address) <= 500
        AND address !~ '^[a-z+]+://[^/]*:[^/]*@' AND address !~ '^(https?|git)://[^/]*@'),
    kind text NOT NULL CHECK (kind IN ('github', 'gitlab', 'git')),
    -- Of the newest reading of all its branches to the end.
    read_at timestamptz,
    -- Since when, and why, its branches are unknown; what was read before is kept, and not believed.
    failed_at timestamptz,
    failure text,
    advice text,
    -- Its host asked not to be called before.
    not_before timestamptz,
    -- Its name by now, where its host sends us on.
    moved_to text,
    -- The pull requests: the first page's ETag, the newest change that was read, and from where on none is missing.
    requests_read_at timestamptz,
    requests_failure text,
    requests_tag text,
    requests_up_to timestamptz,
    requests_from timestamptz,
    CONSTRAINT repositories_say_why CHECK ((failure IS NULL) = (failed_at IS NULL))
);

-- The pages of the list of branches as they came, so that asking for an unchanged one costs next to nothing.
CREATE TABLE repository_pages (
    repository_id bigint NOT NULL REFERENCES repositories ON DELETE CASCADE,
    url text NOT NULL,
    etag text,
    next_url text,
    branches jsonb NOT NULL,
    PRIMARY KEY (repository_id, url)
);

CREATE TABLE pull_requests (
    repository_id bigint NOT NULL REFERENCES repositories ON DELETE CASCADE,
    number integer NOT NULL,
    branch text NOT NULL,
    commit_hash text NOT NULL,
    is_fork boolean NOT NULL,
    base text NOT NULL,
    into_default boolean,
    state text NOT NULL CHECK (state IN ('open', 'closed', 'merged')),
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (repository_id, number)
);

-- Which repositories stand for an environment: the one that its pipeline registered, or what the settings say.
CREATE TABLE environment_repositories (
    environment_id bigint NOT NULL REFERENCES environments,
    repository_id bigint NOT NULL REFERENCES repositories,
    registered boolean NOT NULL,
    PRIMARY KEY (environment_id, repository_id)
);

-- The branches that an environment is taken for; an unchanged one is not written again.
CREATE TABLE environment_branches (
    environment_id bigint NOT NULL,
    repository_id bigint NOT NULL,
    branch text NOT NULL,
    match text NOT NULL CHECK (match IN ('registered', 'requested', 'named', 'resembling')),
    commit_hash text,
    author text,
    merged boolean,
    -- Null: it was named, and never seen.
    first_seen_at timestamptz,
    active_at timestamptz,
    -- The first complete reading that it was missing from; null while it is there.
    gone_at timestamptz,
    PRIMARY KEY (environment_id, repository_id, branch),
    FOREIGN KEY (environment_id, repository_id) REFERENCES environment_repositories ON DELETE CASCADE,
    CONSTRAINT environment_branches_are_known CHECK (first_seen_at IS NOT NULL OR gone_at IS NOT NULL),
    CONSTRAINT environment_branches_that_resemble_were_seen CHECK (match <> 'resembling' OR first_seen_at IS NOT NULL)
);

CREATE TABLE environment_requests (
    environment_id bigint NOT NULL,
    repository_id bigint NOT NULL,
    number integer NOT NULL,
    PRIMARY KEY (environment_id, repository_id, number),
    FOREIGN KEY (environment_id, repository_id) REFERENCES environment_repositories ON DELETE CASCADE,
    FOREIGN KEY (repository_id, number) REFERENCES pull_requests ON DELETE CASCADE
);
