"""Runs a program: ``python -m pyflink._weir.driver program.py [arguments]``.

The program runs as ``__main__`` with its own folder first on the module path.
How it ended is told to Weir, with the traceback when it raised. When Weir ends,
this process does.
"""

import os
import runpy
import sys
import threading
import traceback
import zipfile

from pyflink._weir import client, functions, properties
from pyflink._weir.missing import UnsupportedApiError
from pyflink.util.exceptions import Py4JJavaError

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OWN_ERRORS = (Py4JJavaError, UnsupportedApiError)

#: Files to import from (-pyfs, pyFiles), separated like PATH.
PY_FILES = "WEIR_PYFILES"
#: A module to run instead of a file (-pym).
MODULE = "WEIR_PYTHON_MODULE"


def main(argv):
    """Runs the program and returns its exit code."""
    client_sock = client.dial("life")
    threading.Thread(target=_end_with, args=(client_sock, os.getpid()), daemon=True).start()
    properties.install()
    for path in filter(None, os.environ.get(PY_FILES, "").split(os.pathsep)):
        functions.add_path(path)
    module = os.environ.get(MODULE)
    sys.argv = argv
    code, error = 0, None
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            _run_file(argv[0])
    except SystemExit as e:
        code, error = _exit_code(e)
    except KeyboardInterrupt:
        code, error = 130, {"message": "KeyboardInterrupt", "traceback": ""}
    except BaseException as e:
        code, error = 1, {"message": _message(e), "traceback": _traceback(e), "class": type(e).__name__}
        sys.stderr.write(error["traceback"])
    sys.stdout.flush()
    sys.stderr.flush()
    client.call("program_end", code=code, error=error)
    return code


def _run_file(path):
    path = os.path.abspath(path)
    if not os.path.exists(path):
        raise FileNotFoundError("the program %s does not exist" % path)
    if zipfile.is_zipfile(path) or os.path.isdir(path):
        sys.path.insert(0, path)
    else:
        sys.path.insert(0, os.path.dirname(path))
    runpy.run_path(path, run_name="__main__")


def _exit_code(e):
    if e.code is None or e.code == 0:
        return 0, None
    if isinstance(e.code, int):
        return e.code, {"message": "the program ended with sys.exit(%d)" % e.code, "traceback": ""}
    sys.stderr.write(str(e.code) + "\n")
    return 1, {"message": str(e.code), "traceback": ""}


def _message(e):
    return "".join(traceback.format_exception_only(type(e), e)).strip()


def _traceback(e):
    """The traceback of the program's own lines: not the driver's before them, nor the package's after them."""
    tb = e.__traceback__
    while tb is not None and _is_own(tb.tb_frame.f_code.co_filename):
        tb = tb.tb_next
    frames = traceback.extract_tb(tb)
    while frames and frames[-1].filename.startswith(_PACKAGE) and isinstance(e, _OWN_ERRORS):
        frames.pop()
    if e.__cause__ is not None or e.__context__ is not None or isinstance(e, SyntaxError):
        return "".join(traceback.format_exception(type(e), e, tb))
    lines = ["Traceback (most recent call last):\n"] + frames.format() if frames else []
    return "".join(lines + traceback.format_exception_only(type(e), e))


def _is_own(filename):
    return filename == __file__ or "runpy" in os.path.basename(filename) or filename == "<frozen runpy>"


def _end_with(sock, pid):
    """Ends this process when the connection does."""
    try:
        while client.receive(sock) is not None:
            pass
    except OSError:
        pass
    if os.getpid() == pid:
        os._exit(143)


if __name__ == "__main__":
    if sys.path and sys.path[0] in ("", os.getcwd()):
        sys.path.pop(0)  # put there by -m; the program's own folder takes its place
    sys.exit(main(sys.argv[1:]))
