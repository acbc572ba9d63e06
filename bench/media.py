"""
Fifty photos of five megabytes that come at once: whether everything else in the process has to wait for them.

Whole mails arrive by SMTP at the demo as `langnghe serve` runs it; each photo is read, cleaned of where it was taken,
made smaller for pages, sealed and stored. How late the event loop wakes meanwhile is the process's own histogram.
Those who send have less priority: they would sit at machines of their own.
"""

from __future__ import annotations

import os
import random
import re
import smtplib
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.measurement import Goal, Measurement, Result, Table, Terms
from tests.support.serving import Served, start
from tests.support.usual import REGULATION

PHOTOS, LARGE, AT_ONCE = 50, 5_000_000, 5
_PATIENCE = 300.0
_LEAST_PRIORITY = 19
_SIZE = (2600, 1950)
_BUCKET = re.compile(r'event_loop_lag_histogram_seconds_bucket\{le="([^"]+)"\} (\d+)')
_FILES = Path("media")


def measurements() -> list[Measurement]:
    """What this group measures."""
    lag = Goal("lag_ms", "lateness of the event loop meanwhile, p99", at_most=20, unit="ms", source="issue 5")
    lost = Goal("lost", "photos that are not stored", at_most=0, source="issue 5")
    return [Measurement("media.lag", "Fifty photos of 5 MB at once", (lag, lost), measure_lag)]


def measure_lag(terms: Terms) -> Result:
    """Send them all, wait until they are stored; the histogram's difference over that time."""
    count = 10 if terms.quick else PHOTOS
    photos = [photo(number) for number in range(count)]
    served = start(terms.folder, LANGNGHE_REGULATION=REGULATION)
    try:
        before, begun = lags(served), time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(partial(send, served), range(count), photos))
        arrived = time.monotonic() - begun
        stored = wait_for_files(served, count)
        seconds = time.monotonic() - begun
        seen = [(bound, total - earlier) for (bound, total), (_, earlier) in zip(lags(served), before, strict=True)]
    finally:
        served.stop()
    megabytes = sum(map(len, photos)) / 1e6
    rows = tuple((f"≤ {1000 * bound:g} ms", total) for bound, total in seen)
    return Result(
        {"lag_ms": 1000 * percentile(seen, 0.99), "lost": count - stored},
        (Table("How late the event loop woke", ("late", "beats"), rows),),
        (f"{count} mails, {megabytes:.0f} MB of photos: sent in {arrived:.1f} s, stored after {seconds:.1f} s.",),
    )


def photo(number: int) -> bytes:
    """A JPEG of more than five megabytes that compresses no further."""
    noise = random.Random(number).randbytes(_SIZE[0] * _SIZE[1] * 3)
    written = BytesIO()
    Image.frombytes("RGB", _SIZE, noise).save(written, "JPEG", quality=93)
    if len(written.getvalue()) < LARGE:
        raise RuntimeError(f"a photo of {len(written.getvalue())} bytes is too small")
    return written.getvalue()


def send(served: Served, number: int, picture: bytes) -> None:
    """One citizen's mail with one photo."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"an{number}@hopthu.example.vn", served.demo["channels"]["email"]["address"]
    mail["Subject"], mail["Message-ID"] = "Ổ gà", f"<photo{number}@hopthu.example.vn>"
    mail.set_content("Ổ gà trước số 12 Lê Lợi, phường Vĩnh Ninh. Tôi là Nguyễn Văn An, số 0900 000 001.")
    mail.add_attachment(picture, maintype="image", subtype="jpeg", filename=f"anh{number}.jpg")
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LEAST_PRIORITY)
    host, _, port = served.demo["smtp"].rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=_PATIENCE) as line:
        line.send_message(mail)


def wait_for_files(served: Served, count: int) -> int:
    """Until so many large files are stored, and nothing is waiting; how many there are."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        stored = sum(1 for file in large_files(served.data / _FILES))
        if stored >= count:
            return stored
        time.sleep(0.1)
    return sum(1 for file in large_files(served.data / _FILES))


def large_files(folder: Path) -> Iterator[Path]:
    """Photos in full size, as they are stored."""
    return (file for file in folder.rglob("*") if file.is_file() and file.stat().st_size > LARGE // 2)


def lags(served: Served) -> list[tuple[float, int]]:
    """(bound in seconds, beats at or below it), as the process tells."""
    with urllib.request.urlopen(f"{served.demo['http']}/metrics", timeout=_PATIENCE) as answer:
        told = answer.read().decode()
    return [(float(bound.replace("+Inf", "inf")), int(float(total))) for bound, total in _BUCKET.findall(told)]


def percentile(seen: Sequence[tuple[float, int]], share: float) -> float:
    """The bound at or below which this share of all beats lies."""
    total = seen[-1][1]
    return next(bound for bound, below in seen if below >= share * total)
