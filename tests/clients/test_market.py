"""The provider's copy of market.py against an installation that is stopped, killed and started again meanwhile."""

import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import grpc
import pytest

from conftest import PROGRAM
from market import Copy, Market, reason_of

NETWORK, PROVIDER = "SNFDMO", "nordbredband"
HEADER = "coId;accessId;streetName;streetNumber;postalCode;city;premisesType"
PATIENCE = 60


class Installation:
    """`uttag serve` on ports that stay, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.http, self.market, self._orders, self._admin = (free_port() for _ in range(4))
        self._process = None

    def start(self):
        at = lambda port: f"127.0.0.1:{port}"  # noqa: E731
        listen = ["--http", at(self.http), "--market", at(self.market), "--provider", at(self._orders), "--admin", at(self._admin)]
        serve = [PROGRAM, "serve", "--data", self.folder, *listen]
        self._process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self._process.stdout:
            if line.startswith("ready"):
                return
        raise AssertionError("the installation did not start")

    def end(self, how):
        self._process.send_signal(how)
        self._process.wait(PATIENCE)

    def command(self, *words):
        """What an operator types; what it prints."""
        done = subprocess.run([PROGRAM, *words, "--data", self.folder], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, *rows, mode="full"):
        file = Path(self.folder) / "rows.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n")
        self.command("import", "accesses", str(file), "--mode", mode, "--confirm-ending", "1000")


def row(number, street="Götgatan"):
    return f"{NETWORK};A-{number};{street};{number};118 46;Stockholm;RENTAL_APARTMENT"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def installation():
    folder = tempfile.mkdtemp()
    running = Installation(folder)
    running.start()
    try:
        running.command("network", "put", NETWORK, "Provnät")
        yield running
    finally:
        running.end(signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def market(installation):
    made = installation.command("provider", "credential", "create", "--network", NETWORK, "--provider", PROVIDER)
    secret = re.search(r"client_id +(\S+)\s+client_secret +(\S+)", made)
    return Market(f"http://127.0.0.1:{installation.http}", f"127.0.0.1:{installation.market}", secret[1], secret[2])


def test_without_a_contract_there_is_nothing(installation, market):
    installation.rows(row(1))
    with pytest.raises(grpc.RpcError) as refused:
        list(market.read())
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    installation.command("contract", "put", "--provider", PROVIDER, "--columns", "streetName,city")
    [batch] = market.read()
    [change] = batch.changes
    assert (change.put.street_name, change.put.city, change.put.street_number) == ("Götgatan", "Stockholm", "")


def test_a_cursor_of_another_life_is_told_to_begin_anew(installation, market):
    installation.command("contract", "put", "--provider", PROVIDER, "--columns", "city")
    with pytest.raises(grpc.RpcError) as refused:
        list(market.read("7.1.A-1"))
    assert reason_of(refused.value) == "CURSOR_EXPIRED"


def test_the_copy_survives_restarts_and_misses_and_doubles_nothing(installation, market):
    installation.command("contract", "put", "--provider", PROVIDER, "--columns", "streetName,streetNumber")
    installation.rows(*(row(n) for n in range(1, 1201)))
    taken, done = [], threading.Event()

    class Watched(Copy):
        def take(self, batch):
            super().take(batch)
            taken.extend(change.removed or (change.put.access_id, change.put.street_name) for change in batch.changes)

    path = str(Path(installation.folder) / "copy.sqlite")
    keeper = threading.Thread(target=lambda: market.keep(Watched(path), until=done.is_set))
    keeper.start()
    try:
        copy = Copy(path)
        wait(lambda: len(copy.accesses()) == 1200)
        for turn, how in enumerate((signal.SIGTERM, signal.SIGKILL)):
            street = f"Gata {'ab'[turn]}"
            installation.rows(row(1, street), mode="delta")
            installation.end(how)
            installation.start()
            installation.rows(row(2, street), row(2000 + turn), mode="delta")
            wait(lambda: copy.accesses()["A-2"].get("streetName") == street and f"A-{2000 + turn}" in copy.accesses())
        installation.rows(*(row(n) for n in range(1, 1201)))
        wait(lambda: len(copy.accesses()) == 1200 and copy.accesses()["A-1"]["streetName"] == "Götgatan")
        wait(lambda: copy.accesses()["A-2"]["streetName"] == "Götgatan")
    finally:
        done.set()
        installation.rows(row(3000), mode="delta")
        keeper.join(PATIENCE)

    assert not keeper.is_alive()
    expected = [(f"A-{n}", "Götgatan") for n in range(1, 1201)]
    for turn in range(2):
        street = f"Gata {'ab'[turn]}"
        expected += [("A-1", street), ("A-2", street), (f"A-{2000 + turn}", "Götgatan")]
    expected += [("A-1", "Götgatan"), ("A-2", "Götgatan"), "A-2000", "A-2001"]
    seen = [change for change in taken if change != ("A-3000", "Götgatan")]
    assert sorted(map(str, seen)) == sorted(map(str, expected)), "every change once"
    fresh = Copy(":memory:")
    for batch in market.read():
        fresh.take(batch)
    assert {**copy.accesses(), "A-3000": fresh.accesses()["A-3000"]} == fresh.accesses()


def wait(so):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if so():
            return
        time.sleep(0.1)
    raise AssertionError("still not so")
