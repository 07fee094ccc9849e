"""Deploys the demo's fleet into the AWS emulator, and checks afterwards what is left of it.

Usage: demo-fleet.py deploy | check GONE…

The list is Scripts/fleet/stacks.yaml, the templates are beside it. Accounts come from the profiles of
AWS_CONFIG_FILE, the address from AWS_ENDPOINT_URL; anything but this machine is refused.
Progress goes to stderr. `check` asks with the AWS command line whether the stacks of the environments GONE are gone
and all others are there.
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

import boto3
import yaml

FLEET = pathlib.Path(__file__).resolve().parent / "fleet"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# A zip file with nothing in it: the emulator never runs a function, it only wants the package to be there.
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


def refuse_other_machines():
    """The whole demo rests on this: no call may leave the machine."""
    host = urllib.parse.urlparse(os.environ.get("AWS_ENDPOINT_URL", "")).hostname
    if host != "127.0.0.1":
        sys.exit(f"demo-fleet.py: AWS_ENDPOINT_URL must name 127.0.0.1, not {host}")


def read_fleet():
    """All stacks, each with the account's number and the environment it belongs to (None: to none)."""
    fleet = yaml.safe_load((FLEET / "stacks.yaml").read_text())
    stacks = [dict(stack, environment=name) for name, members in fleet["environments"].items() for stack in members]
    for others in ("ambiguous", "permanent", "unmatched", "excluded"):
        stacks += [dict(stack, environment=None) for stack in fleet[others]]
    for stack in stacks:
        stack["number"] = fleet["accounts"][stack["account"]]
    return fleet, stacks


def place(stack):
    return (stack["account"], stack["region"], stack["name"])


def rendered(stack, template):
    """The template as the tool would have written it: Serverless and CDK write names into it, not parameters."""
    text = (FLEET / "templates" / template).read_text()
    words = {
        "stack": stack["name"], "account": stack["number"], "region": stack["region"],
        "service": stack.get("service", ""), "stage": stack.get("stage", ""),
        "cdk_path": stack.get("cdk_path", stack["name"]),
    }
    for word, value in words.items():
        text = text.replace("{{" + word + "}}", value)
    return text


@functools.cache
def clients(account, region):
    """CloudFormation's and S3's. Making one costs more than using it; used by several threads they are safe."""
    session = boto3.Session(profile_name=f"demo-{account}", region_name=region)
    return session.client("cloudformation"), session.client("s3")


class Deployer:
    """Deploys one stack in the steps its tool takes."""

    def __init__(self, stack):
        self.stack = stack
        self.cloudformation, self.s3 = clients(stack["account"], stack["region"])

    def deploy(self):
        template = self.stack["template"]
        if template == "serverless-update.json":
            # Serverless makes the bucket first, uploads the package, and fills the stack in a second step.
            self.create(rendered(self.stack, "serverless-create.json"))
            self.upload(self.resource("ServerlessDeploymentBucket"))
            self.update(rendered(self.stack, template))
        else:
            if template == "serverless-shared-bucket.json":
                self.upload(f"shop-deployments-{self.stack['number']}-{self.stack['region']}")
            self.create(rendered(self.stack, template))

    def tags(self):
        tags = dict(self.stack.get("tags", {}))
        if "stage" in self.stack:
            tags["STAGE"] = self.stack["stage"]
        return [{"Key": key, "Value": value} for key, value in tags.items()]

    def create(self, body):
        self.cloudformation.create_stack(
            StackName=self.stack["name"],
            TemplateBody=body,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in self.stack.get("parameters", {}).items()
            ],
            Tags=self.tags(),
            Capabilities=CAPABILITIES,
            EnableTerminationProtection=self.stack.get("termination_protection", False),
        )
        self.wait("stack_create_complete")

    def update(self, body):
        self.cloudformation.update_stack(
            StackName=self.stack["name"], TemplateBody=body, Tags=self.tags(), Capabilities=CAPABILITIES
        )
        self.wait("stack_update_complete")

    def wait(self, name):
        waiter = self.cloudformation.get_waiter(name)
        waiter.wait(StackName=self.stack["name"], WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})

    def resource(self, logical):
        answer = self.cloudformation.describe_stack_resource(StackName=self.stack["name"], LogicalResourceId=logical)
        return answer["StackResourceDetail"]["PhysicalResourceId"]

    def upload(self, bucket):
        service, stage = self.stack["service"], self.stack["stage"]
        self.s3.put_object(Bucket=bucket, Key=f"serverless/{service}/{stage}/{service}.zip", Body=EMPTY_ZIP)


