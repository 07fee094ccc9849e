"""Measures policies over an inventory for Scripts/bench beside what others do, inside the world that it made.

Usage: bench_policy.py round CURFEW PEERS BARE COUNT [few]   one world, as one line of JSON
       bench_policy.py report table|json BUILD               reads those lines, prints the result

PEERS is the folder of a virtual environment with c7n; BARE a program of two lines in Swift that imports Foundation and
prints; COUNT how many environments bench_policy_fill.sql makes. few: only what is needed for the growth.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

import bench_policy_report
from bench_night import World
from bench_process import Replay, cost
from bench_table import Failed
from replay_server import Fleet

# Each of 20 teams has a policy of its own, as they have when they may say how long their things live.
POLICY = """\
  - name: team{number:02}
    applies_to: {{ name: "feat-team{number:02}-*" }}
    stale_when: {{ any: [{{ all: [{{ idle: {idle}d }}, {{ age: {age}d }}] }}, {{ branch: gone }}, {{ ttl_tag: expired }}, {{ age: {oldest}d }}] }}
    not_before: 2d
    max_age: 365d
"""
POLICIES = [
    {"number": number, "idle": 5 + number % 10, "age": 10 + number, "oldest": 90 + 3 * number} for number in range(20)
]
FLEET = Fleet(50, 4, 1, 50)
TIMES, STARTS = 5, 15

# What evaluate reads of environments whose life is open, table by table.
COLUMNS = {
    "environments": "space, name, incarnation, class, began_at, ended_at, oldest_at, owner, owner_source, owner_detail, owner_conflict",
    "components": "environment_id, provider_id, status, created_at, first_seen_at, updated_at, changed_at, regrouped_at, tags",
    "environment_targets": "environment_id, target_id",
    "verdicts": "environment_id, verdict, class, reason, policy, revision, changes_at, since, stale_since",
    "findings": "environment_id, finding, state, due_at, flagged_at",
    "signals": "environment_id, kind, seen_at, seen, none_since, detail, missing, inapplicable, subjects, read_at",
    "functions": "root_id, package, runtime",
    "environment_repositories": "environment_id, repository_id, registered",
    "environment_branches": "environment_id, repository_id, branch, match, commit_hash, author, merged, first_seen_at, active_at, gone_at",
    "environment_requests": "environment_id, repository_id, number",
    "pull_requests": "repository_id, number, branch, commit_hash, is_fork, base, into_default, state, updated_at, ended_at",
    "registrations": "space, name, owner, branch, repository, commit_hash, expires_at, registered_by, registered_at",
    "component_trails": "component_id, part, event_id, call, called_at, identity",
    "claims": "environment_id, owner, set_at", "releases": "environment_id, set_at, set_by",
    "protections": "environment_id, until, because, set_by, set_at", "leases": "environment_id, until, because, set_by, set_at",
}


class Inventory(World):
    """Filled past the program, which is what takes the time otherwise; no policy is in force yet."""

    def __init__(self, curfew, replay, count):
        super().__init__(curfew, FLEET, replay)
        self.count = count
        fill = pathlib.Path(__file__).with_name("bench_policy_fill.sql")
        self.psql = self.database.psql[:-1]
        cost([*self.psql, "-v", f"count={count}", "-f", str(fill)])
        self.check("environments", "SELECT count(*) FROM environments WHERE ended_at IS NULL", count)

    def put_policy_in_force(self):
        """Not before the first simulation: without one in force each environment is judged once less."""

    def twenty(self):
        path = self.folder / "policy.yaml"
        path.write_text("policies:\n" + "".join(POLICY.format(**one) for one in POLICIES))
        return path

    def change(self):
        """A hundredth of the environments is deployed, as a scan would write it down."""
        sql = (
            "UPDATE components SET updated_at = now(), changed_at = now() FROM environments e"
            " WHERE e.environment_id = components.environment_id AND e.environment_id % 100 = 7"
        )
        self.database.ask(sql)

    def verdicts(self):
        return int(self.database.ask("SELECT count(*) FROM verdicts"))

    def evaluate(self):
        spent = self.run("evaluate", "--json", accept=(0,))
        spent.pop("said")
        return spent

    def copy(self):
        """Seconds of psql's \\copy of the same columns, all tables one after another."""
        words = [word for table, columns in COLUMNS.items()
                 for word in ("-c", f"\\copy (SELECT {columns} FROM {table}) TO '/dev/null'")]
        return cost([*self.psql, *words])["wall"]


def times(count, measured):
    return [measured() for _ in range(count)]


def middle(numbers):
    return statistics.median(numbers)


