"""The program's Python functions, and the helper that runs them.

Functions stay live objects: before a statement is executed, a helper process
is forked off the program, and forks workers off itself when the engine asks.
So a function may be anything Python can call, and nothing is pickled.
"""

import itertools
import os
import re
import sys
import threading

_functions = {}
_numbers = itertools.count()
_lock = threading.Lock()
_prepared = [0]  # how many functions the last helper knows


def next_number():
    """A number not given before."""
    return next(_numbers)


def register(wrapper):
    """Keeps a function under a key, by which the engine calls it."""
    key = "py%d" % next_number()
    with _lock:
        _functions[key] = wrapper
    return key


def prepare():
    """Has the running helper know every function registered so far."""
    with _lock:
        if not _functions or _prepared[0] == len(_functions):
            return
        _prepared[0] = len(_functions)
        known = dict(_functions)
    from pyflink._weir import helper
    helper.fork(known)


def local(path):
    """The path of a file's name, which may be a file: URI."""
    from urllib.parse import unquote, urlparse
    parts = urlparse(path)
    return re.sub("^//+", "/", unquote(parts.path)) if parts.scheme == "file" else path


def add_path(path):
    """Puts a file's folder, a folder or a zip on the module path."""
    path = os.path.abspath(local(path))
    if not os.path.exists(path):
        raise FileNotFoundError("add_python_file: %s does not exist" % path)
    if path.endswith(".py"):
        path = os.path.dirname(path)
    if path not in sys.path:
        sys.path.insert(0, path)


def add_archive(path, target):
    """Unpacks a zip or tar where functions look for it: target, or its own name, in the working folder."""
    import shutil
    path, _, suffix = path.partition("#")
    path = local(path)
    if not os.path.exists(path):
        raise FileNotFoundError("add_python_archive: %s does not exist" % path)
    shutil.unpack_archive(path, target or suffix or os.path.basename(path))


def check_requirements(path):
    """Fails for a package that is not installed: the program's own Python runs the functions."""
    missing, path = [], local(path)
    with open(path) as requirements:
        for line in requirements:
            match = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
            if match and not _installed(match.group(1)):
                missing.append(match.group(1))
    if missing:
        from pyflink.util.exceptions import TableException
        raise TableException(
            "set_python_requirements: %s not installed in %s; install with: %s -m pip install -r %s" % (
                ", ".join(missing), sys.prefix, sys.executable, path))


def _installed(name):
    try:
        from importlib import metadata
    except ImportError:  # Python 3.7
        import pkgutil
        return any(m.name.lower() == name.lower().replace("-", "_") for m in pkgutil.iter_modules())
    try:
        metadata.version(name)
        return True
    except metadata.PackageNotFoundError:
        return False
