"""Small jobs, on threads that are kept."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

JOBS = 200
WORK = 0.001
PAYLOAD = 1000
CHUNK = 1
ONE_BY_ONE = False
THREADS = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def job(payload):
    end = time.thread_time() + WORK
    while time.thread_time() < end:
        pass
    return len(payload)


def jobs(payloads):
    for payload in payloads:
        job(payload)


def chunks(payload):
    """The payloads of each message: CHUNK jobs share one."""
    for first in range(0, JOBS, CHUNK):
        yield [payload] * min(CHUNK, JOBS - first)


def main():
    payload = bytes(PAYLOAD)
    log("Main started")
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        futures = []
        # Threads share memory, so `map` sends no chunks: who wants larger jobs makes them so.
        for payloads in chunks(payload):
            futures.append(pool.submit(jobs, payloads))
            if ONE_BY_ONE:
                futures[-1].result()
        for future in futures:
            future.result()
    log(f"{JOBS} jobs done")


main()
