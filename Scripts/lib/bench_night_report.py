"""What bench_night.py measured, as rows: medians of the rounds, and in notes how far they spread."""

import json
import statistics
import sys

from bench_table import Table, machine
from replay_server import Fleet

# What one environment may cost more among four times as many.
LINEAR = 1.25
# Requests a second that CloudFormation bears in one account and region (AWS publishes no number), and how many targets
# curfew reads at a time.
RATE, WIDTH = 2.5, 8
MAILS = 2.0
PAGE = 90_000
NIGHTS = ("first night", "unchanged night", "night with 1 % changed")


def report(output, build):
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    many, few, small = (
        [one for one in rounds if condition(one)]
        for condition in (
            lambda one: "personal" in one, lambda one: "page" not in one, lambda one: "page" in one and "personal" not in one,
        )
    )
    table = Table()
    fleet = Fleet(**many[0]["fleet"])
    case = f"{fleet.count} environments, {fleet.accounts * fleet.regions} targets"
    for night in NIGHTS:
        nights(table, f"{night}, {case}", night, many, few)
    scan(table, case, many)
    mails(table, fleet, many)
    for page in (many, small):
        size = statistics.median(one["page"] for one in page)
        table.row(f"weekly page, {Fleet(**page[0]['fleet']).count} environments", "HTML, bytes", size, below=PAGE)
    table.row(f"weekly page, {fleet.count} environments", "largest personal HTML, bytes", many[0]["personal"], below=PAGE)
    return table.show(output, [f"build: {build}", machine(), *ABOUT])


ABOUT = (
    "processor time of PostgreSQL is that of all its processes; of rows, those in temporary tables are not counted",
    f"the limit of requests is raised so far that it is none; at the default of {RATE} requests/s for each target,"
    f" {WIDTH} targets at a time, a night takes what is implied beside them",
)


def taken(rounds, phase, what):
    return [one["phases"][phase][what] for one in rounds]


def middle(rounds, phase, what):
    return statistics.median(taken(rounds, phase, what))


def spread(table, case, what, numbers):
    table.notes.append(f"{case}: {what}: {', '.join(f'{number:.2f}' for number in numbers)}; the median is shown")


def own(table, case, rounds, phase):
    table.row(case, "wall, s", middle(rounds, phase, "wall"))
    table.row(case, "processor time of curfew, s", middle(rounds, phase, "processor"))
    table.row(case, "processor time of PostgreSQL, s", middle(rounds, phase, "database"))
    table.row(case, "peak memory of curfew, MB", middle(rounds, phase, "memory"))
    spread(table, case, "walls in s", taken(rounds, phase, "wall"))
    spread(table, case, "processor times of curfew in s", taken(rounds, phase, "processor"))


def nights(table, case, phase, many, few):
    own(table, case, many, phase)
    table.row(case, "processor time of the replay server, s", middle(many, phase, "replay"))
    ours, theirs = Fleet(**many[0]["fleet"]), Fleet(**few[0]["fleet"])
    itself = f"itself, {theirs.count} environments"
    for who, what in (("curfew", "processor"), ("PostgreSQL", "database")):
        each = [middle(rounds, phase, what) * 1000 / fleet.count for rounds, fleet in ((many, ours), (few, theirs))]
        table.row(case, f"processor time of {who}, ms per environment", *each, itself, LINEAR)
    table.row(
        case, "peak memory of curfew, KB per environment",
        *(middle(rounds, phase, "memory") * 1024 / fleet.count for rounds, fleet in ((many, ours), (few, theirs))), itself,
    )
    calls = many[0]["phases"][phase]["calls"]
    table.row(case, "AWS calls", sum(calls.values()))
    for kind, number in sorted(calls.items()):
        table.row(case, f"AWS calls: {kind}", number)
    table.row(case, f"implied wall at {RATE} requests/s for each target, s", sum(calls.values()) / (RATE * WIDTH))
    for word, number in zip(("inserted", "updated", "deleted"), zip(*taken(many, phase, "rows"))):
        table.row(case, f"rows {word}", statistics.median(number))


def scan(table, case, many):
    case = f"unchanged scan, {case}"
    phase = "unchanged scan"
    for threads in ("1", "8"):
        peer = "boto3, only listing, " + ("sequentially" if threads == "1" else f"{threads} threads")
        for metric, what in (("wall, s", "wall"), ("processor time, s", "processor"), ("peak memory, MB", "memory")):
            theirs = [one["listings"][threads][what] for one in many]
            table.row(case, metric, middle(many, phase, what), statistics.median(theirs), peer)
            spread(table, case, f"{peer}: {metric}", theirs)
    table.row(case, "processor time of PostgreSQL, s", middle(many, phase, "database"))
    table.notes.append(f"{case}: wall and processor time of boto3 include its start, a session for each account and a client for each target")


def mails(table, fleet, many):
    case = f"weekly mails, {fleet.owners} owners and the platform, {fleet.count} environments"
    phase = "mails"
    reached = taken(many, phase, "reached")
    table.row(case, "start of the program until all are queued, s", statistics.median(reached), below=MAILS)
    spread(table, case, "s until all were queued", reached)
    table.row(case, "of that, reading and the platform's page alone take, s", middle(many, "report", "wall"))
    own(table, f"{case}: queued and written as files", many, phase)
