"""Long runs of one script: what nobody writes must not take long either."""

from __future__ import annotations

import time

import pytest

from portal.search.question import query_of


@pytest.mark.parametrize(("locale", "sign"), [("zh_Hans", "了"), ("ja", "い")])
def test_thousands_of_signs_of_grammar_are_read_in_a_moment(locale: str, sign: str):
    began = time.thread_time()
    query = query_of(sign * 20_000, locale)

    assert len(query.terms) > 4_000
    # Some 0.1 s; comparing each term with each took over ten.
    assert time.thread_time() - began < 5.0
