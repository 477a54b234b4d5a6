#!/usr/bin/env python3
"""Asks the real server thousands of odd questions, made from its own API document, as everybody who may ask: nobody in
particular, a guest, a user, a moderator and an administrator. Whatever contradicts the document is an error: a 500, an
undeclared status or shape, nonsense that is taken, an answer for somebody without a credential.

    target/schemathesis/bin/python e2e/api/explore.py [--long] [ROLE…]
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import uuid

import requests

HERE = pathlib.Path(__file__).resolve().parent
BEFFROI = os.environ.get("BEFFROI_BIN", HERE.parents[1] / "target/debug/beffroi")
PASSWORD = "tram cheese violin 42"
ROLES = ["anyone", "guest", "user", "moderator", "admin"]
# Questions for an operation, and seconds for one role.
SHORT, LONG = (12, 55), (400, 1800)
RATES = ["GLOBAL_RPM", "PER_USER_RPM", "PER_IP_RPM", "MESSAGES_RPM", "LOGIN_PER_5MIN"]


def main(arguments):
    examples, seconds = LONG if "--long" in arguments else SHORT
    roles = [role for role in arguments if role in ROLES] or ROLES
    folder = tempfile.mkdtemp(prefix="beffroi-api-")
    try:
        os.environ.update({f"RATE_LIMIT_{rate}": "1000000" for rate in RATES}, BEFFROI_DATA=folder)
        for role in roles:
            if role != "anyone":
                create(role, role)
                create(f"{role}-leaver", role)
        create("host", "user")
        with Server() as url:
            os.environ["BEFFROI_KNOWN"] = json.dumps(furnish(url))
            return max(explore(url, role, examples, seconds) for role in roles)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create(name, role):
    create = [BEFFROI, "user", "create", name, "--email", f"{name}@example.org", "--role", role, "--password-stdin"]
    subprocess.run(create, input=f"{PASSWORD}\n", text=True, check=True, stdout=subprocess.DEVNULL)


def furnish(url):
    """A room in which somebody has spoken; what there is to ask for, by its name in paths."""
    session = requests.Session()

    def post(path, body):
        answer = session.post(f"{url}/api/v1{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]

    host = post("/auth/login", {"username": "host", "password": PASSWORD})
    session.headers["Authorization"] = f"Bearer {host['access_token']}"
    room = post("/rooms", {"name": "Commons", "topic": "For everybody"})["id"]
    message = post(f"/rooms/{room}/messages", {"text": "Hello", "client_id": str(uuid.uuid4())})["id"]
    post(f"/rooms/{room}/messages", {"text": "Hello to you", "client_id": str(uuid.uuid4()), "reply_to": message})
    return {"room": room, "message": message, "user": host["user"]["id"]}


class Server:
    """The program on a port that is free, until the end of the block."""

    def __enter__(self):
        serve = [BEFFROI, "serve", "--listen", "127.0.0.1:0"]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found.group()
        self.log.seek(0)
        sys.exit(f"the server did not start: {self.log.read()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)


def explore(url, role, examples, seconds):
    print(f"\n== as {role}", flush=True)
    os.environ.update(BEFFROI_URL=url, BEFFROI_PASSWORD=PASSWORD, SCHEMATHESIS_HOOKS="people", PYTHONPATH=str(HERE))
    os.environ["BEFFROI_PERSON"] = "" if role == "anyone" else role
    run = [
        *(pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml"),
        *("run", f"{url}/api/v1/openapi.json", "--seed", "1", "--max-examples", str(examples)),
        *("--continue-on-failure", "--no-color"),
    ]
    return subprocess.run(run, timeout=seconds + 60, cwd=tempfile.gettempdir()).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
