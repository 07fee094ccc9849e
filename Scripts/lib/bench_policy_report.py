"""What bench_policy.py measured, as rows: medians of the rounds, and in notes how far they spread."""

import json
import re
import statistics
import sys

from bench_table import Table, machine

# What our number may be of the peer's: of COPY's wall, of c7n's filter time, of psql's and a bare program's wall.
COPY, FILTER, PAGE, START = 4, 0.05, 3, 4
# Megabytes, and how little of a memory that does not grow is growth.
MEMORY, FLAT = 200, 1.1
EVALUATIONS = {"first": "first evaluation", "unchanged": "unchanged evaluation", "changed": "evaluation after 1 % were deployed"}


def report(output, build):
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    table, sizes = Table(), sorted({one["count"] for one in rounds})
    few = None
    for size in sizes:
        some = [one for one in rounds if one["count"] == size]
        evaluations(table, size, some, few)
        if "judging" in some[0]:
            judging(table, size, some)
            commands(table, size, some)
        few = few or some
    missed = "\n".join(f"{row['case']}: {row['metric']}" for row in table.rows if row["holds"] is False)
    causes = [said for pattern, said in CAUSES.items() if re.search(pattern, missed)]
    return table.show(output, [f"build: {build}", machine(), *ABOUT, *causes])


def middle(some, *path):
    return statistics.median(value(one, path) for one in some)


def value(one, path):
    for word in path:
        one = one[word]
    return one


def evaluations(table, size, some, few):
    for phase, name in EVALUATIONS.items():
        case = f"{name}, {size} environments, 20 policies"
        table.row(case, "wall, s", middle(some, phase, "wall"), middle(some, "copy"), "COPY of the same columns", COPY)
        for who, what in (("curfew", "processor"), ("PostgreSQL", "database")):
            table.row(case, f"processor time of {who}, us per environment", middle(some, phase, what) * 1e6 / size)
        table.row(case, "rows written", statistics.median(sum(one[phase]["rows"]) for one in some))
        memory = middle(some, phase, "memory")
        table.row(case, "peak memory, MB", memory, below=MEMORY)
        if few:
            before = few[0]["count"]
            table.row(case, "peak memory, MB", memory, middle(few, phase, "memory"), f"itself, {before} environments", FLAT)
        numbers = ", ".join(f"{one[phase]['wall']:.3f}" for one in some)
        table.notes.append(f"{case}: walls in s: {numbers}; the median is shown")


def judging(table, size, some):
    ours = statistics.median(one["judging"]["with"] - one["judging"]["without"] for one in some)
    theirs = statistics.median(seconds for one in some for seconds in one["filtering"]["seconds"])
    case = f"judging, {size} environments, 20 policies"
    table.row(case, "user processor time, us per verdict", ours * 1e6 / size, theirs * 1e6 / size, "c7n's filters", FILTER)
    numbers = ", ".join(f"{(one['judging']['with'] - one['judging']['without']) * 1e6 / size:.2f}" for one in some)
    table.notes.append(f"{case}: us per verdict: {numbers}; the median is shown")


def commands(table, size, some):
    for name in some[0]["pages"]:
        case = f"a page of `{name}`, {size} environments"
        table.row(case, "wall, s", middle(some, "pages", name, "ours"), middle(some, "pages", name, "theirs"), "psql", PAGE)
        table.row(case, "peak memory, MB", middle(some, "pages", name, "memory"))
    table.row("--help", "wall, s", middle(some, "help", "ours"), middle(some, "help", "theirs"), "a program that imports Foundation", START)


# Looked at with perf and EXPLAIN ANALYZE, with 20,000 environments.
CAUSES = {
    "evaluation.*: wall": "where evaluating takes longer than it may: COPY reads table by table, where evaluating joins them and"
    " sorts by name (about a second of PostgreSQL for 20,000), judges each with a trace of every clause, and of a first"
    " evaluation writes every trace, an entry of the audit log for each finding, and their seals",
    "evaluation.*: peak memory": "where evaluating takes more memory than it may: environments are held 500 at a time, but what"
    " changed, is frozen or is reported is kept to the end, to be printed; PostgreSQL's client library also holds a whole answer",
    "per verdict": "where a verdict takes longer than it may: c7n's filters say yes or no, and the first one leaves a twentieth of"
    " the records to the others; a judgement has fourteen steps, each with what it saw in words, is made once more for every"
    " moment at which it may change by itself, and for the hint",
    "a page of": "where a page takes longer than it may: before its first question the program connects four times (whether the"
    " server is there, once before and once under its lock, whether the database is, whether the schema fits), and its"
    " statements, of thousands of characters, are planned by a server process that has nothing cached; psql connects once",
    "--help": "where --help takes longer than it may: a fifth of its processor time goes to the names of commands that have none"
    " of their own, which the parser makes of their types (the first such cast looks through every conformance there is), a"
    " fifth to the dynamic loader (38 libraries, where the bare program has 6), a quarter to pages of a larger file",
}

ABOUT = (
    "COPY is the wall of one psql with \\copy of the columns that evaluating reads, table by table, to /dev/null; curfew's"
    " figures include joining them, judging, and writing down what changed",
    "judging is the user processor time of `curfew policy simulate` with a policy in force, less that without one: the same"
    " inventory is read, and each environment judged once more (those that are stale twice more), with its trace and what"
    " comes next; c7n's is the processor time of filter_resources over records that lie in memory, verdicts alone",
    "pages: 15 starts of each, turn by turn; psql fetches by a statement of its own, over the private server's socket",
)
