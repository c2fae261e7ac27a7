import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

PAGES = 6_000
LIMIT = 50
LATENCY = (2, 4)
FAILURE_RATE = 0.01
RETRIES = 3
BACKOFF = 0.1

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def get(page):
    """One attempt at a page: stands in for a request over the network."""
    time.sleep(random.uniform(*LATENCY))
    return random.choice([500, 502, 504]) if random.random() < FAILURE_RATE else 200


def fetch(page):
    """Gets a page, and tries again as urllib3 does: at once, then after waits that double."""
    attempts = 1
    status = get(page)
    while status in (500, 502, 504) and attempts <= RETRIES:
        if attempts > 1:
            time.sleep(BACKOFF * 2 ** (attempts - 1))
        attempts += 1
        status = get(page)
    if page % 1_000 == 0:
        log(f"page {page} is here")
    return status, attempts


def report(results):
    ok = sum(status == 200 for status, _ in results)
    attempts = sum(attempts for _, attempts in results)
    log(f"{ok} ok, {len(results) - ok} failed, {attempts} attempts")


log("Main started")
# The pool's size is the limit.
with ThreadPoolExecutor(LIMIT) as pool:
    report(list(pool.map(fetch, range(1, PAGES + 1))))
log("Main ended")
