import asyncio
import threading
import time

NUMBERS = 20
FROM = 5_000_000
CHUNK = 1

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


async def sum_of_squares(below):
    # Nothing in here awaits, so the loop cannot switch to another task before the end.
    return sum(i * i for i in range(below))


def report(sums):
    log(f"{len(sums)} sums, checksum {sum(sums) % 2**32}")


async def work(first):
    return [await sum_of_squares(FROM + i) for i in range(first, min(first + CHUNK, NUMBERS))]


async def main():
    log("Main started")
    chunks = await asyncio.gather(*(work(first) for first in range(0, NUMBERS, CHUNK)))
    report([number for sums in chunks for number in sums])
    log("Main ended")


asyncio.run(main())
