"""Measures nights and weekly mails for Scripts/bench, inside the world that it made.

Usage: bench_night.py round CURFEW all|nights|page ACCOUNTS REGIONS STACKS OWNERS   one world, as one line of JSON
       bench_night.py list ENDPOINT ACCOUNTS REGIONS STACKS THREADS                 what boto3 does: the peer
       bench_night.py report table|json BUILD                                       reads those lines, prints the result

all: a first night, one in which nothing changed, one with 1 % changed, the peer, the weekly page, the weekly mails.
nights: the first three of these. page: a first night and the weekly page.
"""

import concurrent.futures
import json
import os
import pathlib
import pwd
import sys
import urllib.parse

import bench_night_report
from bench_process import Database, Replay, cost
from bench_table import Failed
from replay_server import REGIONS, Fleet

SETTINGS = """\
accounts:
{accounts}
owners: {{ tags: [owner] }}
people:
  you: {{ logins: ["{login}"], addresses: [you@example.com] }}
policy: policy.yaml
mail: {{ from: curfew@example.com, {mail}, domains: [example.com] }}
notices: {{ platform: [platform@example.com] }}
load: {{ requests_per_second: 10000, burst: 10000 }}  # raised: the server beside has no limits
"""

ACCOUNT = '  - {{ id: "{id}", name: sandbox-{number:02}, profile: bench-{id}, regions: [{regions}] }}'

# Nothing becomes due in one night, and new accounts are only reported: the night reads, judges and writes down.
POLICY = """\
policies:
  - name: features
    applies_to: { name: "feat-*" }
    stale_when: { age: 30d }
    not_before: 2d
    sightings: { count: 2, apart: 12h }
    warn: { before: 3d, remind: [1d] }
    approval: { required: 1, by: [owner], expires: 3d, requester: excluded }
"""


class World:
    def __init__(self, curfew, fleet, replay):
        self.curfew, self.fleet, self.replay = curfew, fleet, replay
        self.settings = pathlib.Path(os.environ["CURFEW_SETTINGS"])
        self.folder = self.settings.parent
        # The variable leads both to the replay server, and to nothing else.
        os.environ["AWS_ENDPOINT_URL"] = replay.endpoint
        profiles = {f"bench-{fleet.account(number)}": fleet.account(number) for number in range(fleet.accounts)}
        pathlib.Path(os.environ["AWS_CONFIG_FILE"]).write_text(
            "".join(f"[profile {name}]\nregion = {REGIONS[0]}\n" for name in profiles)
        )
        pathlib.Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text("".join(
            f"[{name}]\naws_access_key_id = {account}\naws_secret_access_key = bench\n" for name, account in profiles.items()
        ))
        self.drop = self.folder / "mails"
        self.drop.mkdir()
        self.mail_to(f"drop: {self.drop}")
        cost([curfew, "database", "start"])
        self.database = Database(os.environ["CURFEW_DATA_DIR"])
        self.put_policy_in_force()

    def put_policy_in_force(self):
        (self.folder / "policy.yaml").write_text(POLICY)
        cost([self.curfew, "policy", "apply", str(self.folder / "policy.yaml")])

    def mail_to(self, transport):
        regions = ", ".join(REGIONS[:self.fleet.regions])
        accounts = "\n".join(
            ACCOUNT.format(id=self.fleet.account(number), number=number, regions=regions) for number in range(self.fleet.accounts)
        )
        login = pwd.getpwuid(os.geteuid()).pw_name
        self.settings.write_text(SETTINGS.format(accounts=accounts, login=login, mail=transport))

    def default_limits(self):
        """From now on no faster than Curfew asks AWS by itself."""
        lines = self.settings.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("load:")]
        if len(kept) != len(lines) - 1:
            raise Failed("the settings have no line that raises the limits")
        self.settings.write_text("".join(kept))

    def run(self, *words, accept=(0,), until=None):
        """What a command cost, and what it made others do."""
        self.replay.ask("counts")
        rows, database = self.database.rows(), self.database.processor()
        spent = cost([self.curfew, *words], accept, until)
        spent["rows"] = [after - before for before, after in zip(rows, self.database.rows())]
        spent["database"] = self.database.processor() - database
        answered = self.replay.ask("counts")
        spent["calls"], spent["replay"] = answered["calls"], answered["processor"]
        if refused := [kind for kind in spent["calls"] if kind.startswith("refused")]:
            raise Failed(f"the replay server has no answer to {', '.join(refused)}")
        return spent

    def check(self, what, query, expected):
        found = int(self.database.ask(query))
        if found != expected:
            raise Failed(f"{found} {what}, not {expected}")


