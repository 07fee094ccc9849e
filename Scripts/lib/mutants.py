"""Puts one mutant after the other into a copy of the tree, and says which tests turned red. See Scripts/mutate."""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

BEGIN = "<!-- mutants: written by Scripts/mutate --write -->"
END = "<!-- end of mutants -->"
HEAD = ["| no. | taken out | tests that turned red | on |", "| --- | --- | --- | --- |"]
NEVER = "*not run yet*"
KEPT_IN_COPY = {".build", ".git", ".venv", ".swiftpm", "Package.resolved"}


@dataclass(frozen=True)
class Mutant:
    rail: str
    sentence: str
    file: str
    tests: str
    old: str
    new: str


class Trouble(Exception):
    """Nothing can be said about a mutant."""


def say(text):
    print(f"mutate: {text}", file=sys.stderr, flush=True)


def read_list(path):
    """Blocks of `RAIL | SENTENCE`, `file:`, `tests:`, then the text between `<<<<`, `====` and `>>>>`."""
    mutants = []
    lines = iter(enumerate(path.read_text().splitlines(), 1))

    def until(mark):
        taken = []
        for _, line in lines:
            if line == mark:
                return "\n".join(taken)
            taken.append(line)
        raise Trouble(f"{path.name}: {mark} is missing at the end")

    def field(name):
        number, line = next(lines, (0, ""))
        if not line.startswith(name + ": "):
            raise Trouble(f"{path.name}:{number}: expected {name}: …")
        return line[len(name) + 2 :]

    for number, line in lines:
        if not line or line.startswith("#"):
            continue
        head = re.fullmatch(r"([RDPN]\d+) \| (\S.*)", line)
        if not head:
            raise Trouble(f"{path.name}:{number}: expected RAIL | SENTENCE")
        file, tests = field("file"), field("tests")
        if next(lines, (0, ""))[1] != "<<<<":
            raise Trouble(f"{path.name}:{number}: <<<< is missing")
        old = until("====")
        mutants.append(Mutant(head[1], head[2], file, tests, old, until(">>>>")))
    return mutants


def order(rail):
    return ("RDPN".index(rail[0]), int(rail[1:]))


def chosen(mutants, only):
    if not only:
        return mutants
    taken = []
    for wish in only.split(","):
        rail, _, word = wish.partition(":")
        found = [m for m in mutants if m.rail == rail and word.lower() in m.sentence.lower()]
        if not found:
            raise Trouble(f"no mutant for {wish}; Scripts/mutate --list shows them")
        taken += [m for m in found if m not in taken]
    return taken


def mutated(root, mutant):
    path = root / mutant.file
    if not path.is_file():
        raise Trouble(f"{mutant.file} does not exist")
    text = path.read_text()
    count = text.count(mutant.old)
    if count != 1:
        raise Trouble(f"its text stands {count} times in {mutant.file}, not once")
    return text.replace(mutant.old, mutant.new)


