"""Words written as one → the words of the articles that they consist of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_SHORTEST: Final = 7
_LONGEST: Final = 40
_SHORTEST_PART: Final = 3
_SHORTEST_PART_ELSEWHERE: Final = 4
_MOST_PARTS: Final = 4
# What stands between the parts; folded, so that the Danish and Norwegian letters are plain ones, too.
_LINKS: Final[Mapping[str, tuple[str, ...]]] = {
    "da": ("s", "e", "er"),
    "de": ("s", "es", "n", "en", "er", "e", "ens"),
    "et": (),
    "fi": ("n",),
    "hu": (),
    "is": ("s", "a", "ar", "u"),
    "nb": ("s", "e"),
    "nl": ("s", "e", "en", "er"),
    "nn": ("s", "e"),
    "no": ("s", "e"),
    "sv": ("s", "o", "e", "u"),
}


def candidates(folded: str, locale: str) -> list[str]:
    """The stretches of a word that may be its parts; none for words too short or too long to take apart."""
    shortest = _shortest_part(locale)
    if not _may_be_compound(folded):
        return []
    ends = range(shortest, len(folded) + 1)
    found = {folded[start:end] for end in ends for start in range(end - shortest + 1)}
    return sorted(found - {folded})


def beginnings(folded: str, locale: str) -> list[str]:
    """Those of the :func:`candidates` that a word begins with: where none is a word, there are no parts."""
    ends = range(_shortest_part(locale), len(folded)) if _may_be_compound(folded) else ()
    return [folded[:end] for end in ends]


def parts(folded: str, frequencies: Mapping[str, int], locale: str) -> tuple[str, ...]:
    """The words that a compound consists of: as few as possible, of equally few splits the one of the commonest words.

    `frequencies` has in how many documents each of its :func:`candidates` stands. Between parts there may be what the
    language links them with (German s, es, n, en …); in languages that write compounds apart there may be nothing,
    and only two words are found that somebody forgot to put a space between. () when there is no such split.
    """
    language = locale.split("_")[0]
    most = _MOST_PARTS if language in _LINKS else 2
    splits = list(_splits(folded, frequencies, ("", *_LINKS.get(language, ())), _shortest_part(locale), most))
    if not splits:
        return ()
    return min(splits, key=lambda split: (len(split), -min(frequencies[part] for part in split), split))


def _may_be_compound(folded: str) -> bool:
    return _SHORTEST <= len(folded) <= _LONGEST and folded.isalpha()


def _shortest_part(locale: str) -> int:
    return _SHORTEST_PART if locale.split("_")[0] in _LINKS else _SHORTEST_PART_ELSEWHERE


def _splits(
    rest: str, frequencies: Mapping[str, int], links: tuple[str, ...], shortest: int, most: int
) -> Iterator[tuple[str, ...]]:
    if frequencies.get(rest):
        yield (rest,)
    if most == 1:
        return
    for end in range(shortest, len(rest) - shortest + 1):
        part = rest[:end]
        if not frequencies.get(part):
            continue
        for link in links:
            if rest.startswith(link, end):
                tail = rest[end + len(link) :]
                if len(tail) >= shortest:
                    yield from ((part, *others) for others in _splits(tail, frequencies, links, shortest, most - 1))
