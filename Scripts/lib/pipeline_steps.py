"""Takes the shell out of pipelines' files, and checks what their schemas cannot see.

Usage: pipeline_steps.py FOLDER OUT

Writes each step of FOLDER/github as OUT/NAME.bash and each script of FOLDER/gitlab as OUT/NAME.sh. Fails where a value
of somebody else's (`${{ … }}`) stands in a step's shell instead of in its variables, where the workflow gives the action
inputs that it does not have or leaves out ones that it needs, and where GitLab's jobs do not fit together.
"""

import pathlib
import sys

import yaml

folder, out = map(pathlib.Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
problems = []


def read(name):
    return yaml.safe_load((folder / name).read_text())


def write(name, text):
    (out / name).write_text(text)


action = read("github/action.yml")
workflow = read("github/workflow.yml")
for number, step in enumerate(action["runs"]["steps"]):
    if "${{" in step["run"]:
        problems.append(f"action.yml: step {number} has ${{{{ in its shell")
    write(f"action-{number}.bash", step["run"])
needed = {name for name, given in action["inputs"].items() if given.get("required")}
for name, job in workflow["jobs"].items():
    for number, step in enumerate(job["steps"]):
        if "run" in step:
            if "${{" in step["run"]:
                problems.append(f"workflow.yml: {name}, step {number} has ${{{{ in its shell")
            write(f"{name}-{number}.bash", step["run"] + "\n")
        if step.get("uses") == "./.github/actions/curfew":
            given = set(step["with"])
            if not needed <= given <= set(action["inputs"]):
                problems.append(f"workflow.yml: {name} gives {sorted(given)}")

jobs = read("gitlab/curfew.gitlab-ci.yml")
example = read("gitlab/example.gitlab-ci.yml")
for file in (jobs, example):
    for name, job in file.items():
        if isinstance(job, dict) and "script" in job:
            write(f"{name.lstrip('.')}.sh", "\n".join(job["script"]) + "\n")
for name, job in example.items():
    if not isinstance(job, dict):
        continue
    for base in [job["extends"]] if "extends" in job else []:
        if base not in jobs:
            problems.append(f"example: {name} extends {base}, which is not there")
    stop = job.get("environment", {}).get("on_stop")
    if stop is None:
        continue
    other = example.get(stop, {})
    # GitLab leaves the stop out unless all of these fit.
    if other.get("environment", {}).get("action") != "stop":
        problems.append(f"example: {name} is stopped by {stop}, which stops nothing")
    if other.get("environment", {}).get("name") != job["environment"]["name"]:
        problems.append(f"example: {stop} stops another environment than {name}'s")
    if other.get("stage") != job["stage"]:
        problems.append(f"example: {stop} is in another stage than {name}")
    if [rule["if"] for rule in other["rules"]] != [rule["if"] for rule in job["rules"]]:
        problems.append(f"example: {stop} has other rules than {name}")

print("\n".join(problems))
sys.exit(bool(problems))
