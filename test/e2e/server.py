"""A weir server for a test: started on free loopback ports over a temporary
data directory, ended by its pid, and looked at for orphans afterwards."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request

import boto3
import botocore.config

WEIR = pathlib.Path(os.environ.get("WEIR_BINARY", ".build/weir")).resolve()
ACCESS_KEY, SECRET = "WEIRE2EROOTACCESSKEY", "root-secret-for-the-tests-only-0123456789"
READY = re.compile(r"ready on (http://127\.0\.0\.1:\d+)(?: and (https://127\.0\.0\.1:\d+))?")


def children(pid):
    """The processes below pid, all generations; [] where there is no /proc."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    out, todo = [], [pid]
    while todo:
        below = parents.get(todo.pop(), [])
        out += below
        todo += below
    return out


def running(pid):
    """Whether pid still runs; a zombie does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(what, check, seconds=60):
    """Calls check until it returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        last = check()
        if last:
            return last
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s; last seen: {last!r}")


class Server:
    """weir serve; a context manager. data is kept when it was given."""

    def __init__(self, region="us-east-1", data=None, args=()):
        self.region, self.args = region, list(args)
        self.own = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="weir-e2e-"))
        self.process = None
        self.output = []

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *exc):
        self.close()

    def start(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "WEIR_ROOT"))}
        env.update(WEIR_ROOT_ACCESS_KEY_ID=ACCESS_KEY, WEIR_ROOT_SECRET_ACCESS_KEY=SECRET)
        began = time.monotonic()
        self.process = subprocess.Popen(
            [WEIR, "serve", "--data", self.data / "data", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0",
             "--region", self.region, *self.args],
            env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        found = threading.Event()
        threading.Thread(target=self._read, args=(found,), daemon=True).start()
        found.wait(60)
        if not self.ready:
            raise AssertionError("weir serve did not start:\n" + "".join(self.output))
        self.seconds = time.monotonic() - began
        self.endpoint, self.tls_endpoint = self.ready.groups()
        return self

    ready = None

    def _read(self, found):
        for line in self.process.stdout:
            self.output.append(line)
            if self.ready is None and (m := READY.search(line)):
                self.ready = m
                found.set()
        found.set()  # it ended

    def health(self):
        with urllib.request.urlopen(self.endpoint + "/_weir/health", timeout=10) as r:
            return r.status, json.load(r)

    def session(self, key=ACCESS_KEY, secret=SECRET, token=None, region=None):
        return boto3.Session(key, secret, token, region_name=region or self.region)

    def client(self, service, **kw):
        """A boto3 client; key, secret, token and region choose another caller."""
        caller = {k: kw.pop(k) for k in ("key", "secret", "token", "region") if k in kw}
        config = botocore.config.Config(retries={"max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"})
        return self.session(**caller).client(service, endpoint_url=self.endpoint, config=config, **kw)

    def environment(self):
        """The environment with which an AWS tool reaches this server as root."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        env.update(AWS_ENDPOINT_URL=self.endpoint, AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET,
                   AWS_REGION=self.region, AWS_DEFAULT_REGION=self.region, AWS_PAGER="", AWS_CONFIG_FILE=os.devnull,
                   AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
        return env

    def aws(self, *args, stdin=None):
        """The AWS CLI as root; what it printed, parsed when it is JSON."""
        r = subprocess.run(["aws", "--output", "json", *args], env=self.environment(), capture_output=True, input=stdin)
        if r.returncode != 0:
            raise AssertionError(f"aws {' '.join(args)}: {r.stderr.decode()}")
        return r.stdout

    def kill(self):
        """kill -9 of the server, by its pid; its children must go by themselves."""
        below = children(self.process.pid)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self._no_orphans(below)

    def stop(self):
        """SIGTERM, and the exit code."""
        below = children(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._no_orphans(below)
        return code

    def _no_orphans(self, below):
        until("the server's children end with it", lambda: not any(map(running, below)), 30)

    def close(self):
        try:
            if self.process is not None and self.process.poll() is None:
                self.stop()
        finally:
            if self.process is not None and self.process.poll() is None:
                self.process.kill()
                self.process.wait(30)
            if self.own:
                shutil.rmtree(self.data, ignore_errors=True)
