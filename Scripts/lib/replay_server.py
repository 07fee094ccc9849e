"""A stand-in for AWS that answers from memory what a scan asks: so fast that whoever asks is what is measured.

Usage: replay_server.py ACCOUNTS REGIONS STACKS OWNERS [RECORDED]

It serves ACCOUNTS accounts with REGIONS regions each and STACKS stacks in each of these, for OWNERS owners: STS
GetCallerIdentity, CloudFormation DescribeStacks (pages of 100, or one by id) and ListStackResources, Lambda ListFunctions
(pages of 50), and CloudWatch GetMetricData, of nothing that was ever used; anything else is refused. With RECORDED, a file of recorded_stacks.py, it says of stacks and of what they hold
what an emulator said, in pages of up to 1 MB, as AWS has them, and lists no functions. The access key is the account, the
signature's scope the region; no signature is verified.
It prints its address, listens on this machine only, and is led by lines on standard input, each answered by one of JSON:
  counts   what was asked since the last time, by kind, and the processor time that answering took
  change   from now on every hundredth stack is newer and has another parameter
  delay N  from now on every page of stacks comes N milliseconds later
It ends with its standard input.
"""

import asyncio
import collections
import dataclasses
import datetime
import email.utils
import json
import pathlib
import resource
import sys
import time
import urllib.parse

PAGE = 100
# Bytes of a page of recorded stacks.
LARGE = 1_000_000
FUNCTIONS = 50
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2")
FORMATION = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
METRICS = "http://monitoring.amazonaws.com/doc/2010-08-01/"
TOKENS = "https://sts.amazonaws.com/doc/2011-06-15/"
RESOURCES = (
    ("Handler", "AWS::Lambda::Function", "handler"), ("HandlerRole", "AWS::IAM::Role", "role"),
    ("HandlerLogs", "AWS::Logs::LogGroup", "/aws/lambda/handler"), ("Api", "AWS::ApiGatewayV2::Api", "api"),
    ("Stage", "AWS::ApiGatewayV2::Stage", "stage"), ("Queue", "AWS::SQS::Queue", "queue"),
    ("Table", "AWS::DynamoDB::Table", "table"), ("Alarm", "AWS::CloudWatch::Alarm", "alarm"),
)


@dataclasses.dataclass(frozen=True)
class Fleet:
    """One environment for each stack, in runs of the same owner; a fifth of every owner's is 40 days old, the rest 1 to 25."""

    accounts: int
    regions: int
    stacks: int
    owners: int

    @property
    def count(self):
        return self.accounts * self.regions * self.stacks

    def account(self, index):
        return f"{100_000_000_000 + index}"

    def places(self):
        """(account, region, numbers of its stacks) of every target."""
        for index in range(self.accounts * self.regions):
            account, region = divmod(index, self.regions)
            yield self.account(account), REGIONS[region], range(index * self.stacks, (index + 1) * self.stacks)

    def owner(self, number):
        return f"owner{number * self.owners // self.count:03}@example.com"

    def age(self, number):
        """In days. Where everybody owns one environment alone, a fifth of these is old."""
        return 40 if number % 5 == 0 else 1 + number * 7 % 25

    @staticmethod
    def is_changed(number):
        return number % 100 == 7


