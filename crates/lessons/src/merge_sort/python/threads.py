import random
import threading
import time

LISTS = 1000
ELEMENTS = 30000
CHUNK = 10

START = time.monotonic()


def log(message):
    seconds = int(time.monotonic() - START + 0.0005)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    # The end of the line is written with it, or another lane could get in between.
    print(f"{clock}:{threading.current_thread().name}:{message}\n", end="", flush=True)


def merge_sort(numbers):
    if len(numbers) < 2:
        return numbers
    middle = len(numbers) // 2
    left, right = merge_sort(numbers[:middle]), merge_sort(numbers[middle:])
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    merged += left[i:]
    merged += right[j:]
    return merged


def random_lists(count):
    for _ in range(count):
        yield random.choices(range(1 << 30), k=ELEMENTS)


def sort_lists(count, sizes):
    sizes.append(sum(len(merge_sort(numbers)) for numbers in random_lists(count)))


def main():
    log("Main started")
    sizes = []
    threads = []
    for first in range(0, LISTS, CHUNK):
        count = min(CHUNK, LISTS - first)
        threads.append(threading.Thread(target=sort_lists, args=(count, sizes)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log(f"{sum(sizes)} elements in order")
    log("Main ended")


if __name__ == "__main__":
    main()
