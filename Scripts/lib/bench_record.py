"""Measures recording for Scripts/bench beside a plain COPY, inside the world that it made.

Usage: bench_record.py round CURFEW RECORDED STACKS   one world, as one line of JSON
       bench_record.py report table|json BUILD        reads those lines, prints the result

What recording takes is told by PostgreSQL's own log of `curfew scan`: the time from the BEGIN to the end of the COMMIT of
each transaction in which a listing is compared with what is known, or a reading is recorded. That includes what curfew
does meanwhile (encoding rows, sending them), and none of what it does before: asking AWS, parsing, naming.
"""

import datetime
import json
import os
import pathlib
import re
import statistics
import sys

from bench_night import World
from bench_process import Replay
from bench_table import Failed, Table, machine
from replay_server import Fleet

LINE = re.compile(r"^(\S+ \S+) UTC \[(\d+)\] .*?duration: ([\d.]+) ms(?:  (?:statement|execute [^:]*): (.*))?", re.DOTALL)
COLUMNS = "provider_id, name, status, class, named, naming, created_at, updated_at, changed_at, tags, service_role, tool, parent, content"
FIRST, UNCHANGED, FLAT = 1.5, 1.3, 1.1
# What such a transaction holds, and no other: the comparing of a page; the lock on the target of a reading.
OURS = ("WITH listed AS", "FROM targets\nWHERE account", "INTO readings", "staged_components")
TABLES = "components", "resources"


class Log:
    """PostgreSQL's log of its statements, from some moment on."""

    def __init__(self, database, data_folder):
        self.database = database
        self.path = pathlib.Path(data_folder) / "log" / "server.log"
        for setting in (
            "log_min_duration_statement = 0", "log_line_prefix = '%m [%p] '", "log_parameter_max_length = 0",
            "log_parameter_max_length_on_error = 0",
        ):
            database.ask(f"ALTER SYSTEM SET {setting}")
        database.ask("SELECT pg_reload_conf()")
        self.taken()

    def taken(self):
        """The statements since the last time: when each ended, by whom, how many milliseconds, and its text."""
        text = self.path.read_text(errors="replace")
        since, self.length = text[getattr(self, "length", 0):], len(text)
        found = []
        for entry in re.split(r"\n(?=\d{4}-\d\d-\d\d )", since):
            if match := LINE.match(entry):
                ended = datetime.datetime.fromisoformat(match[1]).timestamp()
                found.append((ended, match[2], float(match[3]) / 1000, match[4] or ""))
        return found

    def recording(self):
        """Seconds between the BEGIN and the end of the COMMIT of what recorded or compared, by transaction."""
        spans, begun, matters = [], {}, {}
        for ended, process, took, text in self.taken():
            word = text.strip().upper()
            if word.startswith("BEGIN"):
                begun[process], matters[process] = ended - took, False
            elif word.startswith("COMMIT"):
                if matters.pop(process, False):
                    spans.append(ended - begun[process])
            elif process in matters and any(mark in text for mark in OURS):
                matters[process] = True
        return spans

    def copies(self):
        return [took for _, _, took, text in self.taken() if re.match(r"\s*COPY\s+copied", text)]


def copy(world, log, folder):
    """The same rows into tables with the same columns, indexes and constraints; and into the staging table alone."""
    ask = world.database.ask
    for table in TABLES:
        ask(f"\\copy {table} TO '{folder / table}'")
    ask(f"\\copy (SELECT {COLUMNS} FROM components) TO '{folder / 'staged'}'")
    ask("CREATE TABLE copied_components (LIKE components INCLUDING ALL)")
    ask("CREATE TABLE copied_resources (LIKE resources INCLUDING ALL)")
    ask("ALTER TABLE copied_components ADD FOREIGN KEY (target_id) REFERENCES targets,"
        " ADD FOREIGN KEY (environment_id) REFERENCES environments")
    ask("ALTER TABLE copied_resources ADD FOREIGN KEY (component_id) REFERENCES copied_components")
    log.taken()
    for table in TABLES:
        ask(f"\\copy copied_{table} FROM '{folder / table}'")
    first = log.copies()
    ask("CREATE UNLOGGED TABLE copied_staged AS SELECT {0} FROM components LIMIT 0".format(COLUMNS))
    ask("ALTER TABLE copied_staged ADD PRIMARY KEY (provider_id)")
    log.taken()
    ask(f"\\copy copied_staged ({COLUMNS}) FROM '{folder / 'staged'}'")
    staged = log.copies()
    if len(first) != 2 or len(staged) != 1:
        raise Failed(f"{len(first)} and {len(staged)} COPYs are in PostgreSQL's log, not 2 and 1")
    return {"tables": sum(first), "components": first[0], "staging": staged[0]}


