"""Columns written are columns read."""

import datetime
import decimal
import unittest

from pyflink._weir import columns
from pyflink.common.types import Row

D = decimal.Decimal
CASES = [
    ({"t": "BOOLEAN"}, [True, None, False]),
    ({"t": "INT"}, [1, -2, None, 2 ** 31 - 1]),
    ({"t": "BIGINT"}, [2 ** 62, None]),
    ({"t": "DOUBLE"}, [0.1, None, -1e300]),
    ({"t": "DECIMAL", "n": 10, "s": 2}, [D("1.50"), None, D("-99999999.99")]),
    ({"t": "DECIMAL", "n": 38, "s": 10}, [D("1234567890123456789012345678.0123456789"), None]),
    ({"t": "VARCHAR", "n": 9}, ["a", None, "", "é股😀"]),
    ({"t": "VARBINARY", "n": 9}, [b"\x00\xff", None, b""]),
    ({"t": "DATE"}, [datetime.date(1969, 12, 31), None, datetime.date(9999, 1, 2)]),
    ({"t": "TIME", "n": 3}, [datetime.time(23, 59, 59, 999000), None]),
    ({"t": "TIMESTAMP", "n": 3}, [datetime.datetime(1960, 1, 2, 3, 4, 5, 6000), None]),
    ({"t": "TIMESTAMP", "n": 6}, [datetime.datetime(2020, 1, 2, 3, 4, 5, 678901), None]),
    ({"t": "TIMESTAMP_LTZ", "n": 3}, [datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), None]),
    ({"t": "INTERVAL_DS"}, [datetime.timedelta(days=-1, milliseconds=3), None]),
    ({"t": "ARRAY", "elem": {"t": "INT"}}, [[1, None], None, []]),
    ({"t": "MAP", "key": {"t": "VARCHAR", "n": 9}, "elem": {"t": "INT"}}, [{"a": 1, "b": None}, None, {}]),
]


class ColumnsTest(unittest.TestCase):
    def test_written_is_read(self):
        for spec, values in CASES:
            for column in (values, [v for v in values if v is not None], values * 100, []):
                with self.subTest(spec["t"], n=len(column)):
                    data = b"".join(columns.writer(spec, datetime.timezone.utc)(column))
                    read = columns.reader(spec, datetime.timezone.utc)(columns.Cursor(data), len(column))
                    self.assertEqual(column, list(read))

    def test_rows_by_position_name_and_dict(self):
        spec = {"t": "ROW", "fields": [{"name": "a", "type": {"t": "INT"}}, {"name": "b", "type": {"t": "INT"}}]}
        data = b"".join(columns.writer(spec, None)([(1, 2), Row(b=4, a=3), {"a": 5}, None]))
        rows = columns.reader(spec, None)(columns.Cursor(data), 4)
        self.assertEqual([[1, 2], [3, 4], [5, None], None], [r and list(r) for r in rows])

    def test_what_is_no_value_of_the_type_is_named(self):
        for spec, value in (({"t": "BIGINT"}, 1.5), ({"t": "INT"}, 2 ** 40), ({"t": "VARCHAR"}, 7),
                            ({"t": "DATE"}, "2020-01-01"), ({"t": "DECIMAL", "n": 3, "s": 1}, D("1000"))):
            with self.assertRaisesRegex(TypeError, "the function returned .*, which is no %s" % spec["t"]):
                columns.writer(spec, None)([None, value])


if __name__ == "__main__":
    unittest.main()