class Answers:
    """Every answer that does not depend on the request is made once."""

    def __init__(self, fleet, recorded=()):
        self.fleet, self.recorded = fleet, recorded
        self.began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.changed = False
        self.stacks = {place[:2]: {self.id(place, number): number for number in place[2]} for place in fleet.places()}
        self.pages = {}
        self.inside = "".join(
            f"<member><LogicalResourceId>{logical}</LogicalResourceId><PhysicalResourceId>{physical}-@</PhysicalResourceId>"
            f"<ResourceType>{kind}</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus>"
            f"<LastUpdatedTimestamp>{self.time(1)}</LastUpdatedTimestamp>"
            "<DriftInformation><StackResourceDriftStatus>NOT_CHECKED</StackResourceDriftStatus></DriftInformation></member>"
            for logical, kind, physical in RESOURCES
        )

    def change(self):
        self.changed, self.pages = True, {}
        return {"changed": sum(map(Fleet.is_changed, range(self.fleet.count)))}

    def time(self, days):
        return (self.began - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    @staticmethod
    def name(number):
        return f"shop-feat-{number:05}"

    def id(self, place, number):
        return (
            f"arn:aws:cloudformation:{place[1]}:{place[0]}:stack/{self.name(number)}"
            f"/00000000-0000-4000-8000-{number:012}"
        )

    def functions(self, account, region, words):
        """A page of the listing of Lambda functions: one of each stack, as `RESOURCES` has it."""
        place = (account, region)
        if place not in self.stacks:
            return "refused: ListFunctions", 403, b'{"Message": "no such target"}'
        if self.recorded:
            return "ListFunctions, a page", 200, b'{"Functions": []}'
        numbers, start = list(self.stacks[place].values()), int(words.get("Marker", 0))
        listed = [{
            "FunctionName": f"handler-{self.name(number)}", "PackageType": "Zip", "MemorySize": 512, "Timeout": 30,
            "Runtime": ("nodejs20.x", "python3.13")[number % 2], "LastModified": "2026-10-01T08:00:00.000+0000",
            "Handler": "index.handler", "Version": "$LATEST", "CodeSize": 123_456,
            "FunctionArn": f"arn:aws:lambda:{region}:{account}:function:handler-{self.name(number)}",
        } for number in numbers[start:start + FUNCTIONS]]
        answer = {"Functions": listed}
        if start + FUNCTIONS < len(numbers):
            answer["NextMarker"] = str(start + FUNCTIONS)
        return "ListFunctions, a page", 200, json.dumps(answer).encode()

    def answer(self, account, region, words):
        """The kind of what was asked, the status, the body."""
        action, place = words.get("Action", "nothing"), (account, region)
        if action == "GetCallerIdentity":
            return action, 200, wrapped(TOKENS, action, (
                f"<Arn>arn:aws:iam::{account}:user/curfew</Arn><UserId>AIDA{account}</UserId><Account>{account}</Account>"
            ))
        if place not in self.stacks:
            return action, 403, failure("AccessDenied", f"no such target: {account} in {region}")
        if action == "GetMetricData":
            ids = (value for key, value in words.items() if key.startswith("MetricDataQueries.") and key.endswith(".Id"))
            return action, 200, wrapped(METRICS, action, "<MetricDataResults>" + "".join(
                f"<member><Id>{id}</Id><Label>{id}</Label><StatusCode>Complete</StatusCode><Timestamps/><Values/></member>"
                for id in ids
            ) + "</MetricDataResults>")
        asked = words.get("StackName")
        if action == "DescribeStacks" and asked is None:
            return "DescribeStacks of all, a page", 200, self.page(place, int(words.get("NextToken", 0)))
        found = self.stacks[place].get(asked)
        if action == "DescribeStacks" and found is not None:
            return "DescribeStacks of one", 200, wrapped(FORMATION, action, f"<Stacks>{self.stack(place, found)}</Stacks>")
        if action == "ListStackResources" and found is not None:
            inside = self.filled("resources", place, found) if self.recorded else self.inside.replace("@", self.name(found))
            return action, 200, wrapped(FORMATION, action, f"<StackResourceSummaries>{inside}</StackResourceSummaries>")
        return f"refused: {action}", 400, failure("ValidationError", f"{action} of {asked}: not to be had here")

    def page(self, place, start):
        key = (place, start)
        if key not in self.pages:
            numbers = list(self.stacks[place].values())
            stacks, end, size = [], start, 0
            while end < len(numbers) and (size < LARGE if self.recorded else len(stacks) < PAGE):
                stacks.append(self.stack(place, numbers[end]))
                end, size = end + 1, size + len(stacks[-1])
            if size > LARGE:
                stacks.pop()
                end -= 1
            more = f"<NextToken>{end}</NextToken>" if end < len(numbers) else ""
            self.pages[key] = wrapped(FORMATION, "DescribeStacks", f"<Stacks>{''.join(stacks)}</Stacks>{more}")
        return self.pages[key]

    def filled(self, part, place, number):
        """What was recorded of one of the recorded stacks, as if it was this one."""
        newer = self.changed and self.fleet.is_changed(number)
        text = self.recorded[number % len(self.recorded)][part]
        for mark, value in (
            ("@NAME@", self.name(number)), ("@ACCOUNT@", place[0]), ("@REGION@", place[1]), ("@OWNER@", self.fleet.owner(number)),
            ("@UUID@", f"00000000-0000-4000-8000-{number:012}"), ("@CREATED@", self.time(self.fleet.age(number))),
            ("@UPDATED@", self.time(0 if newer else self.fleet.age(number))),
        ):
            text = text.replace(mark, value)
        return text

    def stack(self, place, number):
        if self.recorded:
            return self.filled("stack", place, number)
        fleet, name = self.fleet, self.name(number)
        newer = self.changed and fleet.is_changed(number)
        updated = f"<LastUpdatedTime>{self.time(0)}</LastUpdatedTime>" if newer else ""
        tags = {"owner": fleet.owner(number), "cost-center": "4711", "repository": "git.example.com/shop/api"}
        parameters = {"Version": "2" if newer else "1", "Memory": "512", "Bucket": "artifacts.example.com"}
        outputs = {"Url": f"https://{name}.example.com", "Handler": f"arn:aws:lambda:{place[1]}:{place[0]}:function:{name}"}
        return (
            f"<member><StackId>{self.id(place, number)}</StackId><StackName>{name}</StackName>"
            "<Description>The shop, as one branch has it</Description>"
            f"<CreationTime>{self.time(fleet.age(number))}</CreationTime>{updated}"
            f"<StackStatus>{'UPDATE' if newer else 'CREATE'}_COMPLETE</StackStatus>"
            "<DisableRollback>false</DisableRollback><NotificationARNs/>"
            "<Capabilities><member>CAPABILITY_IAM</member></Capabilities>"
            f"{members('Parameters', 'Parameter', parameters)}{members('Outputs', 'Output', outputs)}{members('Tags', '', tags)}"
            "<DriftInformation><StackDriftStatus>NOT_CHECKED</StackDriftStatus></DriftInformation></member>"
        )


def members(list_name, prefix, values):
    inside = "".join(
        f"<member><{prefix}Key>{key}</{prefix}Key><{prefix}Value>{value}</{prefix}Value></member>" for key, value in values.items()
    )
    return f"<{list_name}>{inside}</{list_name}>"


def wrapped(space, action, inside):
    return (
        f'<{action}Response xmlns="{space}"><{action}Result>{inside}</{action}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></{action}Response>"
    ).encode()


def failure(code, message):
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    ).encode()


