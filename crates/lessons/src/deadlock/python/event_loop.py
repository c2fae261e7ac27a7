# As it stands, this program hangs: LEFT and RIGHT wait for each other for ever. Stop it with Ctrl-C.
# Let both take the locks in the same order, or set a timeout, and it ends.
import asyncio
import collections
import threading
import time

ORDER = "opposite"
PAUSE = 0.5
# In seconds; 0 is for ever.
TIMEOUT = 0

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


Named = collections.namedtuple("Named", ["name", "lock"])


async def take_both(task, first, second, patience):
    while True:
        async with first.lock:
            log(f"{task} has {first.name}")
            await asyncio.sleep(PAUSE)
            log(f"{task} wants {second.name}")
            try:
                await asyncio.wait_for(second.lock.acquire(), patience or None)
                log(f"{task} has both")
                second.lock.release()
                return
            except asyncio.TimeoutError:
                log(f"{task} gives up")
        await asyncio.sleep(patience)
        patience *= 2


def jobs():
    a, b = Named("A", asyncio.Lock()), Named("B", asyncio.Lock())
    first, second = (a, b) if ORDER == "same" else (b, a)
    # Unequal, or both could give up at once, come back at once, and meet again.
    return [("LEFT", a, b, TIMEOUT), ("RIGHT", first, second, 2 * TIMEOUT)]


async def main():
    log("Main started")
    await asyncio.gather(*(take_both(*job) for job in jobs()))
    log("Main ended")


if __name__ == "__main__":
    asyncio.run(main())