def waves(stacks):
    """Stacks in the order in which they can stand: each wave after what it builds on."""
    waiting, done = list(stacks), set()
    while waiting:
        ready = [
            stack for stack in waiting
            if "after" not in stack or (stack["account"], stack["region"], stack["after"]) in done
        ]
        if not ready:
            sys.exit(f"demo-fleet.py: nothing comes before {[place(stack) for stack in waiting]}")
        yield ready
        done.update(place(stack) for stack in ready)
        waiting = [stack for stack in waiting if place(stack) not in done]


def deploy():
    fleet, stacks = read_fleet()
    failed = False
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        for wave in waves(stacks):
            # Clients are made here, one after the other: making them is not safe in several threads.
            running = {pool.submit(deployer.deploy): deployer.stack for deployer in map(Deployer, wave)}
            for future in concurrent.futures.as_completed(running):
                if future.exception():
                    failed = True
                    print(f"demo-fleet.py: {'/'.join(place(running[future]))}: {future.exception()}", file=sys.stderr)
            if failed:
                sys.exit(1)
    members = sum(stack["environment"] is not None for stack in stacks)
    print(
        f"deployed {len(stacks)} stacks in {len(fleet['accounts'])} accounts and {len(fleet['regions'])} regions:"
        f" {len(fleet['environments'])} feature environments of {members} stacks,"
        f" {len(fleet['permanent'])} permanent, {len(fleet['ambiguous'])} ambiguous,"
        f" {len(fleet['unmatched'])} unmatched, {len(fleet['excluded'])} of the tools themselves",
        file=sys.stderr,
    )


def standing(account, region):
    """The names of the stacks that stand there, by the AWS command line: another client than the one that deployed."""
    answer = subprocess.run(
        [sys.executable, "-m", "awscli", "--profile", f"demo-{account}", "--region", region, "--output", "json",
         "cloudformation", "describe-stacks", "--query", "Stacks[].[StackName, StackStatus]"],
        check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )
    return {name for name, status in json.loads(answer.stdout) if status != "DELETE_COMPLETE"}


def check(gone):
    fleet, stacks = read_fleet()
    unknown = set(gone) - set(fleet["environments"])
    if unknown:
        sys.exit(f"demo-fleet.py: no such environment: {', '.join(sorted(unknown))}")
    targets = [(account, region) for account in fleet["accounts"] for region in fleet["regions"]]
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        there = {
            (account, region, name)
            for (account, region), names in zip(targets, pool.map(lambda target: standing(*target), targets))
            for name in names
        }
    expected = {place(stack) for stack in stacks if stack["environment"] not in gone}
    missing, left = sorted(expected - there), sorted(there - expected)
    for item in missing:
        print(f"gone, but should be there: {'/'.join(item)}", file=sys.stderr)
    for item in left:
        print(f"there, but should be gone: {'/'.join(item)}", file=sys.stderr)
    if missing or left:
        sys.exit(1)
    print(f"aws cloudformation: {len(stacks) - len(expected)} stacks of {len(gone)} environments are gone, the other {len(expected)} stand")


if __name__ == "__main__":
    if sys.argv[1:] == ["deploy"]:
        refuse_other_machines()
        deploy()
    elif sys.argv[1:2] == ["check"]:
        refuse_other_machines()
        check(sys.argv[2:])
    elif sys.argv[1:2] in (["--help"], ["-h"]):
        print(__doc__.strip())
    else:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(64)
