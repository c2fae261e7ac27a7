import random
import threading
import time

REQUESTS = 3
LATENCY = (1, 1)

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def request(number):
    log(f"request {number} sent")
    time.sleep(random.uniform(*LATENCY))
    log(f"request {number} answered")


log("Main started")
for number in range(1, REQUESTS + 1):
    request(number)
log("Main ended")
