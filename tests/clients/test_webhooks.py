"""The lines of docs/webhooks.md by which a provider's system knows a webhook for ours, with nothing but Python."""

import re
import time
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"

# The published vector of Standard Webhooks (its JavaScript library, "sign function works").
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SENT = 1614265330
BODY = b'{"test": 2432232314}'
RIGHT = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


def documented():
    """The function as the document has it."""
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    scope = {}
    exec(code.group(1), scope)
    return scope["is_from_uttag"]


def headers(signature, sent=SENT):
    return {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": str(sent),
        "webhook-signature": signature,
    }


def test_the_documented_lines_tell_ours_from_others(monkeypatch):
    is_from_uttag = documented()
    monkeypatch.setattr(time, "time", lambda: SENT + 10.0)
    assert is_from_uttag(headers(RIGHT), BODY, SECRET)
    assert is_from_uttag(headers(f"{WRONG} {RIGHT}"), BODY, SECRET)
    assert not is_from_uttag(headers(WRONG), BODY, SECRET)
    assert not is_from_uttag(headers(RIGHT), BODY + b" ", SECRET)
    assert not is_from_uttag(headers(RIGHT, SENT + 1), BODY, SECRET)
    monkeypatch.setattr(time, "time", lambda: SENT + 301.0)
    assert not is_from_uttag(headers(RIGHT), BODY, SECRET)
