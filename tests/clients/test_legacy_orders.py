"""The provider's script of legacy_orders.py against a running installation: an order from new to delivered."""

import datetime
import json
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

import guide
from legacy_orders import Guide, Refused

# Invented; the number has one of the birth numbers that the Swedish Tax Agency keeps for tests.
PERSON = {"name": "Lisa Maria Ledsson", "identityNumber": "19780312-9829", "email": "lisa@kund.example", "phone": "070-174 06 45"}
# Never later than the day that it is in Sweden.
UTC_DAY = datetime.datetime.now(datetime.UTC).date()
TODAY = UTC_DAY.isoformat()


@pytest.fixture(scope="module")
def credential(demo):
    return demo.credential("nordbredband")


@pytest.fixture(scope="module")
def nordbredband(demo, credential):
    return Guide(demo.gateway, *credential)


@pytest.fixture(scope="module")
def fjordfiber(demo):
    return Guide(demo.gateway, *demo.credential("fjordfiber"))


@pytest.fixture(scope="module")
def order(demo):
    """An order with Nordbredband: its id over the legacy API."""
    _, number = guide.order(demo.gateway, PERSON, "nordbredband")
    return number.rsplit("-", 1)[1].lstrip("0")


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.status, error.value.message


def test_a_wrong_key_and_a_wrong_hash_are_refused(demo, credential):
    assert refused(lambda: Guide(demo.gateway, credential[0], "wrong").orders(TODAY))[0] == 401
    stale = Guide(demo.gateway, credential[0], "wrong")
    stale._hash = "0123456789abcdef0123456789abcdef"
    assert refused(lambda: stale.orders(TODAY))[0] == 401


def test_a_script_whose_hash_is_over_logs_in_again(demo, credential, order):
    script = Guide(demo.gateway, *credential)
    script._hash = "0123456789abcdef0123456789abcdef"
    assert order in {found["id"] for found in script.orders(TODAY)}


def test_the_new_order_is_listed_without_a_person(nordbredband, order):
    found = next(found for found in nordbredband.orders(TODAY) if found["id"] == order)
    assert (found["type"], found["status"], found["xsp"], found["delivery"]) == ("order", "new", "nordbredband", "asap")
    info = nordbredband.order_info(order)
    assert info["number"].startswith("MLRNET-") and info["socket"] and info["customer"] == order
    for secret in PERSON.values():
        assert secret not in str(found) and secret not in str(info)
    later = (UTC_DAY + datetime.timedelta(days=2)).isoformat()
    assert nordbredband.orders(later) == []


def test_another_provider_cannot_tell_it_from_none(fjordfiber, order):
    assert order not in {found["id"] for found in fjordfiber.orders(TODAY)}
    for ask in (
        lambda number: fjordfiber.order_info(number),
        lambda number: fjordfiber.customer_info(number),
        lambda number: fjordfiber.order_log(number),
        lambda number: fjordfiber.set_status(number, "cancelled"),
        lambda number: fjordfiber.add_message(number, "log", "Vem är det?"),
    ):
        theirs, none = refused(lambda: ask(order)), refused(lambda: ask("999999"))
        assert theirs == none == (404, "There is no such order")


def test_the_order_goes_from_new_to_delivered(nordbredband, order):
    customer = nordbredband.customer_info(order)
    assert (customer["firstname"], customer["surname"]) == ("Lisa Maria", "Ledsson")
    assert customer["serial"] == PERSON["identityNumber"].replace("-", "") and customer["email"] == PERSON["email"]
    assert customer["phone"] == "+46701740645" and customer["address"] == "Kopparbergsvägen 10G" and customer["socket"]

    assert nordbredband.set_status(order, "received") == f"Status changed to received for order {order}"
    assert nordbredband.set_status(order, "active") == f"Status changed to active for order {order}"
    nordbredband.add_message(order, "error", "Port finns ej & vi <väntar>")
    assert nordbredband.set_status(order, "waiting") == f"Status changed to waiting for order {order}"
    assert nordbredband.set_status(order, "delivered") == f"Status changed to delivered for order {order}"
    assert nordbredband.set_status(order, "delivered") == f"Status changed to delivered for order {order}", "twice is once"
    assert refused(lambda: nordbredband.set_status(order, "active"))[0] == 409
    assert nordbredband.order_info(order)["status"] == "delivered"

    log = nordbredband.order_log(order)
    said = [(entry["type"], entry["message"]) for entry in log]
    assert ("error", "Port finns ej & vi <väntar>") in said
    assert [message for kind, message in said if kind == "status"] == [
        "new → received",
        "received → active",
        "active → waiting",
        "waiting → delivered",
    ]
    assert ("log", "personal data fetched, purpose: delivery") in said


def test_customers_since_a_date(nordbredband, order):
    found = next(found for found in nordbredband.customers(TODAY) if found["id"] == order)
    assert found["surname"] == "Ledsson" and found["date"] >= TODAY


def test_the_same_as_json(demo, credential, order):
    def ask(**parameters):
        query = urllib.parse.urlencode(parameters | {"output_format": "json"})
        with urllib.request.urlopen(f"{demo.gateway}/legacy/orders?{query}", timeout=30) as answer:
            return json.load(answer)

    user, key = credential
    login = ask(method="api_login", api_user=user, api_key=key)["api_login"]
    assert login["status"] == "success"
    listed = ask(method="orders", hash=login["response"]["hash_key"], date=TODAY)["serviceguide"]["response"]["order"]
    assert order in [found["id"] for found in listed]


def test_the_script_receives_what_is_new(demo, credential, nordbredband):
    _, number = guide.order(demo.gateway, PERSON, "nordbredband")
    order = number.rsplit("-", 1)[1].lstrip("0")
    script = Path(__file__).with_name("legacy_orders.py")
    command = [sys.executable, script, "--gateway", demo.gateway, "--api-user", credential[0], "--since", TODAY]
    done = subprocess.run(command, input=credential[1] + "\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"Status changed to received for order {order}" in done.stdout
    assert not any(secret in done.stdout for secret in PERSON.values())
    assert nordbredband.order_info(order)["status"] == "received"
