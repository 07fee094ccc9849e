-- An inventory as scans leave it behind, for bench_policy.py: :count environments in 200 targets, the same every time.
-- psql reads it as the database's owner.
\set ON_ERROR_STOP on
SET search_path = curfew;
SET synchronous_commit = off;
SET client_min_messages = warning;
SELECT setseed(0.42) \g /dev/null
BEGIN;

INSERT INTO accounts (account) SELECT (100000000000 + a)::text FROM generate_series(0, 49) a ON CONFLICT DO NOTHING;
INSERT INTO targets (account, region)
SELECT (100000000000 + a)::text, r
FROM generate_series(0, 49) a, unnest('{eu-west-1,eu-central-1,us-east-1,us-west-2}'::text[]) r
ON CONFLICT DO NOTHING;

-- One dice for each property, so that none follows from another. Most are young and some very old; a few people own much.
CREATE TEMPORARY TABLE drawn ON COMMIT DROP AS
SELECT n, random() AS class, 1 + 400 * random() ^ 3 AS age, random() AS quiet, floor(500 * random() ^ 2)::int AS owner,
    random() AS source, floor(20 * random())::int AS team, 1 + floor(3 * random())::int AS stacks, random() AS wide,
    random() AS held, random() AS branch, random() AS used, random() AS registered, random() AS lifetime
FROM generate_series(1, :count) n;
ALTER TABLE drawn ADD PRIMARY KEY (n);

INSERT INTO environments (space, name, incarnation, class, began_at, oldest_at, owner, owner_source, owner_detail, owner_conflict)
SELECT (100000000000 + n % 50)::text, format('feat-team%s-%s', lpad(team::text, 2, '0'), lpad(n::text, 7, '0')), 1,
    CASE WHEN class < 0.94 THEN 'feature' WHEN class < 0.99 THEN 'permanent' ELSE 'ambiguous' END,
    now() - age * interval '1 day', now() - age * interval '1 day',
    CASE WHEN source < 0.92 THEN format('owner%s@example.com', lpad(owner::text, 3, '0')) END,
    CASE WHEN source < 0.65 THEN 'tag' WHEN source < 0.75 THEN 'registration' WHEN source < 0.92 THEN 'CloudTrail' ELSE 'none' END,
    CASE WHEN source < 0.65 THEN 'tag owner' WHEN source < 0.92 THEN 'made by an IAM user' ELSE '' END, class > 0.995
FROM drawn ORDER BY n;

CREATE TEMPORARY TABLE known ON COMMIT DROP AS
SELECT d.*, e.environment_id, e.space, e.name, e.oldest_at, e.owner AS who,
    now() - least(age, 1 + age * quiet ^ 2) * interval '1 day' AS changed,
    (SELECT target_id FROM targets t WHERE t.account = e.space AND t.region =
        ('{eu-west-1,eu-central-1,us-east-1,us-west-2}'::text[])[1 + n / 50 % 4]) AS home,
    (SELECT target_id FROM targets t WHERE t.account = e.space AND t.region =
        ('{eu-west-1,eu-central-1,us-east-1,us-west-2}'::text[])[1 + (n / 50 + 1) % 4]) AS away
FROM drawn d JOIN environments e
    ON e.name = format('feat-team%s-%s', lpad(team::text, 2, '0'), lpad(n::text, 7, '0'));
ALTER TABLE known ADD PRIMARY KEY (n);
ANALYZE known;

INSERT INTO components (provider_id, target_id, environment_id, name, status, class, named, naming, created_at, updated_at,
    changed_at, tags, content, first_seen_at, resources_at)
SELECT format('arn:aws:cloudformation:%s:%s:stack/%s-%s/%s', t.region, t.account, word, name, gen_random_uuid()), t.target_id,
    environment_id, word || '-' || name, CASE WHEN age > quiet * age THEN 'UPDATE_COMPLETE' ELSE 'CREATE_COMPLETE' END,
    CASE WHEN class < 0.94 THEN 'feature' WHEN class < 0.99 THEN 'permanent' ELSE 'ambiguous' END,
    ARRAY[name], 'its name begins with feat', oldest_at, changed, changed,
    jsonb_build_object('team', format('team%s', lpad(team::text, 2, '0')), 'service', word, 'managed-by', 'cloudformation')
        || CASE WHEN source < 0.65 THEN jsonb_build_object('owner', who) ELSE '{}' END
        || CASE WHEN lifetime < 0.05 THEN jsonb_build_object('ttl', '30d') ELSE '{}' END,
    sha256(convert_to(n || word, 'UTF8')), oldest_at, changed
FROM known, unnest('{api,web,data}'::text[]) WITH ORDINALITY AS s (word, place),
    LATERAL (SELECT * FROM targets WHERE target_id = CASE WHEN wide < 0.1 AND place = 2 THEN away ELSE home END) t
WHERE place <= stacks ORDER BY n, place;

INSERT INTO environment_targets (environment_id, target_id)
SELECT DISTINCT environment_id, target_id FROM components ORDER BY 1, 2;

