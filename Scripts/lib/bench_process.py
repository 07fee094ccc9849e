"""What programs cost: their own time and memory, and what they make the replay server and PostgreSQL do meanwhile."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from bench_table import Failed

TICKS = os.sysconf("SC_CLK_TCK")


class Replay:
    """The replay server, in a process of its own that ends with this one."""

    def __init__(self, fleet, *recorded):
        server = pathlib.Path(__file__).with_name("replay_server.py")
        shape = map(str, (fleet.accounts, fleet.regions, fleet.stacks, fleet.owners))
        self.process = subprocess.Popen(
            [sys.executable, str(server), *shape, *recorded], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.endpoint = self.process.stdout.readline().strip()
        if not self.endpoint:
            raise Failed("the replay server does not start; its output is above")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def ask(self, word):
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


class Database:
    """The private PostgreSQL of a data folder, looked at as its administrator."""

    def __init__(self, data_folder):
        notes = list(pathlib.Path(data_folder).rglob("postmaster.pid"))
        if len(notes) != 1:
            raise Failed(f"{len(notes)} PostgreSQL servers run below {data_folder}, not one")
        lines = notes[0].read_text().splitlines()
        self.pid, port, socket = int(lines[0]), lines[3], lines[4]
        beside = pathlib.Path(f"/proc/{self.pid}/exe").resolve().with_name("psql")
        psql = str(beside) if beside.exists() else shutil.which("psql")
        if not psql:
            raise Failed("there is no psql beside the PostgreSQL server or on PATH")
        where = f"host={socket} port={port} user=curfew_admin dbname=curfew options='-c search_path=curfew'"
        self.psql = [psql, "-X", "-A", "-t", "-q", "-d", where, "-c"]

    def ask(self, sql):
        done = subprocess.run([*self.psql, sql], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Failed(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def awaiting(self, query, count):
        """A psql that ends as soon as the query gives that count, or fails after a minute or two."""
        loop = (
            f"DO $$ BEGIN FOR i IN 1..12000 LOOP IF ({query}) >= {count} THEN RETURN; END IF; PERFORM pg_sleep(0.005); END LOOP;"
            " RAISE 'it did not come to that'; END $$"
        )
        return subprocess.Popen([*self.psql, loop], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def rows(self):
        """Written since the cluster was made: inserted, updated, deleted; once nobody is connected any more."""
        others = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 10
        while self.ask(others) != "0":
            if time.monotonic() > deadline:
                raise Failed("somebody stays connected to the database")
            time.sleep(0.05)
        sums = ", ".join(f"coalesce(sum({column}), 0)" for column in ("n_tup_ins", "n_tup_upd", "n_tup_del"))
        return [int(word) for word in self.ask(f"SELECT {sums} FROM pg_stat_user_tables").split("|")]

    def processor(self, user=False):
        """Seconds of the server, of its processes that ended, and of those that live; with `user`, not the kernel's."""
        part = slice(None, None, 2 if user else 1)
        spent = sum(ticks(self.pid, own_children=True)[part])
        for child in pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split():
            try:
                spent += sum(ticks(child)[part])
            except FileNotFoundError:
                pass
        return spent / TICKS


def ticks(pid, own_children=False):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15 if own_children else 13]]


def cost(words, accept=(0,), until=None, **variables):
    """What one program took: wall, its own processor time, its peak memory in MB, its output; or Failed.

    Of a program that starts others and waits for them: their time, too, and the memory of the largest.

    `until`: starts a process whose end is timed too, from the start of the program."""
    with tempfile.TemporaryFile() as said:
        awaited = until() if until else None
        begun = time.monotonic()
        program = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env={**os.environ, **variables})
        reached = None
        if awaited and awaited.wait() == 0:
            reached = time.monotonic() - begun
        _, status, used = os.wait4(program.pid, 0)
        wall = time.monotonic() - begun
        program.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if program.returncode not in accept:
        tail = "\n".join(text.splitlines()[-15:])
        raise Failed(f"{' '.join(words)[:200]}: status {program.returncode}\n{tail}")
    return {
        "wall": wall, "user": used.ru_utime, "processor": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024, "reached": reached, "said": text,
    }
