"""Measures teardowns for Scripts/bench, inside the world that it made.

Usage: bench_teardown.py round CURFEW chains|wide ENVIRONMENTS counted|timed     one measurement, as one line of JSON
       bench_teardown.py report table|json BUILD                                 reads those lines, prints the result

chains: environments of three stacks, each stack built on an export of the one before; scanned, planned, approved, reaped.
wide: environments of one stack; scanned, planned, and planned again.
counted: through a proxy that counts AWS calls by kind and phase. timed: without it.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import pwd
import resource
import statistics
import subprocess
import sys
import time
import urllib.parse

import boto3
import botocore.config

from bench_table import Failed, Table, machine
from counting_proxy import CountingProxy

TEMPLATES = pathlib.Path(__file__).resolve().parent.parent / "fleet" / "templates"
REGION = "eu-west-1"
# Requests a second that CloudFormation bears in one account and region; AWS publishes no number.
RATE = 2.5
# What one environment may cost more among four times as many.
LINEAR = 1.25
CHAIN = ("network", "data", "api")
TIMINGS = {"observe": "1s", "confirm_gone": "1s"}

SETTINGS = """\
accounts:
  - {{ id: "111122223333", name: shop, profile: demo-shop, regions: [{region}] }}
owners: {{ tags: [owner], fallback: platform@example.com }}
people:
  you: {{ logins: ["{login}"], addresses: [you@example.com], groups: [platform] }}
policy: policy.yaml
aws: {{ endpoint: "{endpoint}" }}
timings: {{ observe: {observe}, confirm_gone: {confirm_gone} }}
load: {{ requests_per_second: 10000, burst: 10000 }}  # raised: the server beside has no limits
"""

# Budgets are wide so that one run takes everything: what is measured is the work, not how it is spread over days.
POLICY = """\
policies:
  - name: features
    applies_to: { name: "feat-*" }
    stale_when: { age: 2s }
    not_before: 1s
    sightings: { count: 1, apart: 0s }
    warn: none
    approval: { required: 1, by: ["group:platform"], expires: 1d, requester: counts }
budgets: { per_run: 2000, per_day: 2000, per_account: 2000, per_owner: 2000, share: 100% }
"""


def stacks(shape, count):
    """Waves of (name, template, parameters); each wave builds on those before."""
    environments = [f"feat-bench{number:04}" for number in range(1, count + 1)]
    if shape == "wide":
        body = (TEMPLATES / "plain.yaml").read_text()
        return environments, [[(f"shop-{name}", body, {}) for name in environments]]
    exporter = (TEMPLATES / "exporter.yaml").read_text()
    importer = (TEMPLATES / "importer.yaml").read_text()
    bodies = (exporter, importer, importer.partition("Outputs:")[0])
    before = dict(zip(CHAIN[1:], CHAIN))
    waves = []
    for part, body in zip(CHAIN, bodies):
        waves.append([
            (f"{part}-{name}", body, {"BuiltOn": f"{before[part]}-{name}"} if part in before else {})
            for name in environments
        ])
    return environments, waves


class World:
    def __init__(self, curfew, endpoint):
        self.curfew = curfew
        config = botocore.config.Config(max_pool_connections=16, retries={"max_attempts": 5})
        session = boto3.Session(profile_name="demo-shop", region_name=REGION)
        self.cloudformation = session.client("cloudformation", endpoint_url=endpoint, config=config)

    def settings(self, endpoint):
        path = pathlib.Path(os.environ["CURFEW_SETTINGS"])
        path.write_text(SETTINGS.format(region=REGION, login=pwd.getpwuid(os.geteuid()).pw_name, endpoint=endpoint, **TIMINGS))
        (path.parent / "policy.yaml").write_text(POLICY)
        # The variable is stronger than the file.
        os.environ["AWS_ENDPOINT_URL"] = endpoint

    def run(self, *words, accept=(0,)):
        """The seconds that a command took, its standard output, and the seconds of processor time it used itself."""
        begun, used = time.monotonic(), processor_time()
        done = subprocess.run([self.curfew, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        took, used = time.monotonic() - begun, processor_time() - used
        if done.returncode not in accept:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise Failed(f"curfew {' '.join(words)[:200]}: status {done.returncode}\n{tail}")
        return took, done.stdout, used

    def deploy(self, waves):
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            for wave in waves:
                list(pool.map(lambda stack: self.create(*stack), wave))

    def create(self, name, body, parameters):
        self.cloudformation.create_stack(
            StackName=name,
            TemplateBody=body,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Tags=[{"Key": "owner", "Value": "platform@example.com"}],
        )
        waiter = self.cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})

    def standing(self):
        pages = self.cloudformation.get_paginator("describe_stacks").paginate()
        return [stack for page in pages for stack in page["Stacks"] if stack["StackStatus"] != "DELETE_COMPLETE"]


def processor_time():
    """Of the commands that ended; the database's and the emulator's are not among them."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def measure(curfew, shape, count, way):
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    if urllib.parse.urlparse(endpoint).hostname != "127.0.0.1":
        raise Failed(f"AWS_ENDPOINT_URL must name 127.0.0.1, not {endpoint}")
    world = World(curfew, endpoint)
    environments, waves = stacks(shape, count)
    world.deploy(waves)
    found = world.standing()
    exports = sum("ExportName" in output for stack in found for output in stack.get("Outputs", []))
    expected = sum(map(len, waves))
    if len(found) != expected:
        raise Failed(f"{len(found)} stacks stand after deploying {expected}")
    result = {
        "shape": shape, "environments": count, "stacks": expected, "exports": exports, "way": way, "walls": {}, "processor": {},
    }
    if way == "timed":
        world.settings(endpoint)
        teardown(world, environments, result, shape, lambda phase: None)
        return result
    with CountingProxy(endpoint) as proxy:
        world.settings(proxy.endpoint)

        def enter(phase):
            proxy.phase = phase

        teardown(world, environments, result, shape, enter)
    result["calls"] = {phase: dict(counts) for phase, counts in proxy.counts.items()}
    result["refused"] = dict(proxy.refused)
    return result


