"""What CPython charges for concurrency and for work, as one line of JSON: medians, each with the number of its runs.

Arguments: the elements of a list to sort, the number to sum squares below, and the Fibonacci number to compute.
"""

import asyncio
import json
import multiprocessing
import random
import statistics
import sys
import threading
import time

THREADS = 200
FORKS = 25
SPAWNS = 5
MESSAGES = 200
LARGE_MESSAGES = 15
LARGE = 1 << 20
TURNS = 2000
LOOPS = 15
WORKS = 5

# The same clock in every process of a machine.
now = time.monotonic
# What this process computes, however busy the machine is with others.
computed = time.process_time


def median(seconds):
    return {"ns": round(statistics.median(seconds) * 1e9), "runs": len(seconds)}


def threads():
    starts, ends = [], []
    for _ in range(THREADS):
        step = []
        thread = threading.Thread(target=lambda: step.append(now()))
        asked = now()
        thread.start()
        thread.join()
        ends.append(now() - step[0])
        starts.append(step[0] - asked)
    return median(starts), median(ends)


def one_step(step):
    step[0] = now()


def processes(method, runs):
    context = multiprocessing.get_context(method)
    starts, ends = [], []
    for _ in range(runs):
        step = context.RawArray("d", 1)
        process = context.Process(target=one_step, args=(step,))
        asked = now()
        process.start()
        process.join()
        ends.append(now() - step[0])
        starts.append(step[0] - asked)
    return median(starts), median(ends)


def echo(payload):
    return payload


def messages():
    def one_way(payload, runs):
        times = []
        for _ in range(runs):
            start = now()
            pool.apply(echo, (payload,))
            times.append((now() - start) / 2)
        return median(times)

    with multiprocessing.Pool(1) as pool:
        one_way(b"", 1)
        small, large = one_way(b"", MESSAGES), one_way(bytes(LARGE), LARGE_MESSAGES)
    per_kib = max(0, large["ns"] - small["ns"]) * 1024 // LARGE
    return small, {"ns": per_kib, "runs": large["runs"]}


def loop_turn():
    async def turns():
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def both():
        await asyncio.gather(turns(), turns())

    loop = asyncio.new_event_loop()
    times = []
    for _ in range(LOOPS):
        start = computed()
        loop.run_until_complete(both())
        times.append((computed() - start) / TURNS / 2)
    loop.close()
    return median(times)


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


def sum_of_squares(below):
    return sum(i * i for i in range(below))


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def work(function, argument):
    times = []
    for _ in range(WORKS):
        start = computed()
        function(argument)
        times.append(computed() - start)
    return median(times)


def main():
    elements, below, n = (int(text) for text in sys.argv[1:4])
    has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    result = {
        "implementation": sys.implementation.name,
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "switch_interval_ns": round(sys.getswitchinterval() * 1e9) if has_gil else None,
    }
    result["thread_start"], result["thread_end"] = threads()
    result["fork_start"] = result["fork_end"] = None
    if "fork" in multiprocessing.get_all_start_methods():
        result["fork_start"], result["fork_end"] = processes("fork", FORKS)
    result["spawn_start"], result["spawn_end"] = processes("spawn", SPAWNS)
    result["message"], result["message_per_kib"] = messages()
    result["loop_turn"] = loop_turn()
    numbers = [random.randrange(1 << 30) for _ in range(elements)]
    result["work"] = [work(merge_sort, numbers), work(sum_of_squares, below), work(fibonacci, n)]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
