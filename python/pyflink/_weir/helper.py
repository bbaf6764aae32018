"""The helper process that forks workers for the program's functions.

It is a fork of the program, made when the program executes something: it has
every function as a live object. It takes orders on its connection to Weir
(``spawn``, ``kill``), tells of workers that ended, and ends, with its workers,
when that connection does.
"""

import faulthandler
import os
import select
import signal
import sys
import traceback

from pyflink._weir import client

#: How long a worker that is to be killed may take to begin to write its
#: traceback, and how long to go on.
DUMP_SECONDS, QUIET_SECONDS = 0.5, 0.05


def fork(functions):
    """Starts a helper that knows the given functions, by key."""
    if not hasattr(os, "fork"):
        from pyflink._weir.missing import UnsupportedApiError
        raise UnsupportedApiError("Python functions on this operating system", "run the program where os.fork exists")
    sys.stdout.flush()
    sys.stderr.flush()
    ready, told = os.pipe()
    if os.fork() == 0:
        status = 1
        try:
            os.close(ready)
            client.close_inherited()
            status = _serve(functions, told)
        except BaseException:  # the last place where it can be seen
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(told)
    with os.fdopen(ready, "rb") as f:
        f.read()  # at the end of the pipe the helper is connected


def _serve(functions, told):
    for number in (signal.SIGINT, signal.SIGTERM):
        # who stops the program stops it through Weir, which closes the connection
        signal.signal(number, signal.SIG_IGN)
    sock = client.dial("helper")
    client.receive(sock)  # Weir knows this helper now
    os.close(told)
    workers = {}  # pid -> (id, descriptor of its traceback)
    try:
        _obey(sock, functions, workers)
    except ConnectionError:
        pass  # as good as its end
    finally:
        for pid in workers:
            _signal(pid, signal.SIGKILL)
    return 0


def _obey(sock, functions, workers):
    """Follows orders until the connection ends."""
    while True:
        readable, _, _ = select.select([sock], [], [], 0.2 if workers else None)
        for pid in list(workers):
            _reap(sock, workers, pid, os.WNOHANG)
        if not readable:
            continue
        order = client.receive(sock)
        if order is None:
            return
        if order["op"] == "spawn":
            _spawn(sock, functions, workers, order["worker"])
        elif order["op"] == "kill":
            for pid, (worker, _) in list(workers.items()):
                if worker == order["worker"]:
                    _kill(sock, workers, pid)
        elif order["op"] == "describe":
            client.send(sock, _describe(order))


def _spawn(sock, functions, workers, worker):
    dump_read, dump_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            client.close_inherited()
            os.close(dump_read)
            faulthandler.enable(dump_write, all_threads=True)
            if hasattr(faulthandler, "register"):
                faulthandler.register(signal.SIGUSR1, dump_write, all_threads=True)
            from pyflink._weir import worker as loop
            status = loop.run(functions, worker)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(dump_write)
    workers[pid] = (worker, dump_read)


def _kill(sock, workers, pid):
    """Ends a worker that hangs, after it wrote where."""
    _signal(pid, signal.SIGUSR1)
    dump, parts, patience = workers[pid][1], [], DUMP_SECONDS
    while select.select([dump], [], [], patience)[0]:
        part = os.read(dump, 65536)
        if not part:
            break
        parts.append(part)
        patience = QUIET_SECONDS
    _signal(pid, signal.SIGKILL)
    _reap(sock, workers, pid, 0, b"".join(parts))


def _reap(sock, workers, pid, flags, dumped=b""):
    ended, status = os.waitpid(pid, flags)
    if ended == 0:
        return
    worker, dump = workers.pop(pid)
    with os.fdopen(dump, "rb") as f:
        text = _own_frames((dumped + f.read()).decode("utf-8", "replace"))
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    client.send(sock, {"op": "exited", "worker": worker, "status": code, "traceback": text})


def _own_frames(text):
    """A dump, innermost frame first, as far as it is the user's: up to the worker's loop."""
    out, skipping = [], False
    for line in text.splitlines():
        if not line.startswith("  File "):
            skipping = False
        elif "_weir/worker.py" in line:
            skipping = True
        if not skipping:
            out.append(line)
    return "\n".join(out)


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def resolve(path):
    """The function of CREATE FUNCTION … AS 'module.attribute' LANGUAGE PYTHON."""
    import importlib
    module, _, attribute = path.rpartition(".")
    if not module:
        raise ImportError("%r is not of the form module.attribute" % path)
    return getattr(importlib.import_module(module), attribute)


def _describe(order):
    from pyflink.table.udf import wrap
    try:
        return {"op": "described", "ask": order["ask"], "definition": wrap(resolve(order["class"]))._definition()}
    except BaseException:
        return {"op": "described", "ask": order["ask"], "error": traceback.format_exc()}


def main():
    """A helper without a program: for SQL scripts with functions LANGUAGE PYTHON."""
    ready, told = os.pipe()
    os.close(ready)
    return _serve({}, told)


if __name__ == "__main__":
    sys.exit(main())
