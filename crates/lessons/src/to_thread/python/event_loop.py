"""A heartbeat and a call that blocks, on an event loop; REPAIR moves the call to a thread."""

import asyncio
import threading
import time

BLOCKING = 2.0
HEARTBEAT = 0.1
REPAIR = "to-thread"

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    name = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{name}:{message}\n", end="", flush=True)


async def heartbeat(stop):
    log("heartbeat begins")
    beats = 0
    while not stop.is_set():
        beats += 1
        await asyncio.sleep(HEARTBEAT)
    log("heartbeat ends")
    return beats


def query():
    log("query sent")
    time.sleep(BLOCKING)
    log("query answered")


async def report():
    if REPAIR == "to-thread":
        await asyncio.to_thread(query)
    else:
        query()


async def main():
    stop = asyncio.Event()
    heart = asyncio.create_task(heartbeat(stop))
    await asyncio.create_task(report())
    stop.set()
    await heart
    log("Main ended")


asyncio.run(main())
