"""What is written about the equations: their docstrings, and docs/equations.md."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from fastw2v import equations

ROOT = Path(__file__).resolve().parents[1]


# ---- what is written about them ----


@pytest.mark.parametrize("name", equations.__all__)
def test_every_docstring_has_a_formula_the_shapes_and_a_reason(name):
    text = inspect.getdoc(getattr(equations, name))
    derivation, _, rest = text.partition("Parameters: ")
    parameters, _, result = rest.partition("Returns: ")
    assert re.search(r"\S\)? = .*[-+*/(]", derivation), "a formula"
    assert re.search(r"\b(since|because|from)\b", derivation, re.IGNORECASE), "a reason"
    assert re.search(r"\([a-z., ]+, ?[a-z]*\)|in the shape of|a float", result), "the shapes of what is returned"
    for parameter in inspect.signature(getattr(equations, name)).parameters.values():
        if parameter.annotation == "npt.ArrayLike":
            shape = r"[^(;.]*\((\.\.\.|[a-zK-L ]+),[^)]*\)| of any shape"
            assert re.search(rf"\b{parameter.name}\b({shape})", parameters), f"the shape of {parameter.name}"
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            assert re.search(rf"\b{parameter.name}\b", parameters), parameter.name


def table_of_equations():
    """The cells of each row of the page's first table."""
    page = (ROOT / "docs/equations.md").read_text(encoding="utf-8")
    first = next(part for part in page.split("\n\n") if part.startswith("| equation |"))
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in first.splitlines()[2:]]


def code_names(text):
    return re.findall(r"`([^`]+)`", text)


def source(name):
    """The file of this name, or path, among the sources."""
    places = [ROOT / folder / name for folder in ("fastw2v", "src_c", ".")]
    found = [path for path in places if path.is_file()]
    assert found, f"docs/equations.md names {name}, which is no file"
    return found[0]


def test_the_page_names_every_function_and_no_other():
    named = [name for _, functions, _, _ in table_of_equations() for name in code_names(functions)]
    assert set(named) == set(equations.__all__)


def test_the_page_names_sources_that_exist_and_what_stands_in_them():
    page = (ROOT / "docs/equations.md").read_text(encoding="utf-8")
    is_file = re.compile(r"\.(py|pyx|h|c)$").search
    for name in filter(is_file, code_names(page)):
        source(name)
    for _, _, update, _ in table_of_equations():
        names = code_names(update)
        files = [source(name).read_text(encoding="utf-8") for name in filter(is_file, names)]
        assert files, update
        for name in names:
            assert is_file(name) or any(re.search(rf"\b{name}\b", text) for text in files), f"{name} in {update}"


def test_the_page_names_tests_that_exist():
    for equation, _, _, tests in table_of_equations():
        names = code_names(tests)
        assert names, equation
        for name in names:
            module, _, function = name.partition(".")
            tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8"))
            defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert function.startswith("test_"), name
            assert function in defined, name
