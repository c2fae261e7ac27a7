"""Tasks that compute and wait, in turn on an event loop."""

import asyncio
import threading
import time

THREADS = 4
WORK = 1.0
WAITING = 0.0
SLICES = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def task():
    for _ in range(SLICES):
        if WAITING < 1:
            compute(WORK * (1 - WAITING) / SLICES)
        if WAITING > 0:
            await asyncio.sleep(WORK * WAITING / SLICES)


async def main():
    log("Main started")
    tasks = [asyncio.create_task(task()) for _ in range(THREADS)]
    for number, each in enumerate(tasks, 1):
        await each
        log(f"T{number} done")


asyncio.run(main())
