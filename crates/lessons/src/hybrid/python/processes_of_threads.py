"""Fetch, then crunch, on processes that have a pool of threads each."""

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor

JOBS = 40
LATENCY = 2.0
CPU = 0.2
BLOCKING = 0.0
THREADS = 8
PROCESSES = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def crunch():
    if BLOCKING:
        time.sleep(BLOCKING)
    end = time.thread_time() + CPU
    while time.thread_time() < end:
        pass


def job(_number):
    time.sleep(LATENCY)  # the request
    crunch()


def share(numbers):
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        list(pool.map(job, numbers))


def main():
    shares = [range(first, JOBS, PROCESSES) for first in range(PROCESSES)]
    with multiprocessing.Pool(PROCESSES) as pool:
        log("Main started")
        pool.map(share, shares, chunksize=1)
        log(f"{JOBS} jobs done")


if __name__ == "__main__":
    main()
