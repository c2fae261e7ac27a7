"""What CPython charges for concurrency and for work, as one line of JSON: medians, each with the number of its runs.

Arguments: the elements of a list to sort, the number to sum squares below, and the Fibonacci number to compute.
"""

import asyncio
import json
import multiprocessing
import pickle
import random
import statistics
import sys
import threading
import time

THREADS = 10
THREAD_ROUNDS = 21
FORKS = 10
FORK_ROUNDS = 7
SPAWNS = 1
SPAWN_ROUNDS = 5
MESSAGES = 100
LARGE_MESSAGES = 5
MESSAGE_ROUNDS = 9
LARGE = 1 << 18
TURNS = 2000
LOOPS = 15
WORKS = 7

# The same clock in every process of a machine.
now = time.monotonic
# What this process computes, however busy the machine is with others.
computed = time.process_time


def computed_by_children():
    """What the processes computed that this one has started and that have ended; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def median(seconds):
    return {"ns": round(statistics.median(seconds) * 1e9), "runs": len(seconds)}


def threads():
    """From asking for a thread to its first step, and from there until it is joined."""
    starts, ends = [], []
    for _ in range(THREAD_ROUNDS):
        # On a busy machine most threads start at once and some late: a program that starts many has its share of both.
        start = end = 0
        for _ in range(THREADS):
            step = []
            thread = threading.Thread(target=lambda: step.append(now()))
            asked = now()
            thread.start()
            thread.join()
            end += now() - step[0]
            start += step[0] - asked
        starts.append(start / THREADS)
        ends.append(end / THREADS)
    return median(starts), median(ends)


def nothing():
    pass


def processes(method, count, rounds):
    """What starting a process takes of whoever starts it, and what all else takes until it is joined."""
    context = multiprocessing.get_context(method)
    starts, ends = [], []
    for _ in range(rounds):
        batch = [context.Process(target=nothing) for _ in range(count)]
        before, by_children, asked = computed(), computed_by_children(), now()
        for process in batch:
            process.start()
        start, until_started = computed() - before, now() - asked
        for process in batch:
            process.join()
        if by_children is None:
            # The wall clock knows no better than that one waited for the other.
            start, end = until_started, now() - asked - until_started
        else:
            end = computed() - before - start + computed_by_children() - by_children
        starts.append(start / count)
        ends.append(end / count)
    return median(starts), median(ends)


def echo(payload):
    return payload


def messages():
    """What one end of a message computes: writing it or reading it. There and back a job has four of them."""

    def one_end(payload, jobs):
        times = []
        for _ in range(MESSAGE_ROUNDS):
            before = computed() + pool.apply(computed)
            for result in [pool.apply_async(echo, (payload,)) for _ in range(jobs)]:
                result.get()
            times.append((computed() + pool.apply(computed) - before) / jobs / 4)
        return median(times)

    def per_kib(payload):
        large = one_end(payload, LARGE_MESSAGES)
        return {"ns": max(0, large["ns"] - small["ns"]) * 1024 // len(pickle.dumps(payload)), "runs": large["runs"]}

    with multiprocessing.Pool(1) as pool:
        one_end(b"", 1)
        small = one_end(b"", MESSAGES)
        # Numbers as the lesson that sorts sends them: each is packed and unpacked for itself.
        return small, per_kib(bytes(LARGE)), per_kib(random.choices(range(1 << 30), k=LARGE // 5))


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


def draw_and_sort(elements):
    """As the lesson that sorts does, whose lists are drawn one by one."""
    return merge_sort(random.choices(range(1 << 30), k=elements))


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
        result["fork_start"], result["fork_end"] = processes("fork", FORKS, FORK_ROUNDS)
    result["spawn_start"], result["spawn_end"] = processes("spawn", SPAWNS, SPAWN_ROUNDS)
    result["message"], result["message_per_kib"], result["message_per_kib_of_numbers"] = messages()
    result["loop_turn"] = loop_turn()
    result["work"] = [work(draw_and_sort, elements), work(sum_of_squares, below), work(fibonacci, n)]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