def copy_tree(root, copy):
    """Only what differs is written, so that the build there stays warm."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    files = {name for name in listed if name and (root / name).is_file()}
    copy.mkdir(parents=True, exist_ok=True)
    for path in [p for p in copy.iterdir() if p.name not in KEPT_IN_COPY]:
        for old in [path] if not path.is_dir() else [p for p in path.rglob("*") if not p.is_dir()]:
            if str(old.relative_to(copy)) not in files:
                old.unlink()
    for name in sorted(files):
        source, target = root / name, copy / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def build(copy):
    done = run(copy, "build", "--build-tests")
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if "error:" in line] or done.stdout.splitlines()[-5:]
        raise Trouble("it does not build: " + " / ".join(errors[:3]))


def red(copy, filter_):
    """The names of the tests that failed; none when all passed."""
    done = run(copy, "test", "--skip-build", "--disable-xctest", "--filter", filter_)
    summary = re.search(r"Test run with (\d+) tests?", done.stdout)
    if not summary:
        raise Trouble(f"the tests ended with {done.returncode} and without a summary")
    if summary[1] == "0":
        raise Trouble(f"no test matches {filter_}")
    failed = re.findall(r"Test (?:\"(.+?)\"|(\w+)\(.*?\)) (?:with \d+ test cases? )?failed after", done.stdout)
    names = sorted({quoted or plain for quoted, plain in failed})
    if (done.returncode != 0) != bool(names):
        raise Trouble(f"the tests ended with {done.returncode}, and {len(names)} failed by name")
    return names


def run(copy, *arguments):
    return subprocess.run(
        [os.environ["SWIFT"], *arguments], cwd=copy, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )


def shown(names, rail):
    """Those that carry the rail first, and of many the first few."""
    carriers = [name for name in names if rail in re.match(r"((?:[RDPN]\d+ )*)", name)[1].split()]
    ordered = carriers + [name for name in names if name not in carriers]
    rest = len(ordered) - 4
    return "; ".join(ordered[:4]) + (f"; and {rest} more" if rest > 0 else "")


def cell(text):
    return text.replace("|", "\\|")


def row(mutant, result, day):
    return f"| {mutant.rail} | {cell(mutant.sentence)} | {cell(result)} | {day} |"


def written(readme, mutants):
    """The rows that the readme has of these mutants."""
    inside = readme.read_text().split(BEGIN + "\n")[1].split(END)[0]
    rows = {tuple(line.split(" | ")[:2]): line for line in inside.splitlines()}
    found = {m: rows.get(tuple(row(m, "", "").split(" | ")[:2])) for m in mutants}
    return {mutant: line for mutant, line in found.items() if line and NEVER not in line}


def write(readme, mutants, results):
    """Rows of mutants that were not run now stay as they are; those that never ran say so."""
    results = written(readme, mutants) | results
    rows = HEAD + [
        results.get(mutant, row(mutant, NEVER, "")) for mutant in sorted(mutants, key=lambda m: order(m.rail))
    ]
    before, rest = readme.read_text().split(BEGIN + "\n")
    readme.write_text(before + BEGIN + "\n" + "\n".join(rows) + "\n" + END + rest.split(END)[1])


def try_each(root, mutants, wanted, writes):
    copy = pathlib.Path(os.environ["CURFEW_MUTANTS"])
    readme = root / "Tests/README.md"
    say(f"copying the tree to {copy}, building it and running the tests with nothing taken out")
    copy_tree(root, copy)
    build(copy)
    failing = red(copy, "|".join(sorted({f"({m.tests})" for m in wanted})))
    if failing:
        raise Trouble("these tests fail with nothing taken out: " + "; ".join(failing))
    results, bad = {}, 0
    for number, mutant in enumerate(wanted, 1):
        path = copy / mutant.file
        original = path.read_text()
        try:
            path.write_text(mutated(copy, mutant))
            build(copy)
            names = red(copy, mutant.tests)
            result = shown(names, mutant.rail) if names else "**NONE: it was not noticed**"
            if not names:
                bad += 1
        except Trouble as trouble:
            bad += 1
            result = f"**could not be tried**: {trouble}"
        finally:
            path.write_text(original)
        results[mutant] = row(mutant, result, datetime.date.today().isoformat())
        say(f"{number} of {len(wanted)}: {mutant.rail} {mutant.sentence} {result}")
        if writes:
            write(readme, mutants, results)
    print("\n".join(HEAD + [results[mutant] for mutant in sorted(wanted, key=lambda m: order(m.rail))]))
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--only")
    for name in ("--list", "--check", "--rest", "--write"):
        parser.add_argument(name, action="store_true")
    options = parser.parse_args()
    try:
        mutants = read_list(options.root / "Scripts/lib/mutants.txt")
        wanted = chosen(mutants, options.only)
        if options.rest:
            done = written(options.root / "Tests/README.md", mutants)
            wanted = [m for m in wanted if m not in done]
        if options.list:
            for mutant in sorted(wanted, key=lambda m: order(m.rail)):
                print(f"{mutant.rail:4} {mutant.sentence}\n     {mutant.file}; {mutant.tests}")
            return 0
        lost = 0
        for mutant in wanted:
            try:
                mutated(options.root, mutant)
            except Trouble as trouble:
                lost += 1
                say(f"{mutant.rail} {mutant.sentence} {trouble}")
        if lost or options.check:
            return 1 if lost else 0
        if not wanted:
            say("there is nothing left to take out")
            return 0
        return 1 if try_each(options.root, mutants, wanted, options.write) else 0
    except Trouble as trouble:
        say(str(trouble))
        return 1


sys.exit(main())
