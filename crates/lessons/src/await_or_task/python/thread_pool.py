import threading
import time
from concurrent.futures import ThreadPoolExecutor

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


def request():
    log("request sent")
    time.sleep(REQUEST)
    log("answer received")


def other_work():
    log("other work started")
    time.sleep(OTHER)
    log("other work ended")


log("Main started")
with ThreadPoolExecutor(1) as pool:
    future = pool.submit(request)
    if START == "await":
        future.result()
        other_work()
    else:
        other_work()
        future.result()
log("Main ended")
