"""A service provider's order system against ON-API, the network's side, with HTTP Basic and nothing but Python's own library.

It finds the services of its accesses, orders one where a customer waits, and follows the order by its events until there is a
subscription. Everything may be sent twice.

    python on_api.py --gateway http://127.0.0.1:8080 --client-id ID --access A-1 --service BB-100-100 < secret

What is served, and what was chosen where the specification is silent: docs/on-api.md.
"""

import argparse
import base64
import json
import sys
import time
import urllib.error
import urllib.request


class Refused(Exception):
    """The network said no: the HTTP status and the cause."""

    def __init__(self, status, cause):
        super().__init__(f"{status}: {cause}")
        self.status, self.cause = status, cause


class Answer:
    """Status, headers and the JSON, if there is any."""

    def __init__(self, status, headers, body):
        self.status, self.headers = status, headers
        self.json = json.loads(body) if body else None


class Network:
    """One provider's connection to one network: the credential says which."""

    def __init__(self, gateway, client_id, secret, version="2.6"):
        self._base = f"{gateway}/onapi/{version}"
        self._basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()

    def endpoints(self):
        return {endpoint["name"] for endpoint in self.call("GET", "/").json}

    def services(self, access):
        """The services that can be ordered at an access."""
        found = self.call("GET", f"/services/{access}").json["services"]
        return [service["service"] for service in found if service["availableDateTime"]]

    def order(self, operation, **members):
        """Orders; the answer's status says whether it is new (201) or has been ordered, or done, before (200)."""
        return self.call("POST", "/orders/", {"operation": operation} | members)

    def get_order(self, order_id):
        return self.call("GET", f"/orders/{order_id}").json

    def open_orders(self, query=""):
        return self.call("GET", f"/orders/{query}").json

    def subscriptions(self, access):
        try:
            return self.call("GET", f"/subscriptions/{access}").json["subscriptions"]
        except Refused as refused:
            if refused.status != 404:
                raise
            return []

    def order_events(self, since=""):
        return self.call("GET", f"/orderevents/?since={since}" if since else "/orderevents/").json

    def events(self, since=None):
        """What has happened since a `Last-Modified`: the events and the next one. None has happened: the same one."""
        try:
            answer = self.call("GET", "/events/", since=since)
        except Refused as refused:
            if refused.status != 304:
                raise
            return [], since
        return answer.json, answer.headers.get("last-modified", since)

    def call(self, method, path, body=None, since=None):
        headers = {"authorization": f"Basic {self._basic}"} | ({"if-modified-since": since} if since else {})
        data = None
        if body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            said = error.read()
            raise Refused(error.code, json.loads(said)["cause"] if said else "") from None


def follow(network, order_id, patience=60):
    """Waits until an order is done; its states in their order."""
    last, states, end = "", [], time.monotonic() + patience
    while time.monotonic() < end:
        for event in network.order_events(last):
            last = event["event"]
            if event["order"]["path"].endswith(order_id):
                states.append(event["order"]["state"])
        if states and states[-1].startswith("DONE_"):
            return states
        time.sleep(0.5)
    raise AssertionError(f"the order has come no further than {states}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--gateway", required=True, help="http(s)://host[:port]")
    arguments.add_argument("--client-id", required=True, help="of `uttag provider credential`")
    arguments.add_argument("--access", required=True)
    arguments.add_argument("--service", required=True)
    given = arguments.parse_args()
    network = Network(given.gateway, given.client_id, sys.stdin.readline().strip())
    made = network.order("ACTIVATE", accessId=given.access, service=given.service)
    if "orderId" in made.json:
        print(" → ".join(follow(network, made.json["orderId"])))
    for subscription in network.subscriptions(given.access):
        print(f"{subscription['subscriptionId']}  {subscription['service']}  {subscription['operationalState']}")


if __name__ == "__main__":
    main()
