"""A service provider's system, complete: this is also how an integrator starts.

It signs in with its client credential, follows its orders, fetches the personal data of those that it delivers,
acknowledges them, sets their status, and acts on notices about erased persons.

    python provider.py --gateway http://127.0.0.1:8080 --orders 127.0.0.1:7100 --client-id ID < secret

The contract is proto/uttag/orders/v1/orders.proto; see docs/errors.md for what can be refused.
"""

import argparse
import base64
import json
import os
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import grpc

PROTO = Path(os.environ.get("UTTAG_PROTO", Path(__file__).parents[2] / "proto"))

# grpcio-tools compiles the contract on the fly; a real system would compile it once, with python -m grpc_tools.protoc.
sys.path.append(str(PROTO))
orders_pb, orders_api = grpc.protos_and_services("uttag/orders/v1/orders.proto")


class Provider:
    """One provider's connection. Every answer is this provider's own; other providers' orders do not exist here."""

    def __init__(self, gateway, orders, client_id, client_secret, root_certificates=None):
        """`root_certificates` (PEM) is the authority of the installation; without it the connection is plain, for trying."""
        self._gateway, self._credential, self._token, self._expires = gateway, (client_id, client_secret), "", 0.0
        if root_certificates:
            channel = grpc.secure_channel(orders, grpc.ssl_channel_credentials(root_certificates))
        else:
            channel = grpc.insecure_channel(orders)
        self._stub = orders_api.ProviderServiceStub(channel)

    def stream_orders(self, cursor=""):
        """What has happened since `cursor`, as (order, cursor). Keep the last cursor, and start with it next time.

        CURSOR_EXPIRED (the installation was restored from a backup) means: start again from an empty cursor; orders that
        you know already come once more, with the same id.
        """
        request = orders_pb.StreamOrdersRequest(cursor=cursor, follow=False)
        for answer in self._stub.StreamOrders(request, metadata=self._metadata(), timeout=30):
            yield answer.order, answer.cursor

    def personal_data(self, order_id, purpose):
        """The customer of one order. Each call is recorded as a disclosure, and the customer can see it."""
        return self._call("GetPersonalData", orders_pb.GetPersonalDataRequest(order_id=order_id, purpose=purpose))

    def acknowledge(self, order_id):
        """“We have the order.”"""
        return self._call("AcknowledgeOrder", orders_pb.AcknowledgeOrderRequest(order_id=order_id)).order

    def set_status(self, order_id, status, message=""):
        """Where the order is: "ACTIVE", "WAITING", "DELIVERED", "CANCELLED". The message must not name a person."""
        status = orders_pb.OrderStatus.Value(f"ORDER_STATUS_{status}")
        return self._call("SetStatus", orders_pb.SetStatusRequest(order_id=order_id, status=status, message=message)).order

    def notices(self):
        """Persons whose data this provider has fetched, and who have been erased since: erase them too, then acknowledge."""
        return list(self._call("ListNotices", orders_pb.ListNoticesRequest()).notices)

    def acknowledge_notice(self, notice_id):
        """“We have acted on it.”"""
        return self._call("AcknowledgeNotice", orders_pb.AcknowledgeNoticeRequest(notice_id=notice_id)).notice

    def _call(self, method, request):
        return getattr(self._stub, method)(request, metadata=self._metadata(), timeout=10)

    def _metadata(self):
        """The token as gRPC metadata; a new one a minute before the old one ends."""
        if time.monotonic() > self._expires - 60:
            answer = sign_in(self._gateway, *self._credential)
            self._token, self._expires = answer["access_token"], time.monotonic() + answer["expires_in"]
        return (("authorization", f"Bearer {self._token}"),)


def sign_in(gateway, client_id, client_secret, audience="orders"):
    """OAuth 2.0 client credentials (RFC 6749 §4.4); the token is for one service: "orders" or "registry"."""
    basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "audience": audience}).encode()
    request = urllib.request.Request(f"{gateway}/oauth2/token", form, {"authorization": f"Basic {basic}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def main():
    """Handles what waits, once, and says what it did without naming anybody."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--gateway", required=True, help="http(s)://host[:port]")
    arguments.add_argument("--orders", required=True, help="host:port of the providers' listener")
    arguments.add_argument("--client-id", required=True)
    arguments.add_argument("--ca", type=Path, help="authority of the installation, PEM")
    given = arguments.parse_args()
    root = given.ca.read_bytes() if given.ca else None
    provider = Provider(given.gateway, given.orders, given.client_id, sys.stdin.readline().strip(), root)

    for order, cursor in provider.stream_orders():
        print(f"{order.order_number}  {orders_pb.OrderStatus.Name(order.status)}  {order.service}  cursor {cursor}")
        if order.status == orders_pb.ORDER_STATUS_NEW and not order.erased:
            provider.personal_data(order.order_id, purpose="deliver the order")
            provider.acknowledge(order.order_id)
    for notice in provider.notices():
        print(f"notice {notice.notice_id}: {notice.kind} of the customer of {', '.join(notice.order_ids)}")
        # A real system erases the customer of these orders here.
        provider.acknowledge_notice(notice.notice_id)


if __name__ == "__main__":
    main()
