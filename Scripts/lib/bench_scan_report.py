"""What bench_scan.py measured, as rows: medians of the rounds, and in notes how far they spread."""

import json
import statistics
import sys

from bench_table import Table, machine
from replay_server import Fleet

# What our number may be of the peer's.
USER = {"boto3": 0.25, "c7n": 0.15}
MEMORY = 0.6
WALL = {"boto3": 0.5, "c7n-org": 0.2}
# What one stack may cost more among twenty times as many, and how little of a memory that does not grow is growth.
LINEAR, FLAT = 1.2, 1.1


def report(output, build):
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    shapes = {}
    for one in rounds:
        shapes.setdefault(tuple(one["fleet"].values()), []).append(one)
    table = Table()
    cases = sorted((Case(table, shape, found) for shape, found in shapes.items()), key=lambda case: (case.targets, case.stacks))
    for case in cases:
        case.first()
        case.unchanged()
        case.slow()
    for targets in sorted({case.targets for case in cases}):
        alike = [case for case in cases if case.targets == targets]
        for more in alike[1:]:
            growth(table, alike[0], more)
    causes = [MEMORY_CAUSE] if any(row["holds"] is False and "memory" in row["metric"] for row in table.rows) else []
    return table.show(output, [f"build: {build}", machine(), *ABOUT, *causes])


# Looked at in /proc/PID/smaps at the peak of an unchanged scan of 1,000 stacks.
MEMORY_CAUSE = (
    "where peak memory does not hold: of some 47 MB, 32 are pages of the program's own file (28 code and tables that are only"
    " read, mapped 64 KB at a time wherever one byte is touched), 12 its libraries, 3 all that it allocated; with several"
    " targets at once, a page of the listing for each of them (up to 8) comes to that, however many stacks there are"
)

ABOUT = (
    "curfew's figures include recording in PostgreSQL, whose own processor time stands beside; the peers only list",
    "curfew's limit of requests is raised to 10,000 a second with `load:`, but where pages take 100 ms: there the default holds",
    "curfew reads 8 targets at once; c7n and c7n-org run with --cache-period 0",
    "pages are what ministack said of four of the demo's templates, for other names, in pages of up to 1 MB as AWS has them",
    "c7n, c7n-org and awscli also write what they list: resources.json of each target, and standard output",
)


class Case:
    def __init__(self, table, shape, rounds):
        self.table, self.rounds, self.fleet = table, rounds, Fleet(*shape)
        self.targets, self.stacks = self.fleet.accounts * self.fleet.regions, self.fleet.count
        self.peers = [name for name in ("boto3", "c7n", "awscli", "c7n-org") if name in rounds[0]["peers"]]
        self.name = f"{self.stacks} stacks, {self.targets} account-region{'s' if self.targets > 1 else ''}"

    def taken(self, phase, what):
        return [one[phase][what] for one in self.rounds]

    def ours(self, phase, what):
        return statistics.median(self.taken(phase, what))

    def theirs(self, peer, what):
        return statistics.median(one["peers"][peer][what] for one in self.rounds)

    def spread(self, what, numbers):
        self.table.notes.append(f"{self.name}: {what}: {', '.join(f'{number:.3f}' for number in numbers)}; the median is shown")

    def first(self):
        case = f"first scan, {self.name}"
        calls = self.rounds[0]["first"]["calls"]
        self.table.row(case, "calls per stack", sum(calls.values()) / self.stacks)
        for kind, number in sorted(calls.items()):
            self.table.row(case, f"calls: {kind}", number)
        for who, what in (("curfew", "processor"), ("PostgreSQL", "database")):
            self.table.row(case, f"processor time of {who}, us per stack", self.ours("first", what) * 1e6 / self.stacks)
        self.table.row(case, "wall, s", self.ours("first", "wall"))
        self.table.row(case, "peak memory, MB", self.ours("first", "memory"))

    def unchanged(self):
        case = f"unchanged scan, {self.name}"
        row = self.table.row
        for peer in self.peers:
            row(case, "user processor time, s", self.ours("unchanged", "user"), self.theirs(peer, "user"), peer, USER.get(peer))
        together = statistics.median(
            user + database for user, database in zip(self.taken("unchanged", "user"), self.taken("unchanged", "database user"))
        )
        for peer in self.peers:
            row(case, "user processor time with PostgreSQL's, s", together, self.theirs(peer, "user"), peer)
        for peer in self.peers:
            most = MEMORY if peer == "boto3" else None
            row(case, "peak memory, MB", self.ours("unchanged", "memory"), self.theirs(peer, "memory"), peer, most)
        wanted = {"boto3"} if self.targets == 1 else {"c7n-org"}
        for peer in self.peers:
            most = WALL[peer] if peer in wanted else None
            row(case, "wall, s", self.ours("unchanged", "wall"), self.theirs(peer, "wall"), peer, most)
        calls = self.rounds[0]["unchanged"]["calls"]
        pages = self.rounds[0]["first"]["calls"]["DescribeStacks of all, a page"]
        row(case, "calls", sum(calls.values()), pages + self.targets, "pages of the listing and one identity for each target", 1.0)
        for word, numbers in zip(("inserted", "updated", "deleted"), zip(*self.taken("unchanged", "rows"))):
            row(case, f"rows {word}", statistics.median(numbers))
        row(case, "processor time of the replay server, s", self.ours("unchanged", "replay"))
        self.spread("user processor times of curfew in s", self.taken("unchanged", "user"))
        self.spread("walls of curfew in s", self.taken("unchanged", "wall"))

    def slow(self):
        case = f"unchanged scan, 100 ms a page, {self.name}"
        pages = self.rounds[0]["slow"]["calls"]["DescribeStacks of all, a page"]
        self.table.row(case, "wall under the default limits, s", self.ours("slow", "wall"))
        self.table.row(case, "pages", pages)


def growth(table, few, many):
    case = f"unchanged scan, {many.name}"
    itself = f"itself, {few.stacks} stacks"
    for who, what in (("curfew", "processor"), ("PostgreSQL", "database")):
        each = [one.ours("unchanged", what) * 1e6 / one.stacks for one in (many, few)]
        table.row(case, f"processor time of {who}, us per stack", *each, itself, LINEAR if who == "curfew" else None)
    table.row(case, "peak memory, MB", many.ours("unchanged", "memory"), few.ours("unchanged", "memory"), itself, FLAT)
