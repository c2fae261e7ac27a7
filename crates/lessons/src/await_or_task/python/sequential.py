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


def request():
    log("request sent")
    time.sleep(REQUEST)
    log("answer received")


def other_work():
    log("other work started")
    time.sleep(OTHER)
    log("other work ended")


# Without concurrency there is one way to start: the call comes back when the request is answered.
log("Main started")
request()
other_work()
log("Main ended")
