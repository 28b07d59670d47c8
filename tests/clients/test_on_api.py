"""The provider's system of on_api.py against a running installation: a customer's order is delivered by a technical order."""

import datetime
import re
import subprocess
import time

import pytest

import guide
from conftest import PROGRAM
from legacy_orders import Guide
from on_api import Network, Refused, follow
from test_legacy_orders import PERSON

PATIENCE = 90


def under_contract(demo, provider):
    """What the network's staff do: a contract that includes ON-API. And what an operator does: a credential."""
    put = ["contract", "put", "--data", demo.folder, "--network", "MLRNET", "--provider", provider, "--columns", "streetName,city", "--on-api"]
    subprocess.run([PROGRAM, *put], check=True, capture_output=True, text=True)
    return demo.credential(provider)


@pytest.fixture(scope="module")
def credential(demo):
    return under_contract(demo, "nordbredband")


@pytest.fixture(scope="module")
def nordbredband(demo, credential):
    return Network(demo.gateway, *credential)


@pytest.fixture(scope="module")
def fjordfiber(demo):
    return Network(demo.gateway, *under_contract(demo, "fjordfiber"))


@pytest.fixture(scope="module")
def waiting(demo, credential):
    """A customer's order with Nordbredband: its number, and where it is to be delivered, as the guide tells its provider."""
    _, number = guide.order(demo.gateway, PERSON, "nordbredband")
    info = Guide(demo.gateway, *credential).order_info(number)
    return {"number": number, "access": info["socket"], "service": info["service_uid"]}


@pytest.fixture(scope="module")
def ordered(nordbredband, waiting):
    """The technical order, sent twice, and when."""
    members = {"accessId": waiting["access"], "service": waiting["service"], "spReference": waiting["number"]}
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    first = nordbredband.order("ACTIVATE", **members, spSubscriptionId="S-1")
    again = nordbredband.order("ACTIVATE", **members, spSubscriptionId="S-1")
    return first, again, before.strftime("%a, %d %b %Y %H:%M:%S GMT")


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value


def test_the_endpoints_are_those_that_are_served(nordbredband):
    assert nordbredband.endpoints() == {"accesses", "services", "orders", "subscriptions", "orderevents", "events"}


def test_the_service_can_be_ordered_where_the_customer_waits(nordbredband, waiting):
    assert waiting["service"] in nordbredband.services(waiting["access"])


def test_an_order_that_is_sent_twice_is_made_once(ordered, nordbredband):
    first, again, _ = ordered
    assert first.status == 201 and first.headers["location"].endswith(f"/orders/{first.json['orderId']}")
    assert again.status == 200 and again.json["state"] == "DONE_SUCCESS" and "path" not in again.json
    assert nordbredband.get_order(first.json["orderId"])["state"] == "DONE_SUCCESS"
    assert nordbredband.open_orders() == nordbredband.open_orders('?state=%22RECEIVED%22') == []


def test_it_goes_from_received_to_done(ordered, nordbredband):
    assert follow(nordbredband, ordered[0].json["orderId"]) == ["RECEIVED", "DONE_SUCCESS"]


def test_there_is_a_subscription_and_the_customers_order_is_delivered(demo, credential, ordered, nordbredband, waiting):
    found = [one for one in nordbredband.subscriptions(waiting["access"]) if one["service"] == waiting["service"]]
    assert len(found) == 1
    assert found[0]["operationalState"] == "ACTIVATED" and found[0]["spReference"] == waiting["number"]
    guide_api = Guide(demo.gateway, *credential)
    assert guide_api.order_info(waiting["number"])["status"] == "delivered"
    moves = [entry["message"] for entry in guide_api.order_log(waiting["number"]) if entry["type"] == "status"]
    assert moves == ["new → received", "received → delivered"]


def test_events_tell_of_it_once(ordered, nordbredband):
    """By `If-Modified-Since`, as of accesses: when the second has settled, within about a minute."""
    seen, since, end = [], ordered[2], time.monotonic() + PATIENCE
    while time.monotonic() < end and len(seen) < 3:
        events, since = nordbredband.events(since)
        seen += [(event["type"], event["objectType"]) for event in events if event["objectType"] != "accesses"]
        time.sleep(1)
    assert sorted(seen) == [("CREATE", "orders"), ("CREATE", "subscriptions"), ("UPDATE", "orders")]
    later, _ = nordbredband.events(since)
    assert [event for event in later if event["objectType"] != "accesses"] == []


def test_another_provider_sees_nothing_and_may_do_nothing(ordered, fjordfiber, nordbredband, waiting):
    order, access = ordered[0].json["orderId"], waiting["access"]
    subscription = nordbredband.subscriptions(access)[0]["subscriptionId"]
    for method, body in [("GET", None), ("PUT", {}), ("PATCH", {}), ("DELETE", None)]:
        assert refused(lambda: fjordfiber.call(method, f"/orders/{order}", body)).status == 404
    assert fjordfiber.subscriptions(access) == [] and fjordfiber.order_events() == []
    taken = refused(lambda: fjordfiber.order("ACTIVATE", accessId=access, service=waiting["service"]))
    assert taken.status == 409 and taken.cause.startswith("ServiceType is already claimed by other Service Provider.")
    for operation in ["DEACTIVATE", "SUSPEND", "MODIFY"]:
        assert refused(lambda: fjordfiber.order(operation, subscriptionId=subscription)).status == 400
    assert len(nordbredband.subscriptions(access)) == 1


def test_what_is_wrong_is_400_and_changes_nothing(nordbredband, waiting):
    access = waiting["access"]
    for members, cause in [
        ({"accessId": access, "service": "INTERNET"}, "Unknown service: 'INTERNET'"),
        ({"accessId": "NONE-1", "service": waiting["service"]}, "Unknown accessId"),
        ({"accessId": access}, "service: required"),
        ({"accessId": access, "service": waiting["service"], "spReference": "198504209803"}, "spReference: not a personal identity number"),
    ]:
        wrong = refused(lambda: nordbredband.order("ACTIVATE", **members))
        assert wrong.status == 400 and re.match(re.escape(cause) + r" \([-0-9a-f]{36}\)$", wrong.cause)


def test_the_subscription_rests_wakes_and_ends_each_once(ordered, nordbredband, waiting):
    subscription = nordbredband.subscriptions(waiting["access"])[0]["subscriptionId"]
    for operation, state in [("SUSPEND", "SUSPENDED"), ("RESUME", "ACTIVATED")]:
        assert [nordbredband.order(operation, subscriptionId=subscription).status for _ in range(2)] == [201, 200]
        assert nordbredband.subscriptions(waiting["access"])[0]["operationalState"] == state
    assert [nordbredband.order("DEACTIVATE", subscriptionId=subscription).status for _ in range(2)] == [201, 200]
    assert nordbredband.subscriptions(waiting["access"]) == []
