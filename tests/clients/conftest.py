"""A running `uttag demo` for all tests of this folder. UTTAG_BIN names the program; default target/debug/uttag."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = os.environ.get("UTTAG_BIN") or Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/uttag"


@pytest.fixture(scope="session")
def demo():
    """Where the demo answers, who works there, and its folder."""
    process = subprocess.Popen([PROGRAM, "demo"], stdout=subprocess.PIPE, text=True)
    try:
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C ends it" in line:
                break
        assert "every step was verified" in printed, printed
        found = lambda pattern: re.search(pattern, printed, re.MULTILINE)[1]  # noqa: E731
        folder = found(r"everything is up in (.+)$")
        staff = re.findall(r"^ +(\w+)(@\S+)  (\S+)  authenticator secret (\S+)$", printed, re.MULTILINE)
        yield SimpleNamespace(
            gateway=found(r"^guide +(http://[^/]+)"),
            orders=found(r"^providers +http://(\S+)"),
            folder=folder,
            staff={name: SimpleNamespace(user=name + host, password=word, secret=key) for name, host, word, key in staff},
            credential=lambda provider: credential(folder, provider),
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


def credential(folder, provider):
    """What an operator does on the machine: the next credential; (client id, secret). The one before stays valid."""
    ask = [PROGRAM, "provider", "credential", "rotate", "--data", folder, "--network", "MLRNET", "--provider", provider]
    printed = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
    return re.search(r"client_id +(\S+)", printed)[1], re.search(r"client_secret +(\S+)", printed)[1]
