"""Flink's own SQL client and JDBC driver against a SQL Gateway.

    .venv/bin/python test/flinkclients/clients.py --home .build/flink --record
    .venv/bin/python test/flinkclients/clients.py --home .build/flink --port 8083

With --record they speak to a real Flink, and what they print becomes script.txt
(the client, of script.sql) and driver.txt (Driver.java); with --port it is
compared. Needs Java 17 and Maven; installs what is not there under home.
"""
import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "flinkrecord"))
from cluster import OPENS, VERSION, Cluster, install  # noqa: E402

ARTIFACTS = {f"flink-sql-jdbc-driver-bundle-{VERSION}.jar": f"org.apache.flink:flink-sql-jdbc-driver-bundle:{VERSION}",
             "slf4j-api-1.7.36.jar": "org.slf4j:slf4j-api:1.7.36"}
DRIVER, LOGGING = ARTIFACTS


def jars(home):
    """Fetches the driver, and its logging interface, which it does not bring."""
    for name, artifact in ARTIFACTS.items():
        if not (home / name).exists():
            subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-DoutputDirectory={home}", f"-Dartifact={artifact}"], check=True)


def java(home, classpath, main, *args):
    opens = [f"--add-opens=java.base/java.{p}=ALL-UNNAMED" for p in OPENS]
    done = subprocess.run(["java", "-XX:+UseSerialGC", *opens, "-cp", ":".join(map(str, classpath)), main, *map(str, args)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, env=environment(home))
    return plain(done.stdout) + f"exit {done.returncode}\n"


def environment(home):
    conf = home / "client"
    conf.mkdir(exist_ok=True)
    (conf / "config.yaml").write_text("")
    return {**os.environ, "FLINK_CONF_DIR": str(conf), "TERM": "dumb"}


def plain(text):
    """Without colours, times, job ids and what only tells of the terminal."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\(\d+\.\d+ seconds\)", "(… seconds)", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "JOB", text)
    noise = re.compile(r"jline|WARNING: Unable to create a system terminal|Command history file path|SLF4J|log4j|StatusLogger")
    lines = [line.rstrip() for line in text.split("\n") if not noise.search(line) and not line.startswith("\tat ")]
    return "\n".join(lines)


def client(home, port):
    """What Flink's SQL client prints for script.sql."""
    flink = install(home)
    classpath = [*sorted(flink.glob("lib/*.jar")), flink / f"opt/flink-sql-client-{VERSION}.jar", home / f"flink-sql-gateway-{VERSION}.jar",
                 flink / f"opt/flink-python-{VERSION}.jar"]
    with tempfile.TemporaryDirectory() as dir:
        return java(home, classpath, "org.apache.flink.table.client.SqlClient", "gateway", "--endpoint", f"127.0.0.1:{port}",
                    "-hist", f"{dir}/history", "-f", HERE / "script.sql")


def driver(home, port):
    """What Driver.java prints."""
    install(home)
    jars(home)
    with tempfile.TemporaryDirectory() as dir:
        subprocess.run(["javac", "-d", dir, str(HERE / "Driver.java")], check=True)
        return java(home, [dir, home / DRIVER, home / LOGGING], "Driver", port)


CLIENTS = {"script.txt": client, "driver.txt": driver}


def differences(home, port, name):
    """The lines in which an answer differs from the recorded one."""
    want, got = (HERE / name).read_text(), CLIENTS[name](home, port)
    return list(difflib.unified_diff(want.splitlines(), got.splitlines(), "real Flink", "here", lineterm="", n=1))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--home", type=pathlib.Path, required=True)
    p.add_argument("--port", type=int)
    p.add_argument("--record", action="store_true")
    a = p.parse_args()
    home = a.home.resolve()
    if a.record:
        with Cluster(home) as c:
            for name, run in CLIENTS.items():
                (HERE / name).write_text(run(home, c.gateway))
        return
    found = [line for name in CLIENTS for line in differences(home, a.port, name)]
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
