"""Measures scans for Scripts/bench beside what others do, inside the world that it made.

Usage: bench_scan.py round CURFEW PEERS RECORDED ACCOUNTS REGIONS STACKS   one world, as one line of JSON
       bench_scan.py report table|json BUILD                               reads those lines, prints the result

PEERS is the folder of a virtual environment with boto3, awscli, c7n and c7n-org; RECORDED a file of recorded_stacks.py.
"""

import json
import pathlib
import sys

import bench_scan_report
from bench_night import World
from bench_process import Replay, cost
from bench_table import Failed
from replay_server import REGIONS, Fleet

POLICY = """\
policies:
  - name: stacks
    resource: aws.cfn
"""
DELAY = 100


class Peers:
    """Each lists the stacks of every target and is not believed unless it found all of them."""

    def __init__(self, programs, world):
        self.programs, self.world, self.fleet = pathlib.Path(programs) / "bin", world, world.fleet
        self.folder = world.folder / "peers"
        self.folder.mkdir()
        self.policy = self.folder / "policy.yaml"
        self.policy.write_text(POLICY)
        self.targets = [(f"bench-{account}", region) for account, region, _ in self.fleet.places()]
        accounts = "\n".join(
            f'  - {{ account_id: "{account}", name: "a{account}", profile: bench-{account}, '
            f"regions: [{', '.join(REGIONS[:self.fleet.regions])}] }}"
            for account in map(self.fleet.account, range(self.fleet.accounts))
        )
        self.accounts = self.folder / "accounts.yaml"
        self.accounts.write_text(f"accounts:\n{accounts}\n")

    def run(self):
        one = len(self.targets) == 1
        return {"boto3": self.boto3(), **({"c7n": self.c7n(), "awscli": self.awscli()} if one else {"c7n-org": self.c7n_org()})}

    def checked(self, spent, found):
        if found != self.fleet.count:
            raise Failed(f"a peer found {found} of {self.fleet.count} stacks:\n{spent['said'][-2000:]}")
        spent.pop("said")
        return spent

    def boto3(self):
        script = pathlib.Path(__file__).with_name("bench_list_boto3.py")
        words = [word for target in self.targets for word in target]
        spent = cost([str(self.programs / "python"), str(script), *words])
        return self.checked(spent, int(spent["said"].split()[-1]))

    def awscli(self):
        profile, region = self.targets[0]
        spent = cost(
            [str(self.programs / "aws"), "cloudformation", "describe-stacks", "--output", "json"],
            AWS_PROFILE=profile, AWS_REGION=region,
        )
        return self.checked(spent, spent["said"].count('"StackId"'))

    def c7n(self):
        profile, region = self.targets[0]
        spent = cost(
            [str(self.programs / "custodian"), "run", "--cache-period", "0", "-s", str(self.folder / "c7n"), "-r", region,
             str(self.policy)], AWS_PROFILE=profile,
        )
        return self.checked(spent, self.written("c7n"))

    def c7n_org(self):
        spent = cost([
            str(self.programs / "c7n-org"), "run", "--cache-period", "0", "-s", str(self.folder / "org"),
            "-c", str(self.accounts), "-u", str(self.policy), *(word for region in REGIONS[:self.fleet.regions] for word in ("-r", region)),
        ], AWS_DEFAULT_REGION=REGIONS[0])
        return self.checked(spent, self.written("org"))

    def written(self, folder):
        return sum(len(json.loads(path.read_text())) for path in (self.folder / folder).rglob("resources.json"))


def scan(world):
    user = world.database.processor(user=True)
    spent = world.run("scan")
    spent["database user"] = world.database.processor(user=True) - user
    spent.pop("said")
    return spent


def measure(curfew, programs, recorded, fleet):
    with Replay(fleet, recorded) as replay:
        world = World(curfew, fleet, replay)
        peers = Peers(programs, world)
        result = {"fleet": vars(fleet), "first": scan(world)}
        world.check("environments", "SELECT count(*) FROM environments WHERE ended_at IS NULL", fleet.count)
        result["unchanged"] = scan(world)
        replay.ask("counts")
        result["peers"] = peers.run()
        replay.ask(f"delay {DELAY}")
        world.default_limits()
        result["slow"] = scan(world)
        return result


def main(words):
    try:
        match words:
            case ["round", curfew, programs, recorded, accounts, regions, stacks]:
                count = int(accounts) * int(regions) * int(stacks)
                # Twenty environments each, as people have them.
                fleet = Fleet(int(accounts), int(regions), int(stacks), max(1, count // 20))
                print(json.dumps(measure(curfew, programs, recorded, fleet)))
                return 0
            case ["report", "table" | "json" as output, build]:
                return bench_scan_report.report(output, build)
    except Failed as failure:
        sys.exit(f"bench_scan.py: {failure}")
    print(__doc__.strip(), file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
