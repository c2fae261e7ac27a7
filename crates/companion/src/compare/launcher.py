"""Runs a lesson's file as Python would, and tells how long it took from its first printed line to its last.

Arguments: the file, where to tell, and the seconds after which to end with everything that was started.
"""

import json
import os
import signal
import sys
import time
import types

path, told, limit = sys.argv[1:]


def give_up(*_):
    # Whoever waits for this has ended without ending it.
    os.killpg(0, signal.SIGKILL)


def end_with_whoever_started_it():
    # Standard input is a pipe that nobody writes to. Its end is that of whoever holds the other one, and the system says so.
    import fcntl
    import select

    signal.signal(signal.SIGIO, give_up)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:
        give_up()


if hasattr(signal, "setitimer") and os.getpgrp() == os.getpid():
    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    if hasattr(os, "O_ASYNC"):
        end_with_whoever_started_it()


def cpu():
    # Of this process, and of those that it started and that have ended. Windows has no resource.
    try:
        import resource
    except ImportError:
        return time.process_time()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class Stamped:
    """Standard output that knows when it was first written to, and last."""

    def __init__(self, out):
        self.out = out
        self.first = self.last = self.cpu = None

    def write(self, text):
        self.last = time.perf_counter()
        if self.first is None:
            self.first, self.cpu = self.last, cpu()
        return self.out.write(text)

    def __getattr__(self, name):
        return getattr(self.out, name)


with open(path, encoding="utf-8") as file:
    code = compile(file.read(), path, "exec")
cpu()
# A process that is spawned and not forked imports the file that this module names.
main = types.ModuleType("__main__")
main.__file__ = path
launcher, sys.modules["__main__"] = sys.modules["__main__"], main
sys.argv = [path]
sys.stdout = stamped = Stamped(sys.stdout)
exec(code, main.__dict__)
if stamped.first is None:
    sys.exit("the file has printed nothing")
with open(told, "w", encoding="utf-8") as file:
    json.dump({"wall_ns": round((stamped.last - stamped.first) * 1e9), "cpu_ns": round((cpu() - stamped.cpu) * 1e9)}, file)