def simulated(world, path):
    """User processor time of the program that reads everything, judges it, and writes nothing down."""
    return middle(times(TIMES, lambda: cost([world.curfew, "policy", "simulate", str(path), "--days", "1", "--json"])["user"]))


def judging(world):
    """Of the same command with a policy in force, by which each is judged once more, and without one."""
    path = world.twenty()
    without = simulated(world, path)
    cost([world.curfew, "policy", "apply", str(path)])
    return {"without": without, "with": simulated(world, path)}


def filtering(programs, count):
    script = pathlib.Path(__file__).with_name("bench_filter_c7n.py")
    spent = cost([str(pathlib.Path(programs) / "bin" / "python"), str(script), str(count), json.dumps(POLICIES)])
    return json.loads(spent["said"].splitlines()[-1])


# What a person who knows SQL would ask for the same page; the program shows more of each.
PAGES = {
    "list": (["list", "--limit", "50"], """
        SELECT e.space, e.name, e.owner, e.oldest_at, v.verdict, f.state, f.due_at,
            (SELECT count(*) FROM components c WHERE c.environment_id = e.environment_id AND c.gone_at IS NULL)
        FROM environments e LEFT JOIN verdicts v USING (environment_id) LEFT JOIN findings f USING (environment_id)
        WHERE e.ended_at IS NULL ORDER BY e.name COLLATE "C", e.space COLLATE "C" LIMIT 50"""),
    "stale": (["stale", "--limit", "50"], """
        SELECT e.space, e.name, e.owner, v.reason, f.state, f.due_at, f.flagged_at
        FROM findings f JOIN environments e USING (environment_id) LEFT JOIN verdicts v USING (environment_id)
        WHERE f.state IN ('flagged', 'warned', 'due', 'planned', 'held') AND e.ended_at IS NULL
        ORDER BY f.due_at, f.flagged_at LIMIT 50"""),
    "show": (["show", "@"], """
        SELECT e.*, v.*, f.* FROM environments e LEFT JOIN verdicts v USING (environment_id)
            LEFT JOIN findings f USING (environment_id) WHERE e.name = '@';
        SELECT c.* FROM environments e JOIN components c USING (environment_id) WHERE e.name = '@';
        SELECT a.* FROM environments e JOIN audit_log a USING (environment_id) WHERE e.name = '@' ORDER BY entry_id DESC LIMIT 10"""),
    "explain": (["explain", "@"], """
        SELECT e.*, v.* FROM environments e LEFT JOIN verdicts v USING (environment_id) WHERE e.name = '@'"""),
}


def page(world, words, sql):
    name = world.database.ask("SELECT name FROM environments JOIN findings USING (environment_id) ORDER BY environment_id LIMIT 1")
    ours = [world.curfew, *(word.replace("@", name) for word in words)]
    theirs = [*world.database.psql, sql.replace("@", name)]
    both = [(taken(ours), taken(theirs)) for _ in range(STARTS)]
    return {
        "ours": middle([mine["wall"] for mine, _ in both]), "theirs": middle([other["wall"] for _, other in both]),
        "memory": max(mine["memory"] for mine, _ in both),
    }


def taken(words):
    """Without what was said: what this process holds, its children are charged with while they start."""
    spent = cost(words)
    spent.pop("said")
    return spent


def started(world, bare):
    both = [(cost([world.curfew, "--help"])["wall"], cost([bare])["wall"]) for _ in range(STARTS)]
    return {"ours": middle([mine for mine, _ in both]), "theirs": middle([other for _, other in both])}


def measure(curfew, programs, bare, count, few):
    with Replay(FLEET) as replay:
        world = Inventory(curfew, replay, count)
        result = {"count": count}
        if few:
            cost([curfew, "policy", "apply", str(world.twenty())])
        else:
            result["judging"] = judging(world)
        result["first"] = world.evaluate()
        if world.verdicts() != count:
            raise Failed(f"{world.verdicts()} verdicts, not {count}")
        world.database.ask("VACUUM ANALYZE")
        result["unchanged"] = world.evaluate()
        world.change()
        result["changed"] = world.evaluate()
        result["copy"] = world.copy()
        if not few:
            result["filtering"] = filtering(programs, count)
            result["pages"] = {name: page(world, *asked) for name, asked in PAGES.items()}
            result["help"] = started(world, bare)
        return result


def main(words):
    try:
        match words:
            case ["round", curfew, programs, bare, count, *few]:
                print(json.dumps(measure(curfew, programs, bare, int(count), few == ["few"])))
                return 0
            case ["report", "table" | "json" as output, build]:
                return bench_policy_report.report(output, build)
    except Failed as failure:
        sys.exit(f"bench_policy.py: {failure}")
    print(__doc__.strip(), file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
