"""The peer with the least to do: pages through DescribeStacks with boto3, one target after the other, and counts.

Usage: bench_list_boto3.py PROFILE REGION [PROFILE REGION]…
"""

import sys

import boto3

if __name__ == "__main__":
    count = 0
    for profile, region in zip(sys.argv[1::2], sys.argv[2::2]):
        client = boto3.Session(profile_name=profile, region_name=region).client("cloudformation")
        for page in client.get_paginator("describe_stacks").paginate():
            count += len(page["Stacks"])
    print(count)