def measure(curfew, what, fleet):
    with Replay(fleet) as replay:
        world = World(curfew, fleet, replay)
        phases = {"first night": world.run("nightly")}
        world.check("environments", "SELECT count(*) FROM environments WHERE ended_at IS NULL", fleet.count)
        old = sum(fleet.age(number) == 40 for number in range(fleet.count))
        world.check("findings", "SELECT count(*) FROM findings WHERE state = 'flagged'", old)
        result = {"fleet": vars(fleet), "phases": phases}
        if what != "page":
            phases["unchanged night"] = world.run("nightly")
            changed = world.replay.ask("change")["changed"]
            phases["night with 1 % changed"] = world.run("nightly")
            asked = phases["night with 1 % changed"]["calls"].get("ListStackResources", 0)
            if asked != changed:
                raise Failed(f"{changed} stacks changed, and {asked} were read again")
        if what == "all":
            phases["unchanged scan"] = world.run("scan")
            result["listings"] = {threads: listing(world, threads) for threads in (1, 8)}
        if what != "nights":
            page = world.folder / "week.html"
            phases["report"] = world.run("report", "--week", "--html", str(page))
            result["page"] = page.stat().st_size
        if what == "all":
            result["personal"] = mails(world, phases)
        for phase in phases.values():
            phase.pop("said")
        return result


def listing(world, threads):
    fleet = world.fleet
    shape = [str(number) for number in (fleet.accounts, fleet.regions, fleet.stacks, threads)]
    spent = cost([sys.executable, __file__, "list", world.replay.endpoint, *shape])
    if spent.pop("said").strip() != str(fleet.count):
        raise Failed("the peer's listing is not complete")
    return spent


def mails(world, phases):
    """Sent into a folder, which takes no time of a mail server's. The size of the largest personal page."""
    letters = world.fleet.owners + 1
    world.mail_to(f"drop: {world.drop}")
    phases["mails"] = world.run("report", "--week", "--send", accept=(0,), until=lambda: world.database.awaiting(
        "SELECT count(*) FROM messages WHERE kind = 'weekly'", letters
    ))
    if phases["mails"]["reached"] is None:
        raise Failed(f"{letters} letters were not queued")
    largest = world.database.ask(
        "SELECT max(octet_length(letter->>'html')) FROM messages WHERE recipient NOT LIKE '%platform@example.com'"
    )
    written = sum(path.is_file() for path in world.drop.rglob("*"))
    if written != letters:
        raise Failed(f"{written} mails were written, not {letters}")
    return int(largest)


def list_all(endpoint, fleet, threads):
    """The stacks of every target, and nothing else; a session for each account and a client for each target, as boto3
    wants it."""
    # Only here: it would count as memory of whatever else this process starts.
    import boto3
    import botocore.config

    config = botocore.config.Config(max_pool_connections=1, retries={"max_attempts": 1})

    def count(account):
        session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="bench")
        found = 0
        for region in REGIONS[:fleet.regions]:
            client = session.client("cloudformation", region_name=region, endpoint_url=endpoint, config=config)
            found += sum(len(page["Stacks"]) for page in client.get_paginator("describe_stacks").paginate())
        return found

    with concurrent.futures.ThreadPoolExecutor(max_workers=threads) as pool:
        return sum(pool.map(count, map(fleet.account, range(fleet.accounts))))


def loopback(endpoint):
    if urllib.parse.urlparse(endpoint).hostname != "127.0.0.1":
        raise Failed(f"{endpoint} is not on this machine")
    return endpoint


def main(words):
    try:
        match words:
            case ["round", curfew, "all" | "nights" | "page" as what, accounts, regions, stacks, owners]:
                fleet = Fleet(int(accounts), int(regions), int(stacks), int(owners))
                print(json.dumps(measure(curfew, what, fleet)))
                return 0
            case ["list", endpoint, accounts, regions, stacks, threads]:
                print(list_all(loopback(endpoint), Fleet(int(accounts), int(regions), int(stacks), 1), int(threads)))
                return 0
            case ["report", "table" | "json" as output, build]:
                return bench_night_report.report(output, build)
    except Failed as failure:
        sys.exit(f"bench_night.py: {failure}")
    print(__doc__.strip(), file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