def teardown(world, environments, result, shape, enter):
    enter("setup")
    world.run("database", "start")
    world.run("policy", "apply", str(pathlib.Path(os.environ["CURFEW_SETTINGS"]).parent / "policy.yaml"))
    world.run("accounts", "mode", "shop", "reap", "--because", "a measurement")
    time.sleep(3)  # the age that the policy wants, honestly passed
    for phase, words in (("scan", ["scan"]), ("evaluate", ["evaluate"]), ("plan", ["plan", "--due"])):
        enter(phase)
        result["walls"][phase], _, result["processor"][phase] = world.run(*words)
    enter("check")
    plans = json.loads(world.run("plan", "list", "--limit", "10000", "--json")[1])
    plans = plans["plans"] if isinstance(plans, dict) else plans
    waiting = [plan for plan in plans if plan["state"] == "awaiting approval"]
    if len(waiting) != len(environments):
        states = collections.Counter(plan["state"] for plan in plans)
        raise Failed(f"{len(waiting)} plans wait for an approval, of {len(environments)} environments: {dict(states)}")
    if shape == "wide":
        # As a night does: what waits for its approval is planned again, and stays what it is.
        enter("plan again")
        again = world.run("plan", "--due")
        result["walls"]["plan again"], _, result["processor"]["plan again"] = again
        return
    enter("approve")
    for run in sorted({plan["run"] for plan in waiting}):
        world.run("approve", run, *(word for name in environments for word in ("--confirm", name)))
    enter("reap")
    result["walls"]["reap"] = 0.0
    for runs in range(1, 6):
        took, said, _ = world.run("reap")
        result["walls"]["reap"] += took
        if not world.standing():
            result["reaps"] = runs
            return
    raise Failed(f"{len(world.standing())} stacks stand after {runs} runs of the reaper; the last one said:\n{said[-2000:]}")


# What delstack calls, counted in its source at commit 122263a7 for stacks that go at the first attempt, without nested
# stacks and without resources whose own protection it looks at. Of two readings the one with fewer calls is taken.
#
# The graph (internal/operation/cloudformation_stack.go, BuildDependencyGraph): DescribeStacks for each stack, ListImports
# for each export. Before it, GetSortedStackNames describes each named stack once more; that is left out here, and said.
# Then, for each stack: ListStackResources (internal/preprocessor/recursive.go); DescribeStacks, DeleteStack, the waiter,
# DescribeStacks (deleteStackNormally). The waiter (pkg/client/cloudformation.go: the SDK's StackDeleteComplete, with its
# own delays) asks at once and then every 30 s or more; one poll is the least it can take.
DELSTACK = "delstack"


def delstack_plan(stacks, exports):
    return {"DescribeStacks": stacks, "ListImports": exports}


def delstack_reap(stacks):
    return {"ListStackResources": stacks, "DescribeStacks": 3 * stacks, "DeleteStack": stacks}


class Report(Table):
    def calls(self, case, phase, counts, theirs):
        """The sum first, then each kind; the peer's calls are all CloudFormation's."""
        merged = collections.Counter()
        for name, number in counts.items():
            merged[name.removeprefix("cloudformation ")] += number
        peer = DELSTACK if theirs else None
        self.row(case, f"calls to {phase}", sum(merged.values()), sum(theirs.values()) if theirs else None, peer)
        described = sum(number for name, number in merged.items() if name.startswith("DescribeStacks"))
        left = dict(theirs or {})
        for name in sorted(merged):
            self.row(case, f"calls to {phase}: {name}", merged[name], *self.beside(name, left, peer))
        if "DescribeStacks" in left and left["DescribeStacks"]:
            self.row(case, f"calls to {phase}: DescribeStacks together", described, left.pop("DescribeStacks"), peer)
        for name, number in sorted(left.items()):
            if number:
                self.row(case, f"calls to {phase}: {name}", 0, number, peer)

    @staticmethod
    def beside(name, left, peer):
        if peer is None or name.startswith("DescribeStacks"):
            return None, None
        return left.pop(name, 0), peer


