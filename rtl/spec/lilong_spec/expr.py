# SPDX-License-Identifier: Apache-2.0
"""The expression language of lilong.yaml: parser, evaluation, upper bounds, C++ and SystemVerilog.

Values are unsigned integers or truth values.  `bounds` proves that nothing leaves 0 .. 2^52 - 1,
so the generated code needs no overflow check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WIDTH = 52  # bits of every integer in the generated hardware
GROUP_SIZE = {"groups": "LANES", "window_groups": "WINDOW_LANES"}  # channels of a group
FUNCTIONS = (*GROUP_SIZE, "ceil8")
BOOLEAN = {"&&", "||", "<", "<=", ">", ">=", "==", "!="}
PRECEDENCE = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "%": 6,
}
_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]\w*)|(&&|\|\||<=|>=|==|!=|[-+*%<>!?:()]))")


class ExpressionError(Exception):
    """The text is no expression of the language, or its value could leave the range."""


@dataclass(frozen=True)
class Num:
    value: int


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Call:
    function: str
    argument: Expr


@dataclass(frozen=True)
class Not:
    operand: Expr


@dataclass(frozen=True)
class Binary:
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Choose:
    condition: Expr
    yes: Expr
    no: Expr


Expr = Num | Name | Call | Not | Binary | Choose


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if not match:
                raise ExpressionError(f"'{text}': unexpected character at {position}")
            self.tokens.append(match.group(match.lastindex or 0))
            position = match.end()
        self.tokens.append("")
        self.at = 0

    def take(self, expected: str | None = None) -> str:
        token = self.tokens[self.at]
        if expected is not None and token != expected:
            raise ExpressionError(f"'{self.text}': expected '{expected}', found '{token}'")
        self.at += 1
        return token

    def choose(self) -> Expr:
        condition = self.binary(1)
        if self.tokens[self.at] != "?":
            return condition
        self.take("?")
        yes = self.choose()
        self.take(":")
        return Choose(condition, yes, self.choose())

    def binary(self, level: int) -> Expr:
        left = self.unary()
        while PRECEDENCE.get(self.tokens[self.at], 0) >= level:
            op = self.take()
            left = Binary(op, left, self.binary(PRECEDENCE[op] + 1))
        return left

    def unary(self) -> Expr:
        token = self.take()
        if token == "!":
            return Not(self.unary())
        if token == "(":
            inner = self.choose()
            self.take(")")
            return inner
        if token.isdigit():
            return Num(int(token))
        if re.fullmatch(r"[A-Za-z_]\w*", token):
            if self.tokens[self.at] != "(":
                return Name(token)
            if token not in FUNCTIONS:
                raise ExpressionError(f"'{self.text}': unknown function '{token}'")
            self.take("(")
            argument = self.choose()
            self.take(")")
            return Call(token, argument)
        raise ExpressionError(f"'{self.text}': expected an operand, found '{token}'")


def parse(text: str) -> Expr:
    parser = _Parser(str(text))
    result = parser.choose()
    parser.take("")
    return result


def names(expr: Expr) -> set[str]:
    if isinstance(expr, Num):
        return set()
    if isinstance(expr, Name):
        return {expr.name}
    if isinstance(expr, Call):
        size = GROUP_SIZE.get(expr.function)
        return names(expr.argument) | ({size} if size else set())
    if isinstance(expr, Not):
        return names(expr.operand)
    if isinstance(expr, Binary):
        return names(expr.left) | names(expr.right)
    return names(expr.condition) | names(expr.yes) | names(expr.no)


def is_boolean(expr: Expr) -> bool:
    return (
        (isinstance(expr, Name) and expr.name == "true")
        or isinstance(expr, Not)
        or (isinstance(expr, Binary) and expr.op in BOOLEAN)
    )


def evaluate(expr: Expr, values: Mapping[str, int]) -> int:
    """The value in unbounded integers."""
    if isinstance(expr, Num):
        return expr.value
    if isinstance(expr, Name):
        return 1 if expr.name == "true" else values[expr.name]
    if isinstance(expr, Call):
        x = evaluate(expr.argument, values)
        size = GROUP_SIZE.get(expr.function)
        return -(-x // values[size]) if size else (x + 7) // 8 * 8
    if isinstance(expr, Not):
        return int(not evaluate(expr.operand, values))
    if isinstance(expr, Choose):
        return evaluate(expr.yes if evaluate(expr.condition, values) else expr.no, values)
    a, b = evaluate(expr.left, values), evaluate(expr.right, values)
    operations: dict[str, Callable[[], int]] = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "%": lambda: a % b,
        "<": lambda: int(a < b),
        "<=": lambda: int(a <= b),
        ">": lambda: int(a > b),
        ">=": lambda: int(a >= b),
        "==": lambda: int(a == b),
        "!=": lambda: int(a != b),
        "&&": lambda: int(bool(a) and bool(b)),
        "||": lambda: int(bool(a) or bool(b)),
    }
    return operations[expr.op]()


def bounds(expr: Expr, limits: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Smallest and largest value; raises if an intermediate value could leave the range."""
    if isinstance(expr, Num):
        result = (expr.value, expr.value)
    elif isinstance(expr, Name):
        result = (0, 1) if expr.name == "true" else limits[expr.name]
    elif isinstance(expr, Call):
        low, high = bounds(expr.argument, limits)
        size = GROUP_SIZE.get(expr.function)
        result = (
            (-(-low // limits[size][1]), -(-high // limits[size][0]))
            if size
            else ((low + 7) // 8 * 8, (high + 7) // 8 * 8)
        )
    elif isinstance(expr, Not):
        bounds(expr.operand, limits)
        result = (0, 1)
    elif isinstance(expr, Choose):
        bounds(expr.condition, limits)
        a, b = bounds(expr.yes, limits), bounds(expr.no, limits)
        result = (min(a[0], b[0]), max(a[1], b[1]))
    else:
        a, b = bounds(expr.left, limits), bounds(expr.right, limits)
        if expr.op in BOOLEAN:
            result = (0, 1)
        elif expr.op == "+":
            result = (a[0] + b[0], a[1] + b[1])
        elif expr.op == "-":
            result = (a[0] - b[1], a[1] - b[0])
        elif expr.op == "*":
            result = (a[0] * b[0], a[1] * b[1])
        else:
            if b[0] < 1:
                raise ExpressionError("remainder by zero is possible")
            result = (0, min(a[1], b[1] - 1))
    if result[0] < 0 or result[1] >= 1 << WIDTH:
        raise ExpressionError(f"value can leave 0 .. 2^{WIDTH} - 1: {result}")
    return result


def _emit(
    expr: Expr,
    name: Callable[[str], str],
    num: Callable[[int], str],
    widen: Callable[[str], str],
    true: str,
) -> str:
    def go(e: Expr) -> str:
        return _emit(e, name, num, widen, true)

    def truth(e: Expr) -> str:
        return go(e) if is_boolean(e) else f"({go(e)} != {num(0)})"

    def integer(e: Expr) -> str:
        return widen(go(e)) if is_boolean(e) else go(e)

    if isinstance(expr, Num):
        return num(expr.value)
    if isinstance(expr, Name):
        return true if expr.name == "true" else name(expr.name)
    if isinstance(expr, Call):
        x = integer(expr.argument)
        if expr.function in GROUP_SIZE:
            size = name(GROUP_SIZE[expr.function])
            return f"(({x} + {size} - {num(1)}) / {size})"
        return f"((({x} + {num(7)}) / {num(8)}) * {num(8)})"
    if isinstance(expr, Not):
        return f"!{truth(expr.operand)}"
    if isinstance(expr, Choose):
        return f"({truth(expr.condition)} ? {integer(expr.yes)} : {integer(expr.no)})"
    if expr.op in ("&&", "||"):
        return f"({truth(expr.left)} {expr.op} {truth(expr.right)})"
    return f"({integer(expr.left)} {expr.op} {integer(expr.right)})"


def to_cpp(expr: Expr, name: Callable[[str], str], boolean: bool = False) -> str:
    text = _emit(expr, name, lambda n: f"uint64_t{{{n}}}", lambda b: f"uint64_t{{{b}}}", "true")
    return text if not boolean or is_boolean(expr) else f"({text} != 0)"


def to_sv(expr: Expr, name: Callable[[str], str], boolean: bool = False) -> str:
    text = _emit(expr, name, lambda n: f"{WIDTH}'d{n}", lambda b: f"{WIDTH}'({b})", "1'b1")
    return text if not boolean or is_boolean(expr) else f"({text} != {WIDTH}'d0)"
