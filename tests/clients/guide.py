"""The REST interface, as far as the tests need it: a customer who orders, staff who erase."""

import base64
import hashlib
import hmac
import json
import struct
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

# Invented; the number has one of the birth numbers that the Swedish Tax Agency keeps for tests.
PERSON = {"name": "Klara Klientsson", "identityNumber": "19850420-9803", "email": "klara@kund.example", "phone": "070-174 06 44"}


def call(base, method, path, body=None, token=None):
    """One request; the answer's JSON."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{base}/api/v1{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def order(base, person, provider):
    """Places an order of `person` with `provider`; its id and number."""
    query = urllib.parse.urlencode({"q": "Kopparbergsvägen 10G"})
    place = call(base, "GET", f"/places?{query}")["places"][0]["handle"]
    offers = call(base, "GET", f"/places/{place}/offers")
    wanted = {
        "commandId": str(uuid.uuid4()),
        "placeHandle": place,
        "offeringId": next(offer["offeringId"] for offer in offers["offers"] if offer["providerId"] == provider),
        "customer": person,
        "acceptanceVersion": offers["acceptanceTexts"][0]["version"],
        "acceptanceLanguage": "sv",
        "accepted": True,
    }
    placed = call(base, "POST", "/orders", wanted)
    return placed["orderId"], placed["orderNumber"]


def staff_token(base, who):
    """Signs in; a code works once, so a used one means waiting for the next."""
    for _ in range(3):
        try:
            return call(base, "POST", "/session", {"user": who.user, "password": who.password, "totp": totp(who.secret)})["token"]
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
            time.sleep(30.2 - time.time() % 30)
    raise AssertionError("not signed in")


def erase(base, token, person):
    """Opens an erasure request, waits for the preview, decides; the request's id."""
    wanted = {
        "commandId": str(uuid.uuid4()),
        "kind": "ERASURE",
        "identityNumbers": [person["identityNumber"]],
        "emails": [person["email"]],
        "identityProof": "in_person",
    }
    request = call(base, "POST", "/requests", wanted, token)["requestId"]
    until(base, token, request, {"AWAITING_DECISION"})
    call(base, "POST", f"/requests/{request}/decision", {"decision": "proceed"}, token)
    return request


def until(base, token, request, states):
    """Waits until a request is in one of these states; the request as staff see it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        seen = call(base, "GET", f"/requests/{request}", token=token)
        if seen["request"]["state"] in states:
            return seen
        time.sleep(0.1)
    raise AssertionError(f"the request stays {seen['request']['state']}")


def totp(secret):
    """RFC 6238: what an authenticator app shows now."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1)
    number = struct.unpack(">I", mac[mac[19] & 15 :][:4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
