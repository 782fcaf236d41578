"""What readers and requesters type, in the languages that the tests walk through."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Texts in one language. `typo` is `query` misspelt; `foreign_query` is answered only in another language."""

    query: str
    beginning: str
    typo: str
    foreign_query: str
    empty_topic: str
    subject: str
    message: str


_WORDS = {
    "en": Words(
        query="refund",
        beginning="ref",
        typo="refnud",
        foreign_query="Rückerstattung",
        empty_topic="Tournaments",
        subject="Refund for a game",
        message=(
            "I bought the wrong game yesterday and have not played it. I asked for a refund in the store, "
            "but the money is not back on my card. How long does it take?"
        ),
    ),
    "de": Words(
        query="Erstattung",
        beginning="Erst",
        typo="Erstatung",
        foreign_query="controller",
        empty_topic="Turniere",
        subject="Erstattung für ein Spiel",
        message=(
            "Ich habe gestern das falsche Spiel gekauft und es nicht gespielt. Ich habe im Store eine Erstattung "
            "angefordert, aber das Geld ist noch nicht auf meiner Karte. Wie lange dauert das?"
        ),
    ),
    "ar": Words(
        query="استرداد",
        beginning="استر",
        typo="استرداذ",
        foreign_query="controller",
        empty_topic="البطولات",
        subject="استرداد ثمن لعبة",
        message=(
            "اشتريت أمس لعبة بالخطأ ولم ألعبها. طلبت استرداد المبلغ من المتجر، لكن المال لم يعد إلى بطاقتي. "
            "كم يستغرق ذلك؟"
        ),
    ),
    "ja": Words(
        query="返金",
        beginning="返金",
        typo="パスワド",
        foreign_query="Wi-Fi router Konsole",
        empty_topic="トーナメント",
        subject="ゲームの返金について",
        message=(
            "昨日、間違えて別のゲームを購入しました。まだプレイしていません。ストアで返金を申請しましたが、"
            "カードにお金が戻っていません。どのくらいかかりますか。"
        ),
    ),
}


def words_in(locale: str) -> Words:
    """The words of a language, else the English ones."""
    return _WORDS.get(locale, _WORDS["en"])
