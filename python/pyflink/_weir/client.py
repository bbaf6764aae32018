"""The link to the ``weir`` process: requests and answers as framed JSON.

A frame is a big-endian 32-bit length and that many bytes of UTF-8 JSON. Each
thread has its own connection and one request under way on it; what a request
speaks of (sessions, results, jobs) is the server's and shared by all of them.
"""

import json
import os
import socket
import struct
import threading
import weakref

from pyflink.util.exceptions import Py4JNetworkError, TableException, from_engine

ADDRESS = "WEIR_PYFLINK_ADDRESS"
TOKEN = "WEIR_PYFLINK_TOKEN"

_LENGTH = struct.Struct(">I")
_local = threading.local()
_opened = weakref.WeakSet()  # connections of this process


def dial(role, **more):
    """Opens a connection and says what it is for."""
    address = os.environ.get(ADDRESS)
    if not address:
        raise TableException(
            "This pyflink is driven by Weir, and no Weir started this program: "
            "start it with `weir run %s`." % _program_name())
    kind, _, where = address.partition(":")
    try:
        if kind == "unix":
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.connect(where)
        else:
            host, _, port = where.rpartition(":")
            sock = socket.create_connection((host, int(port)))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as e:
        raise Py4JNetworkError("Weir at %s does not answer: %s" % (address, e))
    _opened.add(sock)
    hello = {"op": "hello", "role": role, "token": os.environ.get(TOKEN, ""), "pid": os.getpid()}
    hello.update(more)
    send(sock, hello)
    return sock


def close_inherited():
    """Closes, in a forked process, the connections of its parent, which end with the parent."""
    for sock in list(_opened):
        sock.close()
    _opened.clear()


def send(sock, message):
    """Writes one frame."""
    data = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    sock.sendall(_LENGTH.pack(len(data)) + data)


def receive(sock):
    """Reads one frame; None at the end of the connection."""
    head = read_exactly(sock, 4)
    if head is None:
        return None
    data = read_exactly(sock, _LENGTH.unpack(head)[0])
    return None if data is None else json.loads(bytes(data).decode("utf-8"))


def read_exactly(sock, n):
    """Reads n bytes; None when the connection ends before."""
    data = bytearray(n)
    view, got = memoryview(data), 0
    while got < n:
        k = sock.recv_into(view[got:])
        if k == 0:
            return None
        got += k
    return data


def call(op, **arguments):
    """Sends a request and returns the answer's fields, or raises its error."""
    sock = _connection()
    arguments["op"] = op
    try:
        send(sock, arguments)
        answer = receive(sock)
    except BaseException:  # also Ctrl-C: what arrives later belongs to nobody
        _drop()
        raise
    if answer is None:
        _drop()
        raise Py4JNetworkError("Weir ended while it ran %s" % op)
    error = answer.get("error")
    if error is not None:
        raise from_engine(error.get("class", ""), error.get("message", ""))
    return answer.get("ok") or {}


def _connection():
    if getattr(_local, "pid", None) != os.getpid():
        _local.sock, _local.pid = dial("call"), os.getpid()
    return _local.sock


def _drop():
    if getattr(_local, "pid", None) == os.getpid():
        _local.sock.close()
    _local.pid = None


def _program_name():
    import sys
    return os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "program.py"
