import asyncio
import threading
import time

UPDATES = 2
PAUSE = 2
CHANGE = 0.02
LOCK = False
AWAIT = False

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


def work_out(value):
    end = time.thread_time() + CHANGE
    while time.thread_time() < end:
        pass
    return value + 1


counter = 0


async def update(number, lock):
    log(f"Update {number} started")
    log(f"Update {number} pausing")
    await asyncio.sleep(PAUSE)
    if LOCK:
        async with lock:
            await change_counter(number)
    else:
        await change_counter(number)


async def change_counter(number):
    global counter
    value = counter
    log(f"Update {number} read {value}")
    value = work_out(value)
    if AWAIT:
        await asyncio.sleep(0.1)  # The other tasks run meanwhile, and may change the counter.
    counter = value
    log(f"Update {number} wrote {value}")


async def main():
    log("Main started")
    # Made in here, because before Python 3.10 a lock belongs to the loop that runs when it is made.
    lock = asyncio.Lock()
    await asyncio.gather(*(update(number, lock) for number in range(1, UPDATES + 1)))
    log(f"The counter is {counter}")
    log("Main ended")


if __name__ == "__main__":
    asyncio.run(main())
