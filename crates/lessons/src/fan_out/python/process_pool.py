import multiprocessing
import random
import time

REQUESTS = 3
LATENCY = (1, 1)
WORKERS = 3

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    process = multiprocessing.current_process().name
    lane = "MainThread" if process == "MainProcess" else process
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def share_clock(start):
    """Gives a worker the clock of the main process; one that was not forked has begun its own."""
    global START
    START = start


def request(number):
    log(f"request {number} sent")
    time.sleep(random.uniform(*LATENCY))
    log(f"request {number} answered")


def main():
    with multiprocessing.Pool(WORKERS, share_clock, (START,)) as pool:
        log("Main started")
        pool.map(request, range(1, REQUESTS + 1), chunksize=1)
        log("Main ended")


if __name__ == "__main__":
    main()
