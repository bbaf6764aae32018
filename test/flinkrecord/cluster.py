"""A real Flink on loopback: one JobManager, one TaskManager, a SQL Gateway.

Installs it under a home directory (the wheel that has Flink's jars, and the
gateway's jar, which the wheel leaves out, by Maven), starts the processes on
free ports and ends exactly these. Needs Java 17, Python 3 and Maven.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

VERSION = "2.3.0"
OPENS = ["lang", "io", "nio", "text", "time", "util", "util.concurrent", "util.concurrent.atomic",
         "util.concurrent.locks", "lang.reflect"]
TASKMANAGER = {
    "taskmanager.cpu.cores": "8.0", "taskmanager.memory.task.heap.size": "600mb",
    "taskmanager.memory.task.off-heap.size": "0b", "taskmanager.memory.framework.heap.size": "128mb",
    "taskmanager.memory.framework.off-heap.size": "128mb", "taskmanager.memory.network.min": "128mb",
    "taskmanager.memory.network.max": "128mb", "taskmanager.memory.managed.size": "256mb",
    "taskmanager.memory.jvm-metaspace.size": "768mb", "taskmanager.memory.jvm-overhead.min": "256mb",
    "taskmanager.memory.jvm-overhead.max": "256mb",
}


def install(home: pathlib.Path) -> pathlib.Path:
    """Installs Flink under home when it is not there; its own home directory."""
    venv = home / "venv"
    if not list(venv.glob("lib/python*/site-packages/pyflink/lib/flink-dist*.jar")):
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin/pip"), "install", "-q", f"apache-flink-libraries=={VERSION}"], check=True)
    if not (home / f"flink-sql-gateway-{VERSION}.jar").exists():
        if not shutil.which("mvn"):
            sys.exit("flink-record needs mvn: the gateway's jar is only in Maven's repository")
        subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-DoutputDirectory={home}",
                        f"-Dartifact=org.apache.flink:flink-sql-gateway:{VERSION}"], check=True)
    return next(venv.glob("lib/python*/site-packages/pyflink"))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cluster:
    """The processes, between __enter__ and __exit__."""

    def __init__(self, home: pathlib.Path):
        self.home, self.flink = home, install(home)
        self.run = home / "run"
        self.rest, self.rpc, self.gateway = free_port(), free_port(), free_port()
        self.children, self.ending, self.respawner = {}, False, None

    def __enter__(self):
        shutil.rmtree(self.run, ignore_errors=True)
        (self.run / "log").mkdir(parents=True)
        (self.run / "tmp").mkdir()
        self._configure()
        try:
            self._launch("jobmanager", ["-Xmx1g"], "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                         ["--configDir", str(self.run)])
            self._taskmanager()
            self._launch("gateway", ["-Xmx1500m"], "org.apache.flink.table.gateway.SqlGateway", [
                "-Dsql-gateway.endpoint.rest.address=127.0.0.1", "-Dsql-gateway.endpoint.rest.bind-address=127.0.0.1",
                f"-Dsql-gateway.endpoint.rest.port={self.gateway}"])
            self._await()
        except BaseException:
            self.__exit__()
            raise
        self.respawner = threading.Thread(target=self._respawn, daemon=True)
        self.respawner.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        if self.respawner:
            self.respawner.join()
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _configure(self):
        (self.run / "config.yaml").write_text("\n".join([
            "jobmanager.rpc.address: 127.0.0.1", f"jobmanager.rpc.port: {self.rpc}", "jobmanager.bind-host: 127.0.0.1",
            "jobmanager.memory.process.size: 1600m", "taskmanager.bind-host: 127.0.0.1", "taskmanager.host: 127.0.0.1",
            "taskmanager.numberOfTaskSlots: 16", "parallelism.default: 1", "rest.address: 127.0.0.1",
            "rest.bind-address: 127.0.0.1", f"rest.port: {self.rest}", "restart-strategy.type: none",
            "resourcemanager.standalone.start-up-time: 864000000", f"io.tmp.dirs: {self.run / 'tmp'}",
            "classloader.check-leaked-classloader: false", "web.submit.enable: false",
            "taskmanager.memory.process.size: 2400m", ""]))
        (self.run / "log4j.properties").write_text(
            "rootLogger.level = WARN\nrootLogger.appenderRef.file.ref = F\nappender.file.name = F\nappender.file.type = File\n"
            "appender.file.fileName = ${sys:log.file}\nappender.file.layout.type = PatternLayout\n"
            "appender.file.layout.pattern = %d{HH:mm:ss,SSS} %-5p %c - %m%n\n")

    def _launch(self, name, jvm, main, args):
        java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if os.environ.get("JAVA_HOME") else "java"
        jars = [str(p) for p in sorted((self.flink / "lib").glob("*.jar"))]
        if name == "gateway":
            jars += [str(p) for p in (self.flink / "opt").glob("flink-python*.jar")]
            jars.append(str(self.home / f"flink-sql-gateway-{VERSION}.jar"))
        opens = [f"--add-opens=java.base/java.{p}=ALL-UNNAMED" for p in OPENS]
        opens += ["--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
                  "--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED"]
        with open(self.run / "log" / f"{name}.out", "ab") as out:
            self.children[name] = subprocess.Popen(
                [java, *jvm, "-XX:+UseSerialGC", *opens, "-Duser.timezone=UTC", "-Dfile.encoding=UTF-8",
                 f"-Dlog.file={self.run}/log/{name}.log", f"-Dlog4j.configurationFile=file:{self.run}/log4j.properties",
                 "-cp", ":".join(jars), main, *args], stdout=out, stderr=out,
                env={**os.environ, "FLINK_CONF_DIR": str(self.run), "FLINK_HOME": str(self.flink)})

    def _taskmanager(self):
        settings = [x for k, v in TASKMANAGER.items() for x in ("-D", f"{k}={v}")]
        self._launch("taskmanager", ["-Xmx900m", "-XX:MaxDirectMemorySize=500m", "-XX:MaxMetaspaceSize=768m"],
                     "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", ["--configDir", str(self.run), *settings])

    def _respawn(self):
        """A job that fails while it opens its operators can end the TaskManager's process."""
        while not self.ending:
            if self.children["taskmanager"].poll() is not None:
                self._taskmanager()
            time.sleep(0.2)

    def _await(self):
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            for name, child in self.children.items():
                if child.poll() is not None:
                    sys.exit(f"flink-record: the {name} ended early, see {self.run}/log")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.gateway}/info", timeout=2).read()
                overview = json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/overview", timeout=2))
                if overview["slots-total"] > 0:
                    return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.5)
        sys.exit(f"flink-record: Flink is not up after 180 s, see {self.run}/log")
