"""A service provider's copy of a network's accesses, kept by the change feed: this is also how an integrator starts.

It signs in with its client credential, takes all accesses of its contract, and then every change, in order. Changes and
cursor are stored in one transaction, so a crash here or a restart there makes it miss nothing and take nothing twice.

    python market.py --gateway http://127.0.0.1:8080 --market 127.0.0.1:7101 --client-id ID --copy accesses.sqlite < secret

The contract is proto/uttag/registry/v1/registry.proto, service MarketService; see docs/errors.md for what can be refused.
"""

import argparse
import json
import sqlite3
import sys
import time
import urllib.error
from pathlib import Path

import grpc
from google.protobuf.json_format import MessageToDict

from provider import PROTO, sign_in

if str(PROTO) not in sys.path:
    sys.path.append(str(PROTO))
registry_pb, registry_api = grpc.protos_and_services("uttag/registry/v1/registry.proto")

# What a client waits for: the installation is being restarted, or the stream's time was over.
PASSING = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}
PAUSE = 0.5


class Copy:
    """Accesses and cursor in one SQLite file."""

    def __init__(self, path):
        self._file = sqlite3.connect(path)
        with self._file:
            self._file.execute("CREATE TABLE IF NOT EXISTS access (id TEXT PRIMARY KEY, content TEXT)")
            self._file.execute("CREATE TABLE IF NOT EXISTS place (cursor TEXT)")

    @property
    def cursor(self):
        """Where to go on."""
        found = self._file.execute("SELECT cursor FROM place").fetchone()
        return found[0] if found else ""

    def accesses(self):
        """By access id."""
        return {key: json.loads(text) for key, text in self._file.execute("SELECT id, content FROM access")}

    def take(self, batch):
        """A message of the feed, whole, with its cursor."""
        with self._file:
            for change in batch.changes:
                if change.WhichOneof("change") == "removed":
                    self._file.execute("DELETE FROM access WHERE id = ?", (change.removed,))
                else:
                    content = json.dumps(MessageToDict(change.put))
                    self._file.execute("INSERT OR REPLACE INTO access VALUES (?, ?)", (change.put.access_id, content))
            self._file.execute("DELETE FROM place")
            self._file.execute("INSERT INTO place VALUES (?)", (batch.cursor,))

    def forget(self):
        """The feed has told us to begin anew."""
        with self._file:
            self._file.execute("DELETE FROM access")
            self._file.execute("DELETE FROM place")


class Market:
    """One provider's connection to a network's registry."""

    def __init__(self, gateway, market, client_id, client_secret, root_certificates=None):
        """`root_certificates` (PEM) is the authority of the installation; without it the connection is plain, for trying."""
        self._gateway, self._credential, self._token, self._expires = gateway, (client_id, client_secret), "", 0.0
        if root_certificates:
            channel = grpc.secure_channel(market, grpc.ssl_channel_credentials(root_certificates))
        else:
            channel = grpc.insecure_channel(market)
        self._stub = registry_api.MarketServiceStub(channel)

    def contract(self):
        """What the network lets us see."""
        request = registry_pb.GetContractRequest()
        return self._stub.GetContract(request, metadata=self._metadata(), timeout=10).contract

    def read(self, cursor="", follow=False, timeout=None):
        """Messages of the feed after `cursor`. Take each whole, keep its cursor."""
        request = registry_pb.StreamAccessesRequest(cursor=cursor, follow=follow)
        yield from self._stub.StreamAccesses(request, metadata=self._metadata(), timeout=timeout)

    def keep(self, copy, until):
        """Keeps a copy up to date until `until()` says so; goes on by itself when the installation was away."""
        while not until():
            try:
                for batch in self.read(copy.cursor, follow=True, timeout=60):
                    copy.take(batch)
                    if until():
                        return
            except (grpc.RpcError, urllib.error.URLError, ConnectionError) as error:
                code = error.code() if isinstance(error, grpc.RpcError) else None
                if reason_of(error) in {"CURSOR_EXPIRED", "CONTRACT_CHANGED"}:
                    copy.forget()
                elif code not in PASSING | {None}:
                    raise
                time.sleep(PAUSE)

    def _metadata(self):
        """The token as gRPC metadata; a new one a minute before the old one ends."""
        if time.monotonic() > self._expires - 60:
            answer = sign_in(self._gateway, *self._credential, audience="registry")
            self._token, self._expires = answer["access_token"], time.monotonic() + answer["expires_in"]
        return (("authorization", f"Bearer {self._token}"),)


def reason_of(error):
    """The stable code of a refusal (google.rpc.ErrorInfo in the trailing metadata), or None."""
    trailing = error.trailing_metadata() if isinstance(error, grpc.RpcError) else None
    for key, value in trailing or ():
        if key == "grpc-status-details-bin":
            for code in ("CURSOR_EXPIRED", "CONTRACT_CHANGED"):
                if code.encode() in value:
                    return code
    return None


def main():
    """Keeps the copy until it is stopped."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--gateway", required=True, help="http(s)://host[:port]")
    arguments.add_argument("--market", required=True, help="host:port of the registry's listener for providers")
    arguments.add_argument("--client-id", required=True)
    arguments.add_argument("--copy", default="accesses.sqlite", help="the file to keep")
    arguments.add_argument("--ca", type=Path, help="authority of the installation, PEM")
    given = arguments.parse_args()
    root = given.ca.read_bytes() if given.ca else None
    market = Market(given.gateway, given.market, given.client_id, sys.stdin.readline().strip(), root)
    print(f"contract {market.contract().contract_id}", file=sys.stderr)
    copy = Copy(given.copy)
    try:
        market.keep(copy, until=lambda: False)
    except KeyboardInterrupt:
        print(f"{len(copy.accesses())} accesses, cursor {copy.cursor}", file=sys.stderr)


if __name__ == "__main__":
    main()