def written(world):
    found = world.database.ask(
        "SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'curfew' AND relname = 'components'"
    )
    return int(found)


def scan(world, log):
    log.taken()
    before = written(world)
    spent = world.run("scan")
    spans = log.recording()
    if not spans:
        raise Failed("PostgreSQL's log shows no recording")
    return {
        "recording": sum(spans), "transactions": len(spans), "components": written(world) - before, "memory": spent["memory"],
        "wall": spent["wall"],
    }


def measure(curfew, recorded, fleet):
    with Replay(fleet, recorded) as replay:
        world = World(curfew, fleet, replay)
        log = Log(world.database, os.environ["CURFEW_DATA_DIR"])
        result = {"stacks": fleet.count, "first": scan(world, log), "unchanged": scan(world, log)}
        result["resources"] = int(world.database.ask("SELECT count(*) FROM resources"))
        result["copy"] = copy(world, log, world.folder)
        return result


def report(output, build):
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    table, sizes = Table(), sorted({one["stacks"] for one in rounds})
    few = None
    for size in sizes:
        some = [one for one in rounds if one["stacks"] == size]
        case = f"{size} components, {some[0]['resources']} resources"

        def middle(part, what):
            return statistics.median(one[part][what] for one in some)

        first, unchanged = f"first load, {case}", f"unchanged, {case}"
        table.row(first, "recording, s", middle("first", "recording"), middle("copy", "tables"), "COPY into the same tables", FIRST)
        table.row(
            unchanged, "recording, s", middle("unchanged", "recording"), middle("copy", "staging"), "COPY into the staging table",
            UNCHANGED,
        )
        table.row(unchanged, "component rows written", middle("unchanged", "components"), below=1)
        for name, phase in ((first, "first"), (unchanged, "unchanged")):
            table.row(name, "recording, us per component", middle(phase, "recording") * 1e6 / size)
            if few is None:
                table.row(name, "peak memory of the scan, MB", middle(phase, "memory"))
            else:
                before = statistics.median(one[phase]["memory"] for one in rounds if one["stacks"] == few)
                table.row(name, "peak memory of the scan, MB", middle(phase, "memory"), before, f"itself, {few} components", FLAT)
        for part, what in (("first", "recording"), ("unchanged", "recording"), ("copy", "tables"), ("copy", "staging")):
            numbers = ", ".join(f"{one[part][what]:.3f}" for one in some)
            table.notes.append(f"{case}: {part}, {what}, s: {numbers}; the median is shown")
        few = few or size
    missed = [row["metric"] for row in table.rows if row["holds"] is False]
    causes = [said for word, said in CAUSES.items() if any(word in metric for metric in missed)]
    return table.show(output, [f"build: {build}", machine(), *ABOUT, *causes])


CAUSES = {
    "memory": "where memory grows: a scan holds everything new of a target, with its resources, until it is recorded in one"
    " transaction; what is as it was is not held",
    "recording": "where recording does not hold: no cause was found yet; what is new is written twice, into the staging tables"
    " and from there; what is as it was is looked up one by one in an index that is larger then",
}

ABOUT = (
    "recording is, by PostgreSQL's log, from BEGIN to the end of COMMIT of the transactions that compare or record, with all"
    " that curfew does meanwhile; COPY is PostgreSQL's own time for psql's \\copy of the same rows as text",
    "a first load records resources, too, and so does the COPY beside it, into tables with the same indexes and constraints",
)


def main(words):
    try:
        match words:
            case ["round", curfew, recorded, stacks]:
                print(json.dumps(measure(curfew, recorded, Fleet(1, 1, int(stacks), max(1, int(stacks) // 20)))))
                return 0
            case ["report", "table" | "json" as output, build]:
                return report(output, build)
    except Failed as failure:
        sys.exit(f"bench_record.py: {failure}")
    print(__doc__.strip(), file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
