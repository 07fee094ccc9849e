"""Records how an emulator (ministack) answers about stacks, so that a replay server can answer the same for thousands.

Usage: recorded_stacks.py ENDPOINT FILE

Deploys four of the demo's templates there (plain CloudFormation, one that exports, one that imports, SAM), and writes what
DescribeStacks and ListStackResources say of each into FILE: JSON, a list of objects with the texts `stack` and
`resources`. In them @NAME@, @ACCOUNT@, @REGION@, @UUID@, @CREATED@, @UPDATED@ and @OWNER@ stand for what is different from
stack to stack; all else is as it was recorded.
"""

import json
import pathlib
import re
import sys
import urllib.parse

TEMPLATES = pathlib.Path(__file__).resolve().parent.parent / "fleet" / "templates"
ACCOUNT, REGION, OWNER = "111122223333", "eu-west-1", "recorded@example.com"
STACKS = (
    ("shop-feat-plain", "plain.yaml", {}), ("shop-feat-exporter", "exporter.yaml", {}),
    ("shop-feat-importer", "importer.yaml", {"BuiltOn": "shop-feat-exporter"}), ("shop-feat-sam", "sam.yaml", {}),
)
TAGS = {"owner": OWNER, "cost-center": "4711", "repository": "git.example.com/shop/api"}
MEMBER = re.compile(r"<member><StackName>.*?</DriftInformation></member>", re.DOTALL)
SUMMARIES = re.compile(r"<StackResourceSummaries>(.*)</StackResourceSummaries>", re.DOTALL)


def record(endpoint):
    import boto3

    session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="bench", region_name=REGION)
    client = session.client("cloudformation", endpoint_url=endpoint)
    answers = []
    client.meta.events.register("after-call", lambda http_response, **_: answers.append(http_response.text))
    models = []
    for name, template, parameters in STACKS:
        client.create_stack(
            StackName=name,
            TemplateBody=(TEMPLATES / template).read_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
        client.describe_stacks(StackName=name)
        stack = MEMBER.search(answers[-1])[0]
        client.list_stack_resources(StackName=name)
        models.append({"stack": model(stack, name), "resources": model(SUMMARIES.search(answers[-1])[1], name)})
    return models


def model(text, name):
    text = re.sub(r"(<StackId>[^<]*/)[0-9a-f-]{36}(</StackId>)", r"\g<1>@UUID@\2", text)
    text = re.sub(r"(<CreationTime>)[^<]*", r"\g<1>@CREATED@", text)
    text = re.sub(r"(<LastUpdated(?:Time|Timestamp)>)[^<]*", r"\g<1>@UPDATED@", text)
    # What an unnamed listing of AWS does not say.
    text = re.sub(r"<EnableTerminationProtection>[^<]*</EnableTerminationProtection>", "", text)
    for recorded, wanted in ((name, "@NAME@"), (ACCOUNT, "@ACCOUNT@"), (REGION, "@REGION@"), (OWNER, "@OWNER@")):
        text = text.replace(recorded, wanted)
    return text


def main(words):
    if len(words) != 2 or urllib.parse.urlparse(words[0]).hostname != "127.0.0.1":
        print(__doc__.strip(), file=sys.stderr)
        return 64
    pathlib.Path(words[1]).write_text(json.dumps(record(words[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
