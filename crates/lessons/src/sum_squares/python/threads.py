import threading
import time

NUMBERS = 20
FROM = 5_000_000
CHUNK = 1

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
    for i in range(first, min(first + CHUNK, NUMBERS)):
        sums[i] = sum_of_squares(FROM + i)


log("Main started")
sums = [0] * NUMBERS
threads = [threading.Thread(target=work, args=(first,)) for first in range(0, NUMBERS, CHUNK)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
report(sums)
log("Main ended")
