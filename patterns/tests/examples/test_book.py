"""Every example of the catalogue is run or parsed by a test of this folder."""

import ast
from pathlib import Path

import pytest

from patterns.tests.examples.book import examples

HERE = Path(__file__).parent


@pytest.mark.parametrize(("code", "title"), examples())
def test_every_example_has_its_test(code: str, title: str):
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in HERE.glob(f"test_{code}_*.py")]

    said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}

    assert title in said
