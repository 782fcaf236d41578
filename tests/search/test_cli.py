from __future__ import annotations

from click.testing import CliRunner

from portal.search.cli import group
from tests import factories


def run(app, *arguments: str):
    return CliRunner().invoke(group, list(arguments), obj=lambda: app)


def test_status_says_that_there_is_no_index_and_what_to_do(app):
    result = run(app, "status")

    assert result.exit_code == 1
    assert "portal search rebuild" in result.output


def test_rebuild_and_status_tell_languages_and_position(app):
    factories.make_translation()
    factories.make_translation(locale="pt_BR")

    rebuilt = run(app, "rebuild")
    status = run(app, "status")

    assert "The index holds 2 translations." in rebuilt.output
    assert "en, pt-BR: change 0 of 0, up to date." in status.output
