"""Python 3.7 must be able to read every file."""

import ast
import glob
import os
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SyntaxTest(unittest.TestCase):
    def test_python_3_7_can_read_every_file(self):
        files = glob.glob(os.path.join(ROOT, "pyflink", "**", "*.py"), recursive=True)
        self.assertGreater(len(files), 50)
        for name in files:
            with open(name, encoding="utf-8") as f:
                text = f.read()
            try:
                ast.parse(text, name, feature_version=(3, 7))
            except TypeError:  # this is Python 3.7 itself
                ast.parse(text, name)

    def test_no_imports_but_the_standard_library(self):
        optional = {"pandas", "pytz", "py4j", "zoneinfo"}
        for name in glob.glob(os.path.join(ROOT, "pyflink", "**", "*.py"), recursive=True):
            with open(name, encoding="utf-8") as f:
                tree = ast.parse(f.read(), name)
            for node in tree.body:  # at the top: those inside functions are optional by what they do
                if isinstance(node, ast.Import):
                    for alias in node.names:
                        self.assertNotIn(alias.name.split(".")[0], optional, name)
                        __import__(alias.name.split(".")[0])


if __name__ == "__main__":
    unittest.main()