def chains(report, rounds):
    counted = next(round for round in rounds if round["way"] == "counted")
    many, exports = counted["stacks"], counted["exports"]
    case = f"{many} stacks, {counted['environments']} chains"
    report.calls(case, "scan", counted["calls"].get("scan", {}), None)
    report.calls(case, "plan", counted["calls"]["plan"], delstack_plan(many, exports))
    report.calls(case, "reap", counted["calls"]["reap"], delstack_reap(many))
    report.notes.append(
        f"{case}: delstack names each stack and describes it once more before its graph: {2 * many + exports} calls where"
        f" the table has {many + exports}; its waiter is counted with one poll a stack, the least it can take"
    )
    walls = {
        number: [round["walls"]["reap"] for round in rounds if round["way"] == "timed" and round["environments"] == number]
        for number in (counted["environments"], 1)
    }
    whole, alone = (statistics.median(taken) for taken in walls.values())
    # Beside it our own chain alone: no order and no width can make the whole shorter than that.
    report.row(case, "wall of the reap, s", whole, alone, "the longest chain alone")
    for number, taken in walls.items():
        spread = ", ".join(f"{seconds:.1f}" for seconds in taken)
        report.notes.append(f"{case}: walls of reaping {number} environments, without the proxy: {spread} s; medians are shown")
    report.notes.append(
        f"{case}: by default environments go in waves of 1, 2, 4, 8 and so on, each after the end of the one before:"
        f" {counted['environments'].bit_length()} waves here, so as many times the longest chain is the least it can take"
    )
    if (most := max(round["reaps"] for round in rounds)) > 1:
        report.notes.append(f"{case}: curfew reap was run up to {most} times; walls are sums")


def wide(report, rounds):
    few, counted = sorted(rounds, key=lambda round: round["environments"])
    many = counted["stacks"]
    case = f"{counted['environments']} environments, {many} stacks"
    theirs = delstack_plan(many, counted["exports"])
    for phase, beside in (("scan", None), ("plan", theirs), ("plan again", None)):
        counts = counted["calls"][phase]
        report.calls(case, phase, counts, beside)
        sums = sum(counts.values()), sum(beside.values()) if beside else None
        for metric, by in ((f"calls to {phase}, per stack", many), (f"implied wall to {phase} at {RATE} requests/s, s", RATE)):
            report.row(case, metric, sums[0] / by, sums[1] / by if beside else None, DELSTACK if beside else None)
    formation = sum(number for name, number in counted["calls"]["plan"].items() if name.startswith("cloudformation "))
    report.row(case, "calls to plan, per stack, CloudFormation's alone", formation / many, sum(theirs.values()) / many, DELSTACK)
    report.row(case, f"implied wall to plan at {RATE} requests/s, s, CloudFormation's alone", formation / RATE, sum(theirs.values()) / RATE, DELSTACK)
    for phase in ("plan", "plan again"):
        report.row(case, f"processor time to {phase}, s", counted["processor"][phase])
        # Four times as many environments are to cost four times as much, and no more.
        ours, theirs = (round["processor"][phase] * 1000 / round["environments"] for round in (counted, few))
        peer = f"itself, {few['environments']} environments"
        report.row(case, f"processor time to {phase}, ms per environment", ours, theirs, peer, LINEAR)
    report.notes.append(
        f"{case}: planning took {counted['walls']['plan']:.1f} s here, and again {counted['walls']['plan again']:.1f} s, through"
        " the counting proxy; its processor time is curfew's own, without the database's"
    )


def report(output, build):
    rounds = [json.loads(line) for line in sys.stdin if line.strip()]
    made = Report()
    chains(made, [round for round in rounds if round["shape"] == "chains"])
    wide(made, [round for round in rounds if round["shape"] == "wide"])
    timings = ", ".join(f"{name} {value}" for name, value in TIMINGS.items())
    notes = [
        f"build: {build}",
        f"timings: {timings} (possible because the endpoint is this machine), all others as they are",
        machine(),
    ]
    if refused := sum(number for round in rounds for number in round.get("refused", {}).values()):
        made.notes.append(f"{refused} calls were answered with 429 or 5xx; repeated ones are counted again")
    return made.show(output, notes)


def main(words):
    match words:
        case ["round", curfew, "chains" | "wide" as shape, count, "counted" | "timed" as way]:
            try:
                print(json.dumps(measure(curfew, shape, int(count), way)))
            except Failed as failure:
                sys.exit(f"bench_teardown.py: {failure}")
            return 0
        case ["report", "table" | "json" as output, build]:
            return report(output, build)
    print(__doc__.strip(), file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