class Connection(asyncio.Protocol):
    """No more of HTTP than AWS clients speak: requests with a length, one after the other on a connection that stays."""

    answers: Answers
    delay = 0.0
    counts = collections.Counter()

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            whole = end + 4 + int(after(head, b"content-length:", b"\r\n") or 0)
            if len(self.buffer) < whole:
                return
            body, self.buffer = self.buffer[end + 4:whole], self.buffer[whole:]
            self.answer(head, body)

    def answer(self, head, body):
        account, _, region = (after(head, b"credential=", b",").decode() + "//").split("/")[:3]
        words = dict(urllib.parse.parse_qsl(body.decode()))
        path, _, query = head.split(b" ", 2)[1].decode().partition("?")
        if path == "/2015-03-31/functions":
            words = dict(urllib.parse.parse_qsl(query))
            kind, status, text = self.answers.functions(account, region, words)
        else:
            kind, status, text = self.answers.answer(account, region, words)
        self.counts[kind] += 1
        whole = (
            b"HTTP/1.1 %d Replayed\r\nContent-Type: text/xml\r\nDate: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (status, email.utils.formatdate(time.time(), usegmt=True).encode(), len(text), text)
        )
        if Connection.delay and kind == "DescribeStacks of all, a page":
            asyncio.get_running_loop().call_later(Connection.delay, self.transport.write, whole)
        else:
            self.transport.write(whole)


def after(head, mark, end):
    """What follows the mark, whatever its case, up to the end; empty without it."""
    start = head.lower().find(mark)
    if start < 0:
        return b""
    return head[start + len(mark):].split(end, 1)[0].strip()


async def serve(fleet, recorded=()):
    Connection.answers = Answers(fleet, recorded)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    spent = 0.0
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match line.strip():
            case "counts":
                used = resource.getrusage(resource.RUSAGE_SELF)
                whole = used.ru_utime + used.ru_stime
                said = {"calls": dict(Connection.counts), "processor": whole - spent}
                spent = whole
                Connection.counts.clear()
            case "change":
                said = Connection.answers.change()
            case delay if delay.startswith("delay "):
                Connection.delay = int(delay.split()[1]) / 1000
                said = {"delay": Connection.delay}
            case other:
                said = {"unknown": other}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6) or not all(word.isdigit() for word in sys.argv[1:5]):
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(64)
    asyncio.run(serve(
        Fleet(*map(int, sys.argv[1:5])),
        json.loads(pathlib.Path(sys.argv[5]).read_text()) if len(sys.argv) == 6 else (),
    ))
