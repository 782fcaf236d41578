"""Mail that only says thank you, and so asks for nothing: it does not reopen a ticket.

Nothing is searched for that could be wrong; everything in the text has to be known. A word that is neither thanks nor
a courtesy, nor somebody's name, is something new, and so is any digit, question or file.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from portal.tickets.thanks_words import NEGATIVE_UNSPACED, SPACED, UNSPACED, ThanksWords

_LONGEST: Final = 400
_MOST_WORDS: Final = 45
_MOST_NAME_WORDS: Final = 3
_NO: Final = frozenset(["no", "nein", "non", "não", "nope", "nee", "not", "لا"])
_SEGMENT_END: Final = re.compile(r"(?<=,)(?=\n)|[.,;:!،؛…()\n\-–—]+(?=\s|$)|\n")
# Digits (dates, codes, sums), questions in any script, addresses and links, files named, faces that are not pleased.
_NEW_FACT: Final = re.compile(r"[0-9０-９٠-٩۰-۹@%€$£¥₹/\\{}=<>]|www\.|https?:|\w\.[a-z]{2,4}\b")
_QUESTION: Final = re.compile(r"[?？؟⁇⁈]")
_DISPLEASED: Final = re.compile(
    "[\U0001f44e\U0001f620-\U0001f623\U0001f612\U0001f641\U0001f644\U0001f914\U0001f926]|[:;]-?[(/]"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*['’]?", re.UNICODE)
_ARABIC_MARKS: Final = re.compile("[\u064b-\u0652\u0640]")
_HAN_OR_KANA: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_KANA: Final = re.compile("[\u3040-\u30ff]")
# A name with its title; or, below the text, in its own line.
_NAME_UNSPACED: Final = {
    "ja": re.compile(
        "(?:^|(?<=[\\s、。！!]))[\u3041-\u30ff\u3400-\u9fff]{1,6}(?:様|さま|さん|先生)"
        "|\\n[\u3400-\u9fff]{1,4}\\s?[\u3041-\u30ff\u3400-\u9fff]{0,4}$"
    ),
    "zh": re.compile("[\u3400-\u9fff](?:老师|先生|女士|小姐|经理)|\\n[\u3400-\u9fff]{2,4}$"),
}


def thanks_reason(text: str, locale: str, *, has_files: bool) -> str:
    """The rule by which `text`, without quotes and signature, is nothing but thanks; "" where it is more.

    "only_thanks", "thanks_and_solved" (they say also that it works now) or "only_solved" (no more than that). The
    language is that of `locale` first, then any of those known: people thank in a language not their own.
    """
    text = text.strip()
    if has_files or not text or len(text) > _LONGEST:
        return ""
    if _QUESTION.search(text) or _NEW_FACT.search(text) or _DISPLEASED.search(text):
        return ""
    if _HAN_OR_KANA.search(text):
        return _unspaced_reason(text, "ja" if _KANA.search(text) or locale.startswith("ja") else "zh")
    own = locale.partition("_")[0]
    languages = [own, *(language for language in SPACED if language != own)] if own in SPACED else list(SPACED)
    return next((reason for language in languages if (reason := _spaced_reason(text, SPACED[language]))), "")


def _spaced_reason(text: str, known: ThanksWords) -> str:
    text = _ARABIC_MARKS.sub("", text.replace("’", "'"))
    flat = f" {' '.join(_WORD.findall(text.lower()))} "
    if any(f" {phrase.strip()} " in flat for phrase in known.negative):
        return ""
    segments = [segment for segment in _SEGMENT_END.split(text) if _WORD.search(segment)]
    kinds: list[str] = []
    # "Jo," in its own line begins a letter, "Jo" in the last of several closes it.
    is_greeting = text.partition("\n")[0].rstrip().endswith(",") and len(segments) > 1
    is_signed = text.count("\n") >= 3 and _WORD.sub("", text[text.rfind("\n") :]).strip() in {"", "."}
    is_courtesy = False
    for number, segment in enumerate(segments):
        words = _WORD.findall(segment)
        # Scripts without capitals show a name below the text by nothing but its place.
        is_last = number == len(segments) - 1
        if is_signed and is_last and is_courtesy and len(words) <= 3 and not any(map(str.islower, words)):
            kinds += ["name"] * len(words)
            break
        found = _kinds(words, known, is_aside=number > 0 or is_greeting, alone=len(segments) == 1)
        if found is None:
            return ""
        kinds += found
        is_courtesy = set(found) <= {"around", "title"}
    if len(kinds) > _MOST_WORDS or kinds.count("name") > _MOST_NAME_WORDS:
        return ""
    return _verdict("thanks" in kinds, "solved" in kinds)


def _kinds(words: list[str], known: ThanksWords, *, is_aside: bool, alone: bool) -> list[str] | None:
    """What each word between two marks is; None when one is new. An aside may be somebody's name and nothing else."""
    kinds: list[str] = []
    for word in words:
        kind = _kind(word.lower().strip("'"), known)
        if kind == "new":
            is_name = word[0].isupper() and (_may_precede_name(kinds) or (is_aside and set(kinds) <= {"name"}))
            is_name |= not word[0].isupper() and kinds == ["title"]
            # "thanks anna", and the scripts without capitals.
            is_name |= alone and len(words) == 2 and kinds == ["thanks"] and word.lower() not in _NO
            if not is_name:
                return None
            kind = "name"
        kinds.append(kind)
    return kinds


def _may_precede_name(kinds: list[str]) -> bool:
    return bool(kinds) and kinds[-1] in {"thanks", "title", "name"}


def _kind(word: str, known: ThanksWords) -> str:
    if word in known.thanks:
        return "thanks"
    if word in known.solved:
        return "solved"
    if word in known.titles:
        return "title"
    if word in known.around:
        return "around"
    # French and Italian join words by an apostrophe, others by a hyphen.
    parts = re.split(r"['\-]", word)
    if len(parts) > 1 and all(part in known.around or part in known.solved or len(part) == 1 for part in parts if part):
        return "around"
    return "new"


def _verdict(says_thanks: bool, says_solved: bool) -> str:
    if says_thanks:
        return "thanks_and_solved" if says_solved else "only_thanks"
    return "only_solved" if says_solved else ""


@cache
def _phrases(language: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile("|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True)))
        for phrases in UNSPACED[language]
    )


def _unspaced_reason(text: str, language: str) -> str:
    text = text.lower()
    if any(phrase in text for phrase in NEGATIVE_UNSPACED[language]):
        harmless = re.sub(
            "すみませんでした|問題ありません|構いません|かまいません|不好意思|不客气|不错|感激不尽|不胜感激", "", text
        )
        if any(phrase in harmless for phrase in NEGATIVE_UNSPACED[language]):
            return ""
    thanks, solved, around = _phrases(language)
    without_names = _NAME_UNSPACED[language].sub(" ", text)
    without_thanks = thanks.sub(" ", without_names)
    without_solved = solved.sub(" ", without_thanks)
    rest = "".join(_WORD.findall(around.sub(" ", without_solved)))
    if rest:
        return ""
    return _verdict(without_thanks != without_names, without_solved != without_thanks)
