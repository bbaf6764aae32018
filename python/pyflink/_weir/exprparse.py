"""The string expressions of Flink 1.11 to 1.15: ``"ticker, price.avg as price"``.

The grammar is Flink's: one level for && and ||, left to right; a comparison
does not chain; a number may not end in ".", so that ``10.minutes`` is an
interval; a call is written before (``avg(price)``) or after (``price.avg``)
its first argument, with the same meaning.
"""

import re

from pyflink.table.expression import METHODS, PROPERTIES, Expression, _call, camel, literal, symbol, type_argument
from pyflink.table.types import DataTypes
from pyflink.util.exceptions import ValidationException

_TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:[LlFfDdPp](?![\w$]))?)
  | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<name>[^\W\d]\w*(?:\$\w+)*|\$\w+|`[^`]+`)
  | (?P<op>===|!==|==|!=|<>|<=|>=|&&|\|\||[-+*/%<>=!(),.?])
""", re.VERBOSE)

_COMPARISONS = {"===": "equals", "==": "equals", "=": "equals", "!==": "notEquals", "!=": "notEquals",
                "<>": "notEquals", ">": "greaterThan", ">=": "greaterThanOrEqual", "<": "lessThan",
                "<=": "lessThanOrEqual"}
_SUMS = {"+": "plus", "-": "minus"}
_PRODUCTS = {"*": "times", "/": "divide", "%": "mod"}
_BOUNDS = ("current_row", "current_range", "unbounded_row", "unbounded_range")

#: Type names of Flink before 1.9, beside SQL's own.
_LEGACY_TYPES = {
    "BYTE": DataTypes.TINYINT(), "SHORT": DataTypes.SMALLINT(), "LONG": DataTypes.BIGINT(),
    "INTEGER": DataTypes.INT(), "BOOL": DataTypes.BOOLEAN(), "SQL_DATE": DataTypes.DATE(),
    "SQL_TIME": DataTypes.TIME(), "SQL_TIMESTAMP": DataTypes.TIMESTAMP(3), "LOCAL_DATE": DataTypes.DATE(),
    "LOCAL_TIME": DataTypes.TIME(), "LOCAL_DATE_TIME": DataTypes.TIMESTAMP(3),
    "DECIMAL": DataTypes.DECIMAL(38, 18), "BIG_DEC": DataTypes.DECIMAL(38, 18), "STRING": DataTypes.STRING(),
    "BYTES": DataTypes.BYTES(), "INTERVAL_MILLIS": DataTypes.INTERVAL(DataTypes.SECOND()),
    "INTERVAL_MONTHS": DataTypes.INTERVAL(DataTypes.MONTH()),
}

#: Flink's names by lower case; others are looked up in the catalog.
_BUILT_IN = {camel(n).lower(): camel(n) for n in PROPERTIES + METHODS}
_BUILT_IN.update({n.lower(): n for n in """
array row map concatWs dateFormat timestampDiff temporalOverlaps currentDate currentTime currentTimestamp localTime
localTimestamp pi e rand randInteger atan2 uuid withColumns withoutColumns rows power mod plus minus times divide and or
not equals notEquals log to_date to_timestamp nullOf ifThenElse in range stddevPop fromUnixtime unixTimestamp
""".split()})
_RENAMED = {"isnull": "isNull", "log": "log", "to_date": "toDate", "to_timestamp": "toTimestamp"}
_CASTS = {"todate": DataTypes.DATE(), "totime": DataTypes.TIME(), "totimestamp": DataTypes.TIMESTAMP(3)}
_WITH_UNIT = {"extract": "extract", "floor": "floor", "ceil": "ceil"}


def parse_list(text):
    """The expressions of a comma-separated list."""
    parser = _Parser(text)
    out = [parser.item()]
    while parser.take(","):
        out.append(parser.item())
    parser.end()
    return out


def parse(text):
    """The one expression of a text."""
    parser = _Parser(text)
    out = parser.item()
    parser.end()
    return out


class _Parser(object):
    def __init__(self, text):
        self.text, self.tokens, self.at = text, [], 0
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                self._fail(at, "cannot read %r" % text[at:at + 10])
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match.group(), at))
            at = match.end()
        self.tokens.append(("end", "", len(text)))

    def _fail(self, at, why):
        raise ValidationException("Could not parse expression at column %d: %s\n%s\n%s^" % (
            at + 1, why, self.text, " " * at))

    def peek(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def take(self, op):
        kind, text, _ = self.peek()
        if kind == "op" and text == op:
            self.at += 1
            return True
        return False

    def expect(self, op):
        if not self.take(op):
            self._fail(self.peek()[2], "%r expected" % op)

    def keyword(self, word, ahead=0):
        kind, text, _ = self.peek(ahead)
        return kind == "name" and text.lower() == word

    def name(self):
        kind, text, at = self.next()
        if kind != "name":
            self._fail(at, "a name expected")
        return text.strip("`")

    def end(self):
        if self.peek()[0] != "end":
            self._fail(self.peek()[2], "end of expression expected")

    def item(self):
        """range | bound | alias"""
        if self.keyword("to", 1) and self.peek()[0] in ("name", "number"):
            start, _, end = self._range_end(), self.next(), self._range_end()
            return _call("range", start, end)
        if self.peek()[1].lower() in _BOUNDS:
            return Expression({"k": "sym", "v": self.next()[1].upper()})
        return self.alias()

    def _range_end(self):
        kind, text, _ = self.next()
        return Expression({"k": "ref", "name": text}) if kind == "name" else Expression(literal(int(text)))

    def alias(self):
        x = self.logic()
        if self.keyword("as"):
            self.next()
            if self.take("("):
                names = [self.name()]
                while self.take(","):
                    names.append(self.name())
                self.expect(")")
                return x.alias(*names)
            return x.alias(self.name())
        return x

    def logic(self):
        x = self.comparison()
        while True:
            if self.take("&&"):
                x = x & self.comparison()
            elif self.take("||"):
                x = x | self.comparison()
            else:
                return x

    def comparison(self):
        x = self.sum()
        kind, text, _ = self.peek()
        if kind == "op" and text in _COMPARISONS:
            self.next()
            return _call(_COMPARISONS[text], x, self.sum())
        return x

    def sum(self):
        return self._left(self.product, _SUMS)

    def product(self):
        return self._left(self.unary, _PRODUCTS)

    def _left(self, operand, operators):
        x = operand()
        while self.peek()[0] == "op" and self.peek()[1] in operators:
            x = _call(operators[self.next()[1]], x, operand())
        return x

    def unary(self):
        if self.take("!"):
            return ~self.composite()
        if self.take("-"):
            return -self.composite()
        self.take("+")
        return self.composite()

    def composite(self):
        x = self.atom()
        while self.take("."):
            x = self.suffix(x)
        if self.keyword("over"):
            self.next()
            return x.over(self.name())
        return x

    def suffix(self, x):
        if self.take("?"):
            if_true, if_false = self.arguments(2)
            return _call("ifThenElse", x, if_true, if_false)
        function = self.name()
        return self.function(function, x, self.take("("))

    def function(self, function, first, parentheses):
        """A call of which the first argument (or None) was read, up to its ")"."""
        word = function.lower()
        if word == "cast":
            first = first or self._first()
            data_type = self.type()
            self.expect(")")
            return first.cast(data_type)
        if word in ("as", "alias") and parentheses:
            first = first or self._first()
            names = [self.name()]
            while self.take(","):
                names.append(self.name())
            self.expect(")")
            return first.alias(*names)
        if word in _WITH_UNIT and parentheses:
            return self._with_unit(_WITH_UNIT[word], first or self._first(True))
        if word in ("timestampdiff", "timestamp_diff"):
            args = self._rest(parentheses, units=True)
            return _call("timestampDiff", *([first] if first is not None else []) + args)
        if word in ("nullof", "null") and parentheses:
            data_type = self.type()
            self.expect(")")
            return _call("nullOf", type_argument(data_type))
        if word == "trim" and parentheses:
            return self._trim(first)
        args = ([first] if first is not None else []) + self._rest(parentheses)
        return self.lookup(function, args)

    def lookup(self, function, args):
        """A call by name: Flink's own function, else the catalog's."""
        word = function.lower()
        if word in _CASTS and len(args) == 1:
            return args[0].cast(_CASTS[word])
        if word == "get" and len(args) == 2:
            return args[0].get(args[1]._node["v"])
        if word == "log" and len(args) == 2:
            return _call("log", args[1], args[0])
        if word in _BUILT_IN:
            return _call(_RENAMED.get(word, _BUILT_IN[word]), *args)
        return Expression({"k": "func", "name": function, "args": [a._node for a in args]})

    def _first(self, optional_more=False):
        x = self.item()
        if not (self.take(",") or optional_more):
            self._fail(self.peek()[2], "',' expected")
        return x

    def _with_unit(self, function, x):
        if self.take(")"):
            return _call(function, x)
        unit = symbol(self.name())
        self.expect(")")
        return _call(function, x, unit)

    def _trim(self, first):
        modes = {"both": "trim", "leading": "trimLeading", "trailing": "trimTrailing"}
        args = [first] if first is not None else []
        function = "trim"
        if self.peek()[1].lower() in modes and self.peek(1)[1] in (",", ")"):
            function = modes[self.next()[1].lower()]
            self.take(",")
        while not self.take(")"):
            args.append(self.item())
            self.take(",")
        if first is None and len(args) == 2:  # trim(BOTH, ' ', s)
            args.reverse()
        return _call(function, *args)

    def _rest(self, parentheses, units=False):
        if not parentheses or self.take(")"):
            return []
        args = []
        while True:
            if units and self.peek()[0] == "name" and self.peek(1)[1] == "," and not args:
                args.append(symbol(self.name()))
            else:
                args.append(self.item())
            if self.take(")"):
                return args
            self.expect(",")

    def arguments(self, n):
        self.expect("(")
        args = self._rest(True)
        if len(args) != n:
            self._fail(self.peek()[2], "%d arguments expected" % n)
        return args

    def type(self):
        start = self.peek()[2]
        name = self.name().upper()
        if self.peek()[1] != "(":
            return _LEGACY_TYPES.get(name, name)
        self.next()
        if name in ("PRIMITIVE_ARRAY", "OBJECT_ARRAY"):
            element = self.type()
            self.expect(")")
            return DataTypes.ARRAY(element)
        if name == "MAP":
            key = self.type()
            self.expect(",")
            value = self.type()
            self.expect(")")
            return DataTypes.MAP(key, value)
        while not self.take(")"):
            if self.next()[0] == "end":
                self._fail(start, "a type expected")
        return self.text[start:self.peek(-1)[2] + 1]

    def atom(self):
        kind, text, at = self.next()
        if kind == "number":
            return _number(text)
        if kind == "string":
            quote = text[0]
            return Expression(literal(text[1:-1].replace(quote * 2, quote)))
        if kind == "name":
            word = text.lower()
            if word in ("true", "false"):
                return Expression(literal(word == "true"))
            if self.take("("):
                return self.function(text.strip("`"), None, True)
            return Expression({"k": "ref", "name": text.strip("`")})
        if text == "(":
            x = self.item()
            self.expect(")")
            return x
        if text == "*":
            return Expression({"k": "ref", "name": "*"})
        if text == "?":
            return _call("ifThenElse", *self.arguments(3))
        self._fail(at, "an expression expected" if kind != "end" else "the expression ends too early")


def _number(text):
    suffix, digits = text[-1].lower(), text[:-1]
    if suffix == "l":
        return Expression(literal(int(digits), DataTypes.BIGINT(False)))
    if suffix == "f":
        return Expression(literal(float(digits), DataTypes.FLOAT(False)))
    if suffix == "d":
        return Expression(literal(float(digits)))
    if suffix == "p":
        import decimal
        return Expression(literal(decimal.Decimal(digits)))
    if "." in text or "e" in text.lower():
        return Expression(literal(float(text)))
    return Expression(literal(int(text)))
