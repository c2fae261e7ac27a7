import asyncio
import threading
import time

START = "task"
REQUEST = 1
OTHER = 5

BEGIN = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - BEGIN + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


async def request():
    log("request sent")
    await asyncio.sleep(REQUEST)
    log("answer received")


async def other_work():
    log("other work started")
    await asyncio.sleep(OTHER)
    log("other work ended")


async def main():
    log("Main started")
    if START == "await":
        await request()
        await other_work()
    else:
        task = asyncio.create_task(request())
        await other_work()
        await task
    log("Main ended")


asyncio.run(main())
