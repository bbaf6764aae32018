"""The one path that leads elsewhere, by every way to open a file."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

PROGRAM = textwrap.dedent("""
    import io, json, os, pathlib
    from pyflink._weir import properties
    properties.install()
    path = "/etc/flink/application_properties.json"
    for read in (lambda: open(path).read(), lambda: io.open(path, "rb").read(), lambda: pathlib.Path(path).read_text(),
                 lambda: os.read(os.open(path, os.O_RDONLY), 9999), lambda: open("/etc/flink/../flink/application_properties.json").read(),
                 lambda: open(pathlib.Path(path)).read(), lambda: open(file=path).read()):
        assert json.loads(read())[0]["PropertyGroupId"] == "mine", read
    for there in (os.path.exists(path), os.path.isfile(path), os.access(path, os.R_OK), pathlib.Path(path).exists(),
                  pathlib.Path(path).is_file(), os.stat(path).st_size, os.path.getsize(path), os.path.lexists(path)):
        assert there
    assert not os.path.exists("/etc/flink/other.json") and not os.path.isdir(path)
    try:
        open("/etc/flink/other.json")
        raise AssertionError("another file of the folder was opened")
    except FileNotFoundError:
        pass
    fd = os.open(os.devnull, os.O_RDONLY)
    os.stat(fd), os.path.exists(fd), open(fd).close()
    print("fine")
""")


class PropertiesTest(unittest.TestCase):
    def test_every_way_to_open_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
            json.dump([{"PropertyGroupId": "mine", "PropertyMap": {}}], f)
            f.flush()
            env = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), WEIR_APPLICATION_PROPERTIES=f.name)
            out = subprocess.run([sys.executable, "-c", PROGRAM], env=env, stdout=subprocess.PIPE, check=True)
        self.assertEqual(b"fine\n", out.stdout)


if __name__ == "__main__":
    unittest.main()
