import asyncio
import threading
import time

MESSAGES = [("ONE", 1), ("TWO", 2), ("THREE", 3), ("FOUR", 4), ("FIVE", 5)]
BLOCKING = "THREE"
REPAIR = "none"

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


async def deliver(name, delay):
    log(f"{name} received")
    if name != BLOCKING:
        await asyncio.sleep(delay)
    elif REPAIR == "to-thread":
        await asyncio.to_thread(time.sleep, delay)
    else:
        time.sleep(delay)  # No await: the loop does not get its thread back before this call returns.
    log(f"{name} printed")


async def main():
    log("Main started")
    log(f"{len(asyncio.all_tasks())} task registered")
    tasks = [asyncio.create_task(deliver(name, delay)) for name, delay in MESSAGES]
    log(f"{len(asyncio.all_tasks())} tasks registered")
    await asyncio.gather(*tasks)
    log("Main ended")


if __name__ == "__main__":
    asyncio.run(main())
