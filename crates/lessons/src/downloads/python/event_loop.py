import asyncio
import random
import threading
import time

SITES = 2
REPEATS = 80
CONNECTIONS = 100
LATENCY = (0.06, 0.11)
HANDLING = 0.0157
CONNECT = 0.05

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def handle():
    """Stands in for parsing a response: CPU time of this thread."""
    end = time.thread_time() + HANDLING
    while time.thread_time() < end:
        pass


class Session:
    """Shared by all tasks: lends out a limited number of connections, and keeps them open."""

    def __init__(self):
        self.permits = asyncio.Semaphore(CONNECTIONS)
        self.idle = [0] * SITES

    async def download(self, site):
        async with self.permits:
            if self.idle[site] > 0:
                self.idle[site] -= 1
            else:
                await asyncio.sleep(CONNECT)
            await asyncio.sleep(random.uniform(*LATENCY))
            handle()
            self.idle[site] += 1


async def main():
    log("Main started")
    session = Session()
    await asyncio.gather(*(session.download(number % SITES) for number in range(SITES * REPEATS)))
    log(f"{SITES * REPEATS} downloaded")
    log("Main ended")


asyncio.run(main())
