"""What Japanese and Chinese say grammar with, written without spaces: such signs are no reason to find anything.

Words of these languages are not cut out; a text is looked up by its bigrams. A bigram all of whose signs belong to
grammar says as little as English "please" or "was": "したい" (want to do), "ください" (please), "怎么" (how). One with
a sign of another word stays: 返し in 返した (gave back), つな in つながらない (does not connect).

Inflection, auxiliaries, particles, pronouns and question words are listed, as the grammars do: they are closed classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

# Auxiliaries and their forms; endings of verbs and adjectives; particles of several signs; what points and asks.
# Not いつ (when) and いくら (how much): they are what a date or a price is asked for with.
_JAPANESE: Final = """
する します しました しません しませんでした して しても してい しており しておりました した したい したく したら
しない しなかった しなければ しよう しましょう すれば すると せず
できる できます できました できません できず できない できなく できなかった できた できて できれば できるよう
される されます されました されません された されない されて されず させる させた させて させたい
いる います いました いません いない いなかった いた いて いて いれば おり おります
ある あります ありました ありません あった あって あれば ない なかった なくて なければ ないと
なる なります なりました なりません なった なって なれば ならない
れる れます れました れません れた れない れて れば れず られる られます られました られません られた られない られて
った って っても っている っていた りました ります りません らない きました きます きません いました いました
てる てた てない てある ておく ておき てしまう てしまい てしまった てしまいました てみる てみた てみて てみました
てきた てきて てきました てくる てから ては ても てもいい てもよい ている ています ていました ていない ていません
てください でください ください くださいませ ていただ いただく いただき いただきたい いただいた いただいて いただけ
いただけます いただけません いただけない てもらう てもらい てもらいたい てもらえ てもらえる てもらえます てもらえません
てもらえない てもらった てくれ てくれる てくれない てくれません てほしい ほしい たい たく たくない たければ たのに
です でした でしょう ます ました ません ませんでした ましょう だった である であれば であり なのに なので なのです
なら ならば なんです のです のでしょう んです ので のに のか かどうか けど けれど
から まで より だけ しか ほど など という といった とは として とき とき ところ こと もの ため よう ように ような
について によって により による にて には にも にある では でも とも への からの までの との のは のが のを のも
この その あの これ それ あれ ここ そこ どこ どちら どれ どの どう どうすれば どうしたら どうやって どうして どうなる
どのように どのような どんな なぜ なに なん だれ そう こう もう また まだ いい よい いいの
ありがとう ございます ございました ございません すみません こんにちは よろしく おねがい おねがいします おしえて
"""
_JAPANESE_PARTICLES: Final = "はがをにへとでものかねよやばだたてなし"
_CHINESE: Final = """
我的 我想 我要 我想要 我该 我们 你们 你好 您好 请问 怎么 怎么办 怎么样 怎样 如何 什么 为什么 为何 哪里 哪儿 在哪
在哪里 哪个 哪些 可以 可不可以 能不能 能否 会不会 要不要 是否 是不是 有没有 没有 不是 还是 还没 还没有 一直 一下 一个
这个 那个 这样 那样 这些 那些 这里 那里 现在 已经 需要 想要 应该 必须 可能 就是 但是 因为 所以 如果 的话 时候 的时候
以后 之后 然后 谢谢 感谢 帮我 告诉我 知道 了吗 新的 该怎么 该如何 我該 我們 你們 請問 怎麼 怎麼辦 怎麼樣 怎樣 什麼
為什麼 為何 哪裡 在哪裡 哪個 會不會 沒有 有沒有 還是 還沒 還沒有 一個 這個 那個 這樣 那樣 這些 這裡 那裡 現在 已經
應該 必須 因為 的話 時候 的時候 以後 之後 然後 謝謝 感謝 幫我 告訴我 了嗎 該怎麼 該如何
"""
_CHINESE_PARTICLES: Final = "的了吗嗎呢吧啊我你您是在和也就都还還很会會能要想把被让讓给給有这這那该該请請"


class Signs:
    """The grammar of one language: what is written with several signs, and particles of one."""

    def __init__(self, written: str, particles: str, *, begins_with_particle: bool) -> None:
        # First sign → the words that begin with it, the longest first.
        self._words: dict[str, list[str]] = {}
        for word in sorted(set(written.split()), key=len, reverse=True):
            self._words.setdefault(word[0], []).append(word)
        self._particles = frozenset(particles)
        self._begins_with_particle = begins_with_particle

    def covered(self, signs: Sequence[str]) -> list[bool]:
        """For each sign (normalised) of a run whether grammar is written with it, the longest words first.

        A particle of one sign counts after a sign of another script (nouns are written in those) and after a longer
        word of grammar: elsewhere it is more likely part of a word.
        """
        # One character a sign, so that places are the same; no word has one that several make.
        run = "".join(sign if len(sign) == 1 else "\0" for sign in signs)
        found = [False] * len(run)
        at, after_word = 0, False
        while at < len(run):
            size = next((len(word) for word in self._words.get(run[at], ()) if run.startswith(word, at)), 0)
            if not size and run[at] in self._particles and (after_word or self._may_begin(run, at)):
                found[at] = True
            found[at : at + size] = [True] * size
            after_word = size > 0
            at += size or 1
        return found

    def _may_begin(self, run: str, at: int) -> bool:
        if self._begins_with_particle:
            return True
        return at > 0 and not _is_hiragana(run[at - 1])


def _is_hiragana(sign: str) -> bool:
    return "ぁ" <= sign <= "ゟ"


@lru_cache(maxsize=8)
def signs_of(code: str) -> Signs | None:
    """The grammar of a language (ISO 639 code) written without spaces; None for others."""
    if code == "ja":
        return Signs(_JAPANESE, _JAPANESE_PARTICLES, begins_with_particle=False)
    if code == "zh":
        return Signs(_CHINESE, _CHINESE_PARTICLES, begins_with_particle=True)
    return None
