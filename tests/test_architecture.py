"""Imports flow one way, layers point down, and only the edge knows Flask. Read from the source, not from running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "portal"

# Each line may import from the lines above it, and from itself where it is one name.
ORDER: tuple[frozenset[str], ...] = (
    frozenset({"errors", "clock", "localization", "storage", "rich_text", "tokens", "logs", "garbage"}),
    frozenset({"config"}),
    frozenset({"database"}),
    frozenset({"cli_context"}),
    frozenset({"web"}),
    frozenset({"jobs"}),
    frozenset({"agents", "people"}),
    frozenset({"mail"}),
    frozenset({"coach"}),
    frozenset({"knowledge_base"}),
    frozenset({"search"}),
    frozenset({"tickets"}),
    frozenset({"automation"}),
    frozenset({"contact"}),
    frozenset({"insights", "privacy", "api"}),
    frozenset({"demo", "bench"}),
    frozenset({"app", "serving"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
# What a domain's files may import from the same domain: only layers further down.
LAYERS = {"cli": 4, "routes": 4, "access": 3, "actions": 2, "queries": 2, "forms": 1, "models": 0}
# Jobs run inside the app's context, which the queue and the worker give them.
FLASK_EDGE = {"app", "cli", "cli_context", "jobs", "serving"}


def imports_of(source: str) -> Iterator[str]:
    """Every dotted name that a module's source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top_of(module: str) -> str:
    """The domain (or foundation module) that a dotted name below ``portal`` belongs to."""
    return module.split(".")[1]


def layer_of(stem: str) -> int | None:
    """The layer of a file by its name; None for rules and adapters, which anybody in the domain may use."""
    if stem.endswith("routes"):
        return LAYERS["routes"]
    if stem.endswith("forms"):
        return LAYERS["forms"]
    return LAYERS.get(stem)


def violations(module: str, source: str) -> list[str]:
    """What a module, named like ``portal.tickets.actions``, imports that it may not."""
    found = []
    own, stem = top_of(module), module.rsplit(".", 1)[-1]
    for name in imports_of(source):
        if name.split(".")[0] == "flask" and not may_import_flask(own, stem):
            found.append(f"{module} imports {name}: only routes, access, cli, web and app know Flask")
        if not name.startswith("portal."):
            continue
        target = top_of(name)
        if target not in RANK:
            found.append(f"{module} imports {name}, which has no place in the order")
        elif target != own and RANK[target] >= RANK[own] and not (RANK[target] == RANK[own] == 0):
            found.append(f"{module} imports {name} against the current")
        elif target == own and len(name.split(".")) > 2:
            lower, upper = layer_of(name.split(".")[2]), layer_of(stem)
            if lower is not None and upper is not None and lower > upper:
                found.append(f"{module} imports {name}: layers point down")
    return found


def may_import_flask(own: str, stem: str) -> bool:
    """Whether a module stands at the edge."""
    return own == "web" or own in FLASK_EDGE or stem.endswith("routes") or stem in {"access", "cli"}


def modules() -> Iterator[tuple[str, str]]:
    """Every module of the package with its source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts or path == PACKAGE / "__init__.py":
            continue
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, path.read_text("utf-8")


def test_imports_flow_one_way():
    found = [line for module, source in modules() for line in violations(module, source)]
    assert not found, "\n".join(found)


def test_every_package_has_its_place_in_the_order():
    assert {top_of(module) for module, _source in modules()} <= set(RANK)


def test_only_one_module_knows_whoosh():
    knowing = {
        module for module, source in modules() if any(name.split(".")[0] == "whoosh" for name in imports_of(source))
    }
    assert knowing == {"portal.search.whoosh_index"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("portal.web.paging", "from portal.tickets.models import Ticket"),
        ("portal.knowledge_base.queries", "import portal.search.engine"),
        ("portal.people.actions", "from portal.agents.models import Agent"),
        ("portal.mail.outbox", "def f():\n    from portal.tickets import actions"),
        ("portal.tickets.models", "from portal.tickets.actions import open_ticket"),
        ("portal.tickets.actions", "from portal.tickets.agent_routes import blueprint"),
        ("portal.tickets.actions", "from flask import request"),
        ("portal.tickets.lifecycle", "import flask"),
        ("portal.config", "from portal.database import db"),
        ("portal.contact.actions", "from portal.attic import anything"),
    ],
)
def test_a_planted_violation_is_found(module: str, source: str):
    assert violations(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("portal.tickets.actions", "from portal.mail.outbox import enqueue"),
        ("portal.tickets.agent_routes", "from flask import Blueprint\nfrom portal.tickets.queries import queue"),
        ("portal.web.htmx", "import flask"),
        ("portal.tickets.actions", "from portal.tickets.lifecycle import summarise"),
    ],
)
def test_what_is_allowed_is_not_reported(module: str, source: str):
    assert violations(module, source) == []
