import threading
import time
from concurrent.futures import ThreadPoolExecutor

N = [28, 30, 32]
THREADS = 4

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    lane = threading.current_thread().name.split(" ")[0]
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{lane}:{message}\n", end="", flush=True)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def job(n):
    log(f"fib({n}) started")
    log(f"fib({n}) = {fib(n)}")


log("Main started")
with ThreadPoolExecutor(THREADS) as pool:
    list(pool.map(job, N))
log("Main ended")
