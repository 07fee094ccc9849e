"""What the measurements of Scripts/bench share: rows of results, and how they are shown."""

import json
import os
import sys

COLUMNS = ("case", "metric", "ours", "peer", "theirs", "ratio", "target", "holds")


class Failed(Exception):
    """The measurement did not run as it should: no number is better than a wrong one."""


class Table:
    def __init__(self):
        self.rows, self.notes = [], []

    def row(self, case, metric, ours, theirs=None, peer=None, most=None, below=None):
        """`most`: the ratio that is not to be exceeded; `below`: what our number has to be under; where there is such a target."""
        ratio = ours / theirs if theirs else None
        target, holds = None, None
        if most is not None:
            target, holds = f"ratio at most {most}", ratio <= most
        elif below is not None:
            target, holds = f"below {below}", ours < below
        self.rows.append({
            "case": case, "metric": metric, "ours": tidy(ours), "peer": peer, "theirs": tidy(theirs), "ratio": tidy(ratio),
            "target": target, "holds": holds,
        })

    def show(self, output, notes):
        """Everything, the given notes before its own; the exit status."""
        notes = [*notes, *self.notes]
        if output == "json":
            for row in self.rows:
                print(json.dumps(row))
            print("\n".join(notes), file=sys.stderr)
        else:
            show_table(self.rows)
            print("\n" + "\n".join(notes))
        return 1 if any(row["holds"] is False for row in self.rows) else 0


def machine():
    return f"machine: {os.cpu_count()} cores, load {os.getloadavg()[2]:.1f} over the last 15 minutes"


def tidy(number):
    return round(number, 3) if isinstance(number, float) else number


def show_table(rows):
    lines = [COLUMNS] + [tuple(shown(row[column]) for column in COLUMNS) for row in rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    for line in lines:
        print("  ".join(
            word.rjust(width) if column in ("ours", "theirs", "ratio") else word.ljust(width)
            for word, width, column in zip(line, widths, COLUMNS)
        ).rstrip())


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
