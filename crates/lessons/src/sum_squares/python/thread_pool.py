import threading
import time
from concurrent.futures import ThreadPoolExecutor

NUMBERS = 20
FROM = 5_000_000
CHUNK = 1
THREADS = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def sum_of_squares(below):
    return sum(i * i for i in range(below))


def report(sums):
    log(f"{len(sums)} sums, checksum {sum(sums) % 2**32}")


def work(first):
    return [sum_of_squares(FROM + i) for i in range(first, min(first + CHUNK, NUMBERS))]


log("Main started")
with ThreadPoolExecutor(THREADS) as pool:
    # Threads share memory, so `map` sends no chunks: who wants larger jobs makes them so.
    report([number for sums in pool.map(work, range(0, NUMBERS, CHUNK)) for number in sums])
log("Main ended")
