"""A session of Flink's SQL Gateway, over its REST API."""
import json
import time
import urllib.error
import urllib.request


class Failed(Exception):
    """The statement failed; the text is the message of the root cause."""


class Session:
    """One session; its statements are executed one at a time."""

    def __init__(self, port: int, options: dict):
        self.base = f"http://127.0.0.1:{port}/v2/sessions"
        self.base += "/" + self._call("POST", "", {"properties": options})["sessionHandle"]

    def _call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        try:
            return json.load(urllib.request.urlopen(request, timeout=120))
        except urllib.error.HTTPError as e:
            raise Failed(root_cause(e.read().decode())) from None

    def execute(self, sql: str):
        """The changes [(kind, [cell])] of a statement, cells as Flink's client prints them."""
        op = self._call("POST", "/statements", {"statement": sql})["operationHandle"]
        rows, token = [], f"/operations/{op}/result/0?rowFormat=PLAIN_TEXT"
        while token:
            page = self._call("GET", token)
            if page["resultType"] == "NOT_READY":
                time.sleep(0.02)
                continue
            rows += [(r["kind"], r["fields"]) for r in page["results"]["data"]]
            after = page.get("nextResultUri")
            if after and not page["results"]["data"]:
                time.sleep(0.02)
            token = after and after[after.index("/operations/"):]
        return rows

    def close(self):
        self._call("DELETE", "")


def root_cause(body: str) -> str:
    """The first line of the message of the last cause in a stack trace."""
    try:
        trace = "\n".join(json.loads(body)["errors"])
    except (ValueError, KeyError):
        return body.strip().splitlines()[0]
    lines = trace.splitlines()
    causes = [i for i, l in enumerate(lines) if l.lstrip().startswith("Caused by: ")]
    first = lines[causes[-1]].lstrip()[len("Caused by: "):] if causes else lines[-1]
    name, _, text = first.partition(": ")
    return text.strip() if text and " " not in name else first.strip()