INSERT INTO resources (component_id, logical_id, type, physical_id, status)
SELECT component_id, logical, type, logical || '-' || component_id, 'CREATE_COMPLETE'
FROM components, (VALUES ('Handler', 'AWS::Lambda::Function'), ('Table', 'AWS::DynamoDB::Table')) AS r (logical, type)
ORDER BY 1, 2;
INSERT INTO functions (component_id, logical_id, root_id, package, runtime)
SELECT component_id, 'Handler', component_id, 'zip', ('{nodejs20.x,python3.13,nodejs22.x,python3.9}'::text[])[1 + component_id % 4]
FROM components;
INSERT INTO function_readings (target_id, read_at, listed) SELECT target_id, now(), count(*) FROM components GROUP BY 1;

WITH begun AS (
    INSERT INTO scans (state, whole, started_at, finished_at) VALUES ('complete', true, now() - interval '5 minutes', now())
    RETURNING scan_id
)
INSERT INTO readings (scan_id, target_id, outcome, started_at, finished_at, listed, feature, permanent, ambiguous)
SELECT scan_id, t.target_id, 'complete', now() - interval '5 minutes', now(), count(c.component_id),
    count(*) FILTER (WHERE c.class = 'feature'), count(*) FILTER (WHERE c.class = 'permanent'),
    count(*) FILTER (WHERE c.class = 'ambiguous')
FROM begun, targets t LEFT JOIN components c USING (target_id) GROUP BY 1, 2;

INSERT INTO signals (environment_id, kind, seen_at, seen, none_since, detail, missing, read_at)
SELECT environment_id, 'invoked', CASE WHEN used < 0.6 THEN changed + used * (now() - changed) END,
    CASE WHEN used < 0.6 THEN 'function api-' || name || '-Handler' END,
    CASE WHEN used BETWEEN 0.6 AND 0.95 THEN changed END, 'function api-' || name || '-Handler, by day',
    CASE WHEN used > 0.95 THEN 'CloudWatch was not read: access denied' END, now()
FROM known WHERE class < 0.94;
INSERT INTO signals (environment_id, kind, none_since, detail, read_at)
SELECT environment_id, 'rollout', now(), 'no function of it is rolled out in steps', now() FROM known WHERE class < 0.94;

INSERT INTO repositories (address, kind, read_at, requests_read_at)
SELECT format('https://github.com/example/service%s', r), 'github', now(), now() FROM generate_series(0, 39) r;
INSERT INTO environment_repositories (environment_id, repository_id, registered)
SELECT environment_id, repository_id, registered < 0.2
FROM known JOIN repositories ON address = format('https://github.com/example/service%s', n % 40) WHERE branch < 0.6;
INSERT INTO environment_branches (environment_id, repository_id, branch, match, commit_hash, first_seen_at, active_at, gone_at)
SELECT environment_id, repository_id, 'feature/' || name, 'named', substr(md5(name), 1, 20), oldest_at, changed,
    CASE WHEN branch < 0.1 THEN changed END
FROM known JOIN environment_repositories USING (environment_id);
INSERT INTO pull_requests (repository_id, number, branch, commit_hash, is_fork, base, into_default, state, updated_at, ended_at)
SELECT repository_id, n, 'feature/' || name, substr(md5(name), 1, 20), false, 'main', true,
    CASE WHEN branch < 0.1 THEN 'merged' ELSE 'open' END, changed, CASE WHEN branch < 0.1 THEN changed END
FROM known JOIN environment_repositories USING (environment_id) WHERE branch < 0.3;
INSERT INTO environment_requests (environment_id, repository_id, number)
SELECT environment_id, repository_id, n FROM known JOIN pull_requests p ON p.number = n;

INSERT INTO registrations (space, name, owner, branch, lifetime, registered_by, registered_at)
SELECT space, name, format('owner%s@example.com', lpad(owner::text, 3, '0')), 'feature/' || name,
    CASE WHEN lifetime > 0.8 THEN interval '14 days' END, 'pipeline', changed
FROM known WHERE registered < 0.2;
INSERT INTO component_trails (component_id, part, event_id, call, called_at, identity)
SELECT component_id, 'made', gen_random_uuid()::text, 'CreateStack', created_at,
    jsonb_build_object('kind', 'IAMUser', 'userName', format('owner%s', lpad(owner::text, 3, '0')))
FROM known JOIN components USING (environment_id) WHERE source BETWEEN 0.75 AND 0.92;

INSERT INTO protections (environment_id, until, because, set_at)
SELECT environment_id, now() + interval '30 days', 'a customer looks at it', now() FROM known WHERE held < 0.01;
INSERT INTO protected_components SELECT protection_id, component_id FROM protections JOIN components USING (environment_id);
INSERT INTO leases (environment_id, until, because, set_at)
SELECT environment_id, now() + (held - 0.02) * interval '300 days', 'still at work', now() - interval '2 days'
FROM known WHERE held BETWEEN 0.01 AND 0.05;
INSERT INTO leased_components SELECT lease_id, component_id FROM leases JOIN components USING (environment_id);
INSERT INTO claims (environment_id, owner, set_at)
SELECT environment_id, coalesce(who, 'owner000@example.com'), changed FROM known WHERE held BETWEEN 0.05 AND 0.07;
INSERT INTO claimed_components SELECT claim_id, component_id FROM claims JOIN components USING (environment_id);
INSERT INTO releases (environment_id, set_at) SELECT environment_id, now() FROM known WHERE held BETWEEN 0.07 AND 0.075;
COMMIT;
VACUUM (ANALYZE);
