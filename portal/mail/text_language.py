"""The language of a short text, among given locales: by its script, its letters, and for Latin letters by its words.

`latin_languages.tsv` says for 25 languages how frequent each of 2,000 words ("=the") and parts of words ("_th") is, in
steps of 0.7 nepers above 1 in 50,000; counted in interface catalogues of free software, this portal's own texts, and
lists of function words and of what people write in mail.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

_LONGEST: Final = 4000
_TABLE: Final = Path(__file__).parent / "latin_languages.tsv"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Neither addresses nor codes nor names of files are words of a language.
_NOT_PROSE: Final = re.compile(r"[@\d]|://|^www\.|\w\.[a-z]{2,4}\W{0,3}$")
_SCRIPTS: Final[dict[str, re.Pattern[str]]] = {
    "latin": re.compile("[a-zß-öø-žƀ-ɏḀ-ỿ]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "arabic": re.compile("[\u0620-\u06ff\u0750-\u077f]"),
    "kana": re.compile("[\u3041-\u30ff]"),
    "han": re.compile("[\u3400-\u9fff\uf900-\ufaff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "bn": re.compile("[\u0980-\u09ff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "te": re.compile("[\u0c00-\u0c7f]"),
    "ml": re.compile("[\u0d00-\u0d7f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "km": re.compile("[\u1780-\u17ff]"),
    "my": re.compile("[\u1000-\u109f]"),
}
# A sign of Han or kana says as much as some letters; names of products are in Latin letters in every language.
_WEIGHTS: Final = {"latin": 0.5, "kana": 3.0, "han": 2.5, "ko": 2.5}
# Letters, and words, that one language of a script has and its neighbours do not.
_MARKS: Final[dict[str, dict[str, re.Pattern[str]]]] = {
    "cyrillic": {
        "uk": re.compile(r"[іїєґ]|\b(?:не можу|що|як|це|мені|дякую|будь|та|але)\b"),
        "be": re.compile(r"ў|\b(?:дзякуй|што|калі)\b"),
        "sr": re.compile(r"[ђјљњћџ]"),
        "mk": re.compile(r"[ѓќѕ]"),
        "bg": re.compile(
            r"ъ(?=[лрнмтсгкзвбщджч])|\b(?:съм|да|се|ми|моля|здравейте|благодаря|как|ще|си|от|за|и|на|не)\b"
        ),
        "ru": re.compile(r"[ыэё]|\b(?:не|что|как|мне|мой|меня|спасибо|здравствуйте|пожалуйста|это|и|на|вы|за|от)\b"),
    },
    "arabic": {
        "fa": re.compile(r"[پچژگکی]|\b(?:است|می|را|از|با|این|که|من|برای)\b"),
        "ur": re.compile(r"[ٹڈڑںےھہ]|\b(?:ہے|میں|کا|کی|نہیں)\b"),
        "ar": re.compile(r"[ةىيك]|\b(?:ال|مرحبا|سلام)|\b(?:من|في|على|نود|أود|أريد|لا|هل|لم|كيف|عن|أن|إلى)\b"),
    },
}
# A neighbour's own letters outweigh words that both have.
_OWN_LETTERS: Final = re.compile("[іїєґўђјљњћџѓќѕыэёٹڈڑںےھپچژگ]")
# People write in a language that the portal speaks more often than in its neighbour.
_CANDIDATE_LEAD: Final = 2.0
_LEAST_MARGIN: Final = 4.0
_LEAST_MARGIN_PER_WORD: Final = 0.45


def detect_language(text: str, candidates: Sequence[str]) -> str | None:
    """The one of `candidates` (locale codes such as "pt_BR") that `text`, without quotes, is written in.

    None when unsure, and when the language is none of theirs. Of several candidates of one language the first is
    taken, except that Chinese in traditional characters prefers one in that script.
    """
    words = text[:_LONGEST].lower().split()
    text = " ".join(word for word in words if not _NOT_PROSE.search(word[:80]))
    script = _script(text)
    if script is None:
        return None
    if script in {"kana", "han"}:
        return _han_candidate(text, script, candidates)
    if script in _MARKS:
        language = _by_marks(text, _MARKS[script])
    elif script == "latin":
        language = _by_table(text, candidates)
    else:
        language = script
    return _candidate_of(language, candidates) if language else None


def _script(text: str) -> str | None:
    """The script that most of `text` is in; None without letters, or when two scripts are about equal."""
    found = {name: len(letters.findall(text)) * _WEIGHTS.get(name, 1.0) for name, letters in _SCRIPTS.items()}
    if found["kana"]:
        # Japanese has both; what is Chinese has no kana but in a name.
        if found["kana"] * 8 >= found["han"]:
            found["kana"] += found.pop("han")
        else:
            found["han"] += found.pop("kana")
    best, most = max(found.items(), key=lambda item: item[1])
    total = sum(found.values())
    return best if most >= 1 and most >= 0.55 * total else None


# Signs of which the two ways of writing Chinese have each their own, as frequent as they come.
_TRADITIONAL: Final = frozenset(
    "們個這來說時會對發現問題無法嗎請謝麼樣還沒帳號碼錯誤訂單電話開關閉應該點擊驗證實際過為與後從於處種買賣貨運費網頁連線訊聯繫總"
    "給讓認識誰幾萬書車門間東業產進動員學國際體機關係統設計圖寫讀聽見視頻響聲錄製週歡樂麗龍鳥魚馬"
)
_SIMPLIFIED: Final = frozenset(
    "们个这来说时会对发现问题无法吗请谢么样还没帐号码错误订单电话开关闭应该点击验证实际过为与后从于处种买卖货运费网页连线讯联系总"
    "给让认识谁几万书车门间东业产进动员学国际体机关系统设计图写读听见视频响声录制周欢乐丽龙鸟鱼马"
)
# Common in Japanese without kana, or formed there as nowhere else ("注文番号", "返金希望").
_JAPANESE: Final = re.compile(
    "[込働峠畑辻匂枠届払円広図売読対応経済変権楽発験択処]|返金|注文|至急|解約|領収書|請求書|問合|不具合"
    "|届出|確認中|株式会社"
)


def _han_candidate(text: str, script: str, candidates: Sequence[str]) -> str | None:
    if script == "kana":
        return _candidate_of("ja", candidates)
    traditional = sum(character in _TRADITIONAL and character not in _SIMPLIFIED for character in text)
    simplified = sum(character in _SIMPLIFIED and character not in _TRADITIONAL for character in text)
    if not simplified and not traditional and _JAPANESE.search(text):
        return _candidate_of("ja", candidates) if _candidate_of("zh", candidates) is None else None
    if not simplified and _JAPANESE.search(text) and len(_SCRIPTS["han"].findall(text)) <= 12:
        return None
    chinese = [code for code in candidates if code.partition("_")[0] == "zh"]
    wanted = ("Hant", "TW", "HK") if traditional > simplified else ("Hans", "CN", "SG")
    return next((code for code in chinese if code.endswith(wanted)), chinese[0] if chinese else None)


def _by_marks(text: str, marks: dict[str, re.Pattern[str]]) -> str | None:
    scores = {
        language: sum(3 if _OWN_LETTERS.match(found) else 1 for found in pattern.findall(text))
        for language, pattern in marks.items()
    }
    ordered = sorted(scores.items(), key=lambda item: -item[1])
    (first, most), (_, second) = ordered[0], ordered[1]
    return first if most > second else None


@cache
def _table() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    header, *lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(header[1:].split()), {feature: tuple(map(int, levels)) for feature, levels in rows}


def _features(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if len(word) <= 5:
            yield f"={word}"
        framed = f"_{word[:30]}_"
        yield from (framed[start : start + 3] for start in range(len(framed) - 2))


def _by_table(text: str, candidates: Sequence[str]) -> str | None:
    languages, rows = _table()
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    scores = [_CANDIDATE_LEAD if _candidate_of(language, candidates) else 0.0 for language in languages]
    for feature, count in Counter(_features(words)).items():
        row = rows.get(feature)
        if row:
            weight = min(count, 4) * (1.5 if feature[0] == "=" else 1.0)
            scores = [score + weight * level for score, level in zip(scores, row, strict=True)]
    ordered = sorted(zip(scores, languages, strict=True), reverse=True)
    (most, best), (second, _) = ordered[0], ordered[1]
    margin = most - second
    return best if margin >= max(_LEAST_MARGIN, _LEAST_MARGIN_PER_WORD * len(words)) else None


def _candidate_of(language: str, candidates: Sequence[str]) -> str | None:
    same = {"nb": {"nb", "no", "nn"}, "he": {"he", "iw"}, "id": {"id", "in"}}.get(language, {language})
    return next((code for code in candidates if code.replace("-", "_").partition("_")[0].lower() in same), None)
