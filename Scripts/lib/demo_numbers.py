"""Reads curfew's --json answers for the demo. Everything that depends on their shape is here.

Usage: demo_numbers.py awaiting PLANS          lines "P3 feat-checkout", one a plan that waits for an approval
       demo_numbers.py reaped BEFORE AFTER     the environments that were taken down, one a line
       demo_numbers.py summary BEFORE PLANS AFTER
BEFORE, AFTER: files with `curfew list --json`; PLANS: with `curfew plan list --json`.
"""

import json
import sys


def environments(path):
    """Name to row; every living environment that `curfew list` knows."""
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    if isinstance(rows, dict):
        rows = rows["environments"]
    return {row["name"]: row for row in rows if row.get("state") != "reaped"}


def plans(path):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    return rows["plans"] if isinstance(rows, dict) else rows


def names(plan):
    """The environments of a plan, each as its bare name."""
    found = plan["environments"]
    return [entry["name"] if isinstance(entry, dict) else entry.split("/")[-1].split("#")[0] for entry in found]


def reaped(before, after):
    return sorted(set(environments(before)) - set(environments(after)))


def summary(before, planned, after):
    found = environments(before)
    stale = {name for name, row in found.items() if row["verdict"] == "stale"}
    gone = set(reaped(before, after))
    blocked = {
        name for plan in plans(planned) if plan["state"] == "draft" and plan.get("blockers") for name in names(plan)
    }
    kept = set(found) - gone - blocked
    numbers = {"stale": stale, "reaped": gone, "kept": kept, "blocked": blocked}
    print(f"demo: {len(found)} environments found, " + ", ".join(f"{len(these)} {word}" for word, these in numbers.items()))
    problems = [f"none {word}" for word, these in numbers.items() if not these]
    problems += [f"{name} was reaped but not stale" for name in sorted(gone - stale)]
    problems += [f"{name} is blocked but not stale" for name in sorted(blocked - stale)]
    problems += [f"{name} is stale, but neither reaped nor blocked" for name in sorted(stale - gone - blocked)]
    for problem in problems:
        print(f"demo: {problem}", file=sys.stderr)
    return 1 if problems else 0


def main(words):
    match words:
        case ["awaiting", path]:
            for plan in plans(path):
                if plan["state"] == "awaiting approval":
                    print(plan["plan"], *names(plan))
        case ["reaped", before, after]:
            print("\n".join(reaped(before, after)))
        case ["summary", before, planned, after]:
            return summary(before, planned, after)
        case _:
            print(__doc__.strip(), file=sys.stderr)
            return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
