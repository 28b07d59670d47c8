"""A service provider's script against the service guide's order API in XML, as such scripts have been for years.

It needs nothing but Python's own library: it logs in, polls the orders since a time, fetches the customer of those that are
new, says that it has received them, and sets their status.

    python legacy_orders.py --gateway http://127.0.0.1:8080 --api-user ID --since 2026-11-22 < key

What is served, and what differs from the original: docs/legacy-api.md.
"""

import argparse
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree


class Refused(Exception):
    """The API said no: the HTTP status and the message."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


class Guide:
    """One provider's connection. A hash lasts twenty minutes; when one is no longer taken, the next call logs in again."""

    def __init__(self, gateway, api_user, api_key):
        self._url, self._credential, self._hash = f"{gateway}/legacy/orders", (api_user, api_key), None

    def orders(self, since):
        """The orders since "2026-11-22" or "2026-11-22 13:00:00", as dictionaries, the oldest first."""
        return [fields(order) for order in self._call("orders", date=since).findall("response/order")]

    def order_info(self, order):
        return fields(self._call("order_info", id=order).find("response/order"))

    def customer_info(self, customer):
        """Who ordered, and where. Each call is recorded as a disclosure, and the customer can see it."""
        found = self._call("customer_info", id=customer).find("response")
        return fields(found.find("customer")) | fields(found.find("data"))

    def customers(self, since):
        return [fields(customer) for customer in self._call("customers", date=since).findall("response/customer")]

    def set_status(self, order, status):
        return self._call("set_status", id=order, status=status).findtext("response/message")

    def add_message(self, order, kind, message):
        """`kind`: error, alert, system or log. The network reads it; it must not name the customer."""
        return self._call("add_message", id=order, type=kind, message=message).findtext("response/message")

    def order_log(self, order):
        return [fields(entry) for entry in self._call("order_log", id=order).findall("response/entry")]

    def _call(self, method, **parameters):
        for _ in range(2):
            self._hash = self._hash or self._login()
            try:
                return self._post(method, hash=self._hash, **parameters)
            except Refused as refused:
                if refused.status != 401:
                    raise
                self._hash = None
        raise Refused(401, "the hash was not taken twice")

    def _login(self):
        user, key = self._credential
        return self._post("api_login", api_user=user, api_key=key).findtext("response/hash_key")

    def _post(self, method, **parameters):
        form = urllib.parse.urlencode({"method": method, "output_format": "xml"} | parameters).encode()
        try:
            with urllib.request.urlopen(self._url, form, timeout=30) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        root = ElementTree.fromstring(body)
        if root.findtext("status") != "success":
            raise Refused(status, root.findtext("response/message"))
        return root


def fields(element):
    return {child.tag: child.text or "" for child in element}


def main():
    """Receives what is new, once, and says what it did without naming anybody."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--gateway", required=True, help="http(s)://host[:port]")
    arguments.add_argument("--api-user", required=True, help="the client id of `uttag provider credential`")
    arguments.add_argument("--since", required=True, help="date, or date and time")
    given = arguments.parse_args()
    guide = Guide(given.gateway, given.api_user, sys.stdin.readline().strip())
    for order in guide.orders(given.since):
        print(f"{order['id']}  {order['status']}  {order['date']}")
        if order["status"] == "new":
            guide.customer_info(order["customer"])
            print(guide.set_status(order["id"], "received"))


if __name__ == "__main__":
    main()
