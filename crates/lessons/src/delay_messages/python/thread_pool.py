import threading
import time
from concurrent.futures import ThreadPoolExecutor

MESSAGES = [("TWO", 2), ("THREE", 3)]
WORKERS = 2

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


def deliver(name, delay):
    log(f"{name} received")
    time.sleep(delay)
    log(f"{name} printed")


def main():
    log("Main started")
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        futures = [(name, pool.submit(deliver, name, delay)) for name, delay in MESSAGES]
        for name, future in futures:
            future.result()
            log(f"{name} done")
    log("Main ended")


if __name__ == "__main__":
    main()
