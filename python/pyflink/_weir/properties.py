"""Maps the service's properties file to the application's own.

Programs of the managed service read ``/etc/flink/application_properties.json``.
Inside this process, and only here, that one path leads to the file named by
WEIR_APPLICATION_PROPERTIES; nothing on the machine's disk changes.
"""

import builtins
import functools
import io
import os

PATH = "/etc/flink/application_properties.json"
VARIABLE = "WEIR_APPLICATION_PROPERTIES"

#: Functions of a module that take a path first.
_BY_PATH = (
    (builtins, "open"), (io, "open"), (os, "open"), (os, "stat"), (os, "lstat"), (os, "access"), (os, "readlink"),
    (os.path, "isfile"), (os.path, "exists"), (os.path, "lexists"), (os.path, "getsize"), (os.path, "getmtime"),
)


def install():
    """Maps the path for the rest of this process, if there is a file to map it to."""
    target = os.environ.get(VARIABLE)
    if not target:
        return
    for module, name in _BY_PATH:
        original = getattr(module, name, None)
        if original is not None:
            setattr(module, name, _mapped(original, target))
    _map_pathlib(target)


def _same(path):
    if isinstance(path, os.PathLike):
        path = os.fspath(path)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return isinstance(path, str) and path.endswith("application_properties.json") and (
        os.path.normpath(os.path.join("/", path) if os.path.isabs(path) else os.path.join(os.getcwd(), path)) == PATH)


def _mapped(original, target):
    @functools.wraps(original)
    def mapped(*args, **kwargs):
        if args and _same(args[0]):
            args = (target,) + args[1:]
        for name in ("file", "path"):
            if name in kwargs and _same(kwargs[name]):
                kwargs[name] = target
        return original(*args, **kwargs)
    return mapped


def _map_pathlib(target):
    """pathlib of Python 3.7 to 3.9 holds functions of os from when it was imported."""
    import pathlib
    accessor = getattr(pathlib, "_NormalAccessor", None)
    if accessor is None:
        return
    for name in ("stat", "lstat", "open"):
        original = accessor.__dict__.get(name)
        if original is None:
            continue
        plain = original.__func__ if isinstance(original, staticmethod) else original
        setattr(accessor, name, staticmethod(_mapped(plain, target)))
