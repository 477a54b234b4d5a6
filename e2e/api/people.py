"""Who asks: every request of a run carries the token of one person. An operation that ends sessions gets a token made
for that request alone, of somebody else of the same role, or the rest of the run would be nobody's."""

import json
import os
import urllib.request
import uuid

import schemathesis

SERVER = os.environ["BEFFROI_URL"]
PERSON = os.environ.get("BEFFROI_PERSON")
LEAVER = f"{PERSON}-leaver"
PASSWORD = os.environ["BEFFROI_PASSWORD"]

ENDS_SESSIONS = [
    ("POST", "/api/v1/auth/logout"),
    ("POST", "/api/v1/auth/logout-all"),
    ("DELETE", "/api/v1/auth/sessions/{session}"),
]


def token(name):
    body = json.dumps({"username": name, "password": PASSWORD}).encode()
    request = urllib.request.Request(
        f"{SERVER}/api/v1/auth/login", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["data"]["access_token"]


KNOWN = json.loads(os.environ["BEFFROI_KNOWN"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the ids that are well formed become ids of what is there, so that more than "not found" is asked for."""
    is_removal = context.operation.method == "delete" and context.operation.path == "/api/v1/rooms/{room}"
    for name, value in (path_parameters or {}).items():
        if not is_removal:
            path_parameters[name] = known(name, value)
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict):
        body = {name: known(name, value) for name, value in body.items()}
        if isinstance(body.get("users"), list):
            body["users"] = [known("user", value) for value in body["users"]]
    return body


def known(name, value):
    name = {"reply_to": "message"}.get(name, name)
    return KNOWN[name] if name in KNOWN and is_uuid(value) and int(value[-1], 16) % 2 else value


def is_uuid(value):
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


@schemathesis.check
def allowed_is_well_formed(context, response, case):
    """What the document allows is never malformed; but where a page begins, only the server knows, and each of two
    credentials is allowed, both together are not. Following what another answer told, the tool may write something else
    than an id into the path."""
    is_allowed = case.meta is not None and case.meta.generation.mode.is_positive
    if is_allowed and response.status_code == 400:
        code = response.json()["code"]
        has_odd_path = not all(map(is_uuid, (case.path_parameters or {}).values()))
        is_fair = code in ("request.invalid_cursor", "auth.ambiguous") or code == "request.invalid_id" and has_odd_path
        assert is_fair, f"the document allows what is refused as {code}"


class Person:
    """One token for the whole run."""

    name = PERSON

    def get(self, case, context):
        return token(self.name)

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


class Leaver(Person):
    name = LEAVER


if PERSON:
    person, leaver = schemathesis.auth(refresh_interval=600), schemathesis.auth(refresh_interval=None)
    for method, path in ENDS_SESSIONS:
        person = person.skip_for(method=method, path=path)
        leaver = leaver.apply_to(method=method, path=path)
    person(Person)
    leaver(Leaver)
