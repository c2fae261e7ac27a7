"""Tasks that wait and compute, on an event loop, no more than LIMIT at once; LIMIT = 0 stands for no limit."""

import asyncio
import threading
import time

WAIT = 1.0
CPU = 0.0002
TASKS = 100
LIMIT = 0

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def compute():
    end = time.thread_time() + CPU
    while time.thread_time() < end:
        pass


async def task(slots):
    async with slots:
        await asyncio.sleep(WAIT)  # the request
        compute()


async def main():
    slots = asyncio.Semaphore(LIMIT or TASKS)
    log("Main started")
    await asyncio.gather(*(task(slots) for _ in range(TASKS)))
    log(f"{TASKS} tasks done")


asyncio.run(main())
