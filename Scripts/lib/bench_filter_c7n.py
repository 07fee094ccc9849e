"""How long Cloud Custodian's filters take over records that lie in memory: the peer of Scripts/bench policy.

Usage: bench_filter_c7n.py COUNT POLICIES     POLICIES is JSON, as bench_policy.py has them; prints one line of JSON

Each policy takes the stacks of one team by their tag, those that are old enough, and those that are not marked already,
which is how a cycle of marking begins. Nothing is asked of AWS, and nothing is done with what the filters leave.
"""

import datetime
import json
import random
import sys
import time

from c7n.config import Config
from c7n.policy import PolicyCollection
from c7n.resources import load_resources


def policies(wanted):
    load_resources(("aws.cfn",))
    data = {"policies": [{
        "name": f"team{one['number']:02}", "resource": "aws.cfn",
        "filters": [
            {"tag:team": f"team{one['number']:02}"},
            {"type": "value", "key": "CreationTime", "value_type": "age", "op": "greater-than", "value": one["age"]},
            {"or": [
                {"type": "marked-for-op", "tag": "custodian", "op": "delete"},
                {"tag:custodian": "absent"},
            ]},
        ],
    } for one in wanted]}
    return list(PolicyCollection.from_data(data, Config.empty(region="eu-west-1", account_id="100000000000")))


def records(count):
    dice, now = random.Random(42), datetime.datetime.now(datetime.timezone.utc)
    found = []
    for number in range(count):
        tags = [
            {"Key": "team", "Value": f"team{dice.randrange(20):02}"}, {"Key": "service", "Value": "api"},
            {"Key": "managed-by", "Value": "cloudformation"}, {"Key": "owner", "Value": f"owner{dice.randrange(500):03}@example.com"},
        ]
        if dice.random() < 0.1:
            date = now + datetime.timedelta(days=dice.randrange(-5, 5))
            tags.append({"Key": "custodian", "Value": f"Resource does not meet policy: delete@{date:%Y/%m/%d}"})
        found.append({
            "StackName": f"api-feat-{number}", "StackStatus": "CREATE_COMPLETE", "Tags": tags,
            "CreationTime": now - datetime.timedelta(days=1 + 400 * dice.random() ** 3),
        })
    return found


def main(count, wanted):
    resources, managers = records(count), [policy.resource_manager for policy in policies(wanted)]
    taken, left = [], 0
    for _ in range(5):
        begun = time.process_time()
        left = sum(len(manager.filter_resources(resources)) for manager in managers)
        taken.append(time.process_time() - begun)
    if not 0 < left < count:
        sys.exit(f"the filters leave {left} of {count}: that is no filtering")
    print(json.dumps({"seconds": taken, "left": left}))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
