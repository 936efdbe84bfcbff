"""People who file, each once, and write down everything the portal ever told them.

What differs from one to the next stands in `Habits`: some read every page, some add a photo,
some press twice, some never get the reply and resend or go back. A reply that does not come
is asked for again with the same submission id, as a browser does.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from PIL import Image

from benchmarks.crash.visitor import BROKEN, SUBMISSION, TOKEN, Answer, Visitor

GIVE_UP_SECONDS = 300
FILED = re.compile(r"/complaints/filed/([A-Z]{2}-\w{4}-\w{4})$")
SHOWN_CODE = re.compile(r'fm-secret-code"[^>]*>.*?aria-hidden="true">(.*?)</span>', re.S)
SHOWN_NUMBER = re.compile(r'fm-receipt-number">.*?aria-hidden="true">(.*?)</span>', re.S)
FIELD_ERROR = re.compile(r'id="([\w-]+)-error"')

TRACKS = {"mediation": {"TS"}, "report": {"JB"}, "both": {"TS", "JB"}}
ASKED: dict[str, dict[str, Any]] = {
    "mediation": {"requests": ["refund_price"]},
    "report": {"wants_checking": "y"},
    "both": {"requests": ["refund_price"], "wants_checking": "y"},
}
PURCHASE = {
    "concern": "concern_quantity",
    "kind": "retail_weighing",
    "bought_for": "for_household",
    "handled": "not_handled",
    "goods": "苹果",
    "price": "10",
    "settled": "1",
    "reweighed": "0.94",
    "check_method": "better_scale",
}


@dataclass(frozen=True)
class Habits:
    """What one filer does beside the steps themselves."""

    wanted: str
    is_anonymous: bool
    adds_photo: bool
    reads_every_page: bool
    presses_twice: bool
    loses_reply: bool
    goes_back: bool
    sends_again: bool


def habits_of(index: int, photo_every: int) -> Habits:
    """Return the habits of the filer with a number; every mixture comes up."""
    wanted = ("mediation", "both", "report")[index % 3]
    return Habits(
        wanted=wanted,
        is_anonymous=wanted == "report" and index % 2 == 0,
        adds_photo=photo_every > 0 and index % photo_every == 0,
        reads_every_page=index % 5 == 1,
        presses_twice=index % 7 == 2,
        loses_reply=index % 6 >= 4,
        goes_back=index % 6 == 5,
        sends_again=index % 4 == 0,
    )


@dataclass
class Noted:
    """Everything one filer was told, and when."""

    index: int
    habits: Habits
    narrative: str
    submission_id: str = ""
    # The case numbers of every 303 that led to a filed page, and what each of those pages showed.
    acknowledged: list[str] = field(default_factory=list)
    shown: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    photo_sha256: str = ""
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    retries: int = 0
    # When the last sending that was answered had begun (seconds since 1970), and how long it took.
    sent_at: float = 0.0
    send_seconds: float = 0.0


class Refused(Exception):
    """The portal answered something that no filer should read."""


class Filer:
    """One person on the way through the steps."""

    def __init__(self, port: int, noted: Noted, merchant: str) -> None:
        index = noted.index
        self.port = port
        self.visitor = Visitor(port, f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}")
        self.noted = noted
        self.merchant = merchant
        self.token = ""
        self.give_up_at = time.monotonic() + GIVE_UP_SECONDS

    def file(self) -> None:
        """Go through every step until a page has shown number and code."""
        habits, noted = self.noted.habits, self.noted
        page = self._read("/complaints/new?merchant=" + self.merchant)
        self.token, noted.submission_id = page.hidden(TOKEN), page.hidden(SUBMISSION)
        where = {"merchant": self.merchant, "submission_id": noted.submission_id}
        draft = self._step("/complaints/new", where).rsplit("/", 1)[0]
        bought_on = (date.today() - timedelta(days=3)).isoformat()  # noqa: DTZ011 - three days leave room
        self._step(f"{draft}/what", {**PURCHASE, "bought_on": bought_on, "narrative": noted.narrative})
        if habits.adds_photo:
            self._add_photo(draft)
        self._step(f"{draft}/evidence", {})
        self._step(f"{draft}/ask", ASKED[habits.wanted])
        self._step(f"{draft}/who", _who(noted.index, habits))
        self._send(draft)
        if habits.sends_again:
            self._read_filed(self._press_send(draft))

    def _step(self, path: str, typed: dict[str, Any]) -> str:
        """Send one step and return where it leads."""
        answer = self._steadily(lambda: self._post(path, {**typed, "do": "next"}))
        if answer.status != 303:
            raise Refused(f"{path} answered {answer.status} {sorted(set(FIELD_ERROR.findall(answer.text)))}")
        if self.noted.habits.reads_every_page:
            self._read(answer.location)
        return answer.location

    def _add_photo(self, draft: str) -> None:
        data, form = photo(self.noted.index), {"slot": "photo_of_scale"}

        def upload() -> Answer:
            return self._post(f"{draft}/evidence/files", form, file=("秤.jpg", data))

        answer = self._steadily(upload)
        while answer.status == 422 and time.monotonic() < self.give_up_at:
            # "Other files are being checked just now": whoever waits a little sends it again.
            self.noted.retries += 1
            time.sleep(2)
            answer = self._steadily(upload)
        if answer.status != 303:
            raise Refused(f"the photo was answered with {answer.status}")
        self.noted.photo_sha256 = hashlib.sha256(data).hexdigest()

    def _send(self, draft: str) -> None:
        habits = self.noted.habits
        self._read(f"{draft}/preview")
        if habits.loses_reply:
            self._steadily(lambda: self._post(f"{draft}/send", self._key(), forgets=True))
        if habits.presses_twice:
            self._press_twice(draft)
        elif habits.goes_back:
            # Whoever sees an error page and goes back reads the last step again, and is led on.
            answer = self._steadily(lambda: self.visitor.get(f"{draft}/preview"))
            self._read_filed(self._acknowledged(answer, f"{draft}/preview"))
            return
        self._read_filed(self._press_send(draft))

    def _press_twice(self, draft: str) -> None:
        """Press "send" twice at once; both answers must name one case."""
        second = threading.Thread(target=self._guarded, args=(lambda: self._press_send(draft),))
        second.start()
        try:
            self._press_send(draft)
        finally:
            second.join()

    def _guarded(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except Refused as refused:
            self.noted.faults.append(str(refused))

    def _press_send(self, draft: str) -> str:
        began, since = time.time(), time.monotonic()

        def press() -> Answer:
            nonlocal began, since
            began, since = time.time(), time.monotonic()
            return self._post(f"{draft}/send", self._key())

        answer = self._steadily(press)
        self.noted.sent_at = self.noted.sent_at or began
        self.noted.send_seconds = self.noted.send_seconds or time.monotonic() - since
        return self._acknowledged(answer, f"{draft}/send")

    def _acknowledged(self, answer: Answer, path: str) -> str:
        """Note the number a redirect names; return the address of the page with the code."""
        found = FILED.search(answer.location)
        if answer.status != 303 or not found:
            raise Refused(f"{path} answered {answer.status} {answer.location}")
        self.noted.acknowledged.append(found[1])
        return answer.location

    def _read_filed(self, path: str) -> None:
        """Read numbers and code, and note them however little of the page arrived."""
        while True:
            answer = self._steadily(lambda: self.visitor.get(path))
            code = SHOWN_CODE.search(answer.text)
            numbers = tuple(_plain(one) for one in SHOWN_NUMBER.findall(answer.text))
            if code:
                self.noted.shown.append((numbers, _plain(code[1])))
            if answer.is_whole:
                break
        if answer.status != 200 or not code:
            raise Refused(f"{path} answered {answer.status} and shows no code")

    def _read(self, path: str) -> Answer:
        answer = self._steadily(lambda: self.visitor.get(path))
        while not answer.is_whole:
            answer = self._steadily(lambda: self.visitor.get(path))
        if answer.status != 200:
            raise Refused(f"{path} answered {answer.status}")
        return answer

    def _post(self, path: str, form: dict[str, Any], **options: Any) -> Answer:
        return self.visitor.post(path, {**form, "csrf_token": self.token}, **options)

    def _key(self) -> dict[str, str]:
        return {"submission_id": self.noted.submission_id}

    def _steadily(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is a reply; an error page of the portal is noted and asked again too."""
        while True:
            try:
                answer = ask()
            except BROKEN as broken:
                if time.monotonic() > self.give_up_at:
                    raise Refused(f"no reply for {GIVE_UP_SECONDS} s: {broken!r}") from None
            else:
                if answer.status < 500:
                    return answer
                self.noted.faults.append(f"the portal answered {answer.status}")
                if time.monotonic() > self.give_up_at:
                    raise Refused("error pages only")
            self.noted.retries += 1
            time.sleep(random.uniform(0.05, 0.6))


def _who(index: int, habits: Habits) -> dict[str, str]:
    if habits.is_anonymous:
        return {}
    told = {"name": f"张{index}", "phone": f"139{index:08d}", "address": f"文二路{index}号"}
    return {**told, "agrees_to_publication": "no", "agrees_to_delegation": "no"}


def _plain(marked: str) -> str:
    return re.sub(r"<[^>]*>|\s", "", marked)


def photo(seed: int) -> bytes:
    """Return a small JPEG of grain; another seed is another photo."""
    grain = Image.frombytes("RGB", (80, 80), random.Random(seed).randbytes(80 * 80 * 3))
    out = io.BytesIO()
    grain.resize((240, 240)).save(out, "JPEG", quality=90)
    return out.getvalue()
