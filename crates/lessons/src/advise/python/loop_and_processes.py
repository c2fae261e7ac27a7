"""Tasks that wait on an event loop, no more than LIMIT at once, and compute in processes; LIMIT = 0 is no limit."""

import asyncio
import threading
import time
from concurrent.futures import ProcessPoolExecutor

WAIT = 1.0
CPU = 0.0002
TASKS = 100
LIMIT = 0
CORES = 4

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


async def task(slots, pool):
    async with slots:
        await asyncio.sleep(WAIT)  # the request
        await asyncio.get_running_loop().run_in_executor(pool, compute)


async def main():
    slots = asyncio.Semaphore(LIMIT or TASKS)
    with ProcessPoolExecutor(max_workers=CORES) as pool:
        log("Main started")
        await asyncio.gather(*(task(slots, pool) for _ in range(TASKS)))
        log(f"{TASKS} tasks done")


if __name__ == "__main__":
    asyncio.run(main())
