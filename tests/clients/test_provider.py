"""The provider's system of provider.py against a running installation."""

import time
import urllib.error

import grpc
import pytest

import guide
from provider import Provider, orders_pb, sign_in

PERSON = guide.PERSON


@pytest.fixture(scope="module")
def nordbredband(demo):
    return Provider(demo.gateway, demo.orders, *demo.credential("nordbredband"))


@pytest.fixture(scope="module")
def fjordfiber(demo):
    return Provider(demo.gateway, demo.orders, *demo.credential("fjordfiber"))


@pytest.fixture(scope="module")
def placed(demo):
    """An order with Nordbredband: (id, number)."""
    return guide.order(demo.gateway, PERSON, "nordbredband")


def test_a_wrong_secret_gives_no_token(demo):
    client_id, _ = demo.credential("nordbredband")
    with pytest.raises(urllib.error.HTTPError) as refused:
        sign_in(demo.gateway, client_id, "wrong")
    assert refused.value.code == 401


def test_without_a_token_nothing_is_answered(demo):
    stub = Provider(demo.gateway, demo.orders, "", "")._stub
    with pytest.raises(grpc.RpcError) as refused:
        stub.ListNotices(orders_pb.ListNoticesRequest(), timeout=10)
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_the_new_order_is_streamed_without_a_person(nordbredband, placed):
    orders = {order.order_id: (order, cursor) for order, cursor in nordbredband.stream_orders()}
    order, cursor = orders[placed[0]]
    assert order.order_number == placed[1] and order.status == orders_pb.ORDER_STATUS_NEW
    for secret in PERSON.values():
        assert secret not in str(order)
    assert list(nordbredband.stream_orders(cursor)) == [], "nothing is after the last"


def test_another_provider_sees_nothing_of_it(fjordfiber, placed):
    assert placed[0] not in {order.order_id for order, _ in fjordfiber.stream_orders()}
    for attempt in (lambda: fjordfiber.personal_data(placed[0], "look"), lambda: fjordfiber.acknowledge(placed[0])):
        with pytest.raises(grpc.RpcError) as refused:
            attempt()
        assert refused.value.code() == grpc.StatusCode.NOT_FOUND


def test_the_customer_is_disclosed_for_a_purpose_only(nordbredband, placed):
    with pytest.raises(grpc.RpcError) as refused:
        nordbredband.personal_data(placed[0], "")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    data = nordbredband.personal_data(placed[0], "deliver the order")
    assert (data.customer.name, data.customer.email) == (PERSON["name"], PERSON["email"])
    assert data.customer.phone == "+46701740644" and data.address.street_name == "Kopparbergsvägen"
    assert data.disclosure_id and data.acceptance_version


def test_the_order_goes_its_way_and_no_other(nordbredband, placed):
    before = [cursor for _, cursor in nordbredband.stream_orders()][-1]
    assert nordbredband.acknowledge(placed[0]).status == orders_pb.ORDER_STATUS_RECEIVED
    assert nordbredband.acknowledge(placed[0]).status == orders_pb.ORDER_STATUS_RECEIVED, "twice is once"
    assert nordbredband.set_status(placed[0], "ACTIVE").status == orders_pb.ORDER_STATUS_ACTIVE
    with pytest.raises(grpc.RpcError) as refused:
        nordbredband.set_status(placed[0], "NEW")
    assert refused.value.code() in {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT}
    changed = [order for order, _ in nordbredband.stream_orders(before)]
    assert [order.order_id for order in changed][-1] == placed[0], "a change comes after the cursor from before it"


def test_an_erased_customer_is_noticed_acknowledged_and_gone(demo, nordbredband, fjordfiber, placed):
    token = guide.staff_token(demo.gateway, demo.staff["kim"])
    request = guide.erase(demo.gateway, token, PERSON)
    guide.until(demo.gateway, token, request, {"COMPLETED", "PARTIALLY_RETAINED"})

    notice = eventually(lambda: next((n for n in nordbredband.notices() if placed[0] in n.order_ids), None))
    assert notice.kind == "erasure" and fjordfiber.notices() == []
    nordbredband.acknowledge_notice(notice.notice_id)
    with pytest.raises(grpc.RpcError):
        nordbredband.personal_data(placed[0], "look again")

    told = lambda: guide.call(demo.gateway, "GET", f"/requests/{request}", token=token)["recipients"]  # noqa: E731
    assert eventually(lambda: all(r["acknowledgedAt"] for r in told()) and told())


def eventually(look, patience=30):
    """The first answer of `look` that says something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("still not so")
