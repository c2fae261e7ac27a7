"""Fetch on an event loop, crunch on a pool of threads."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

JOBS = 40
LATENCY = 2.0
CPU = 0.2
BLOCKING = 0.0
THREADS = 8

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


async def job(pool):
    await asyncio.sleep(LATENCY)  # the request
    await asyncio.get_running_loop().run_in_executor(pool, crunch)


async def main():
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        log("Main started")
        await asyncio.gather(*(job(pool) for _ in range(JOBS)))
        log(f"{JOBS} jobs done")


asyncio.run(main())
