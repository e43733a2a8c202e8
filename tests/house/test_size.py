"""Nothing grows beyond what one can read: 80 lines a function, 500 a file (migrations excepted)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("src", "tests", "bench", "browser")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".ts", ".css", ".html"}
    and "migrations" not in path.parts
    and "built" not in path.parts
    and "node_modules" not in path.parts
)


def test_no_file_is_longer_than_500_lines():
    long = {str(p.relative_to(ROOT)): n for p in FILES if (n := p.read_text().count("\n")) > 500}
    assert long == {}


@pytest.mark.parametrize("kind", ["src", "tests", "bench"])
def test_no_function_is_longer_than_80_lines(kind: str):
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1})"
        for path in FILES
        if path.suffix == ".py" and path.is_relative_to(ROOT / kind)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 80
    ]
    assert long == []


def test_everything_public_says_what_it_means():
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in FILES
        if path.suffix == ".py" and path.is_relative_to(ROOT / "src")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
