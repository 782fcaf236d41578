"""What people write around their question: greeting, circumstances, thanks, signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of a message that are no question, in one language; each part has several wordings."""

    greetings: tuple[str, ...]
    circumstances: tuple[str, ...]
    requests: tuple[str, ...]
    closings: tuple[str, ...]


_ENGLISH: Final = Letter(
    greetings=("Hello,", "Hi there,", "Good afternoon,", "Dear team,"),
    circumstances=(
        "I have been using this for a couple of years and never had to write before.",
        "I am writing from my phone, so please excuse the spelling.",
        "I searched your pages for half an hour and gave up.",
        "A friend who uses it as well could not tell me either.",
        "I am away from Thursday on and would like to have this sorted out before that.",
        "It worked without any trouble until last week.",
        "I have restarted everything and it made no difference.",
    ),
    requests=("Could you tell me what to do?", "Any help would be great.", "Please get back to me soon."),
    closings=("Best regards\nSam Porter", "Thanks!\nKim", "Many thanks in advance\n\nSent from my phone"),
)
LETTERS: Final[dict[str, Letter]] = {
    "en": _ENGLISH,
    "de": Letter(
        greetings=("Hallo,", "Guten Tag,", "Liebes Team,"),
        circumstances=(
            "ich nutze das schon seit ein paar Jahren und musste noch nie schreiben.",
            "ich schreibe vom Handy, bitte entschuldigen Sie Tippfehler.",
            "ich habe eine halbe Stunde auf Ihren Seiten gesucht und dann aufgegeben.",
            "bis letzte Woche hat alles ohne Probleme funktioniert.",
            "ich habe alles neu gestartet, das hat nichts geändert.",
            "ab Donnerstag bin ich unterwegs und hätte das gern vorher geklärt.",
        ),
        requests=("Können Sie mir sagen, was ich tun soll?", "Über eine schnelle Antwort würde ich mich freuen."),
        closings=(
            "Viele Grüße\nToni Weber",
            "Mit freundlichen Grüßen\nT. Weber",
            "Danke im Voraus\n\nVom Handy gesendet",
        ),
    ),
    "fr": Letter(
        greetings=("Bonjour,", "Bonsoir,", "Chère équipe,"),
        circumstances=(
            "je l'utilise depuis quelques années et je n'ai jamais eu à vous écrire.",
            "j'écris depuis mon téléphone, désolé pour les fautes.",
            "j'ai cherché une demi-heure sur votre site avant d'abandonner.",
            "tout marchait très bien jusqu'à la semaine dernière.",
            "j'ai tout redémarré, cela n'a rien changé.",
            "je pars jeudi et j'aimerais régler cela avant.",
        ),
        requests=("Pouvez-vous me dire quoi faire ?", "Merci de me répondre rapidement."),
        closings=("Cordialement\nClaude Petit", "Merci d'avance\nC. Petit", "Bonne journée\n\nEnvoyé de mon téléphone"),
    ),
    "es": Letter(
        greetings=("Hola:", "Buenas tardes:", "Estimado equipo:"),
        circumstances=(
            "lo uso desde hace un par de años y nunca había tenido que escribir.",
            "escribo desde el móvil, perdón por las faltas.",
            "he buscado media hora en vuestra página y no lo he encontrado.",
            "hasta la semana pasada funcionaba sin ningún problema.",
            "lo he reiniciado todo y sigue igual.",
            "me voy el jueves y me gustaría resolverlo antes.",
        ),
        requests=("¿Me podéis decir qué tengo que hacer?", "Agradecería una respuesta rápida."),
        closings=(
            "Un saludo\nAlex Romero",
            "Muchas gracias\nA. Romero",
            "Gracias de antemano\n\nEnviado desde mi móvil",
        ),
    ),
    "pt_BR": Letter(
        greetings=("Olá,", "Boa tarde,", "Prezada equipe,"),
        circumstances=(
            "uso há uns dois anos e nunca precisei escrever.",
            "estou escrevendo do celular, desculpe os erros.",
            "procurei meia hora no site e desisti.",
            "até a semana passada funcionava sem problema nenhum.",
            "já reiniciei tudo e não adiantou.",
            "viajo na quinta e queria resolver isso antes.",
        ),
        requests=("Podem me dizer o que fazer?", "Aguardo um retorno o quanto antes."),
        closings=("Abraço\nAri Moura", "Atenciosamente\nA. Moura", "Obrigado desde já\n\nEnviado do meu celular"),
    ),
    "ar": Letter(
        greetings=("مرحبًا،", "السلام عليكم،", "مساء الخير،"),
        circumstances=(
            "أستخدم الخدمة منذ سنتين ولم أحتج إلى الكتابة إليكم من قبل.",
            "أكتب من الهاتف فأعتذر عن الأخطاء.",
            "بحثت نصف ساعة في موقعكم ولم أجد شيئًا.",
            "كان كل شيء يعمل جيدًا حتى الأسبوع الماضي.",
            "أعدت تشغيل كل شيء دون فائدة.",
            "سأسافر يوم الخميس وأود حل الأمر قبل ذلك.",
        ),
        requests=("هل يمكنكم إخباري بما يجب أن أفعله؟", "أرجو الرد في أقرب وقت."),
        closings=("مع التحية\nنور سالم", "شكرًا لكم\nنور", "شكرًا مقدمًا\n\nأُرسلت من هاتفي"),
    ),
    "ja": Letter(
        greetings=("こんにちは。", "いつもお世話になっております。", "はじめまして。"),
        circumstances=(
            "二年ほど使っていますが、問い合わせるのは初めてです。",
            "スマートフォンから書いているので読みにくかったらすみません。",
            "サイトを三十分ほど探しましたが見つかりませんでした。",
            "先週までは問題なく使えていました。",
            "再起動もしてみましたが変わりません。",
            "木曜日から出かけるので、それまでに解決したいです。",
        ),
        requests=("どうすればよいか教えてください。", "早めにご返信いただけると助かります。"),
        closings=("よろしくお願いいたします。\n青木", "お手数をおかけします。\n青木 薫"),
    ),
    "zh_Hans": Letter(
        greetings=("你好，", "您好！", "客服您好："),
        circumstances=(
            "我用了两年多，这是第一次写信。",
            "我是用手机写的，有错字请见谅。",
            "我在网站上找了半个小时也没找到。",
            "上个星期之前一直都很正常。",
            "我全部重启过了，还是一样。",
            "我星期四要出门，希望在那之前解决。",
        ),
        requests=("请告诉我该怎么办。", "希望尽快得到回复。"),
        closings=("谢谢！\n林安", "此致\n敬礼\n林安", "先谢谢了\n\n发自我的手机"),
    ),
    "ru": Letter(
        greetings=("Здравствуйте!", "Добрый день,"),
        circumstances=(
            "я пользуюсь этим уже пару лет и пишу впервые.",
            "пишу с телефона, извините за опечатки.",
            "полчаса искал на вашем сайте и ничего не нашёл.",
            "до прошлой недели всё работало без проблем.",
        ),
        requests=("Подскажите, пожалуйста, что делать?", "Буду рад быстрому ответу."),
        closings=("С уважением,\nСаша Белов", "Спасибо!\nСаша"),
    ),
    "it": Letter(
        greetings=("Salve,", "Buongiorno,"),
        circumstances=(
            "lo uso da un paio d'anni e non ho mai avuto bisogno di scrivere.",
            "scrivo dal telefono, scusate gli errori.",
            "ho cercato mezz'ora sul vostro sito senza trovare nulla.",
            "fino alla settimana scorsa funzionava tutto.",
        ),
        requests=("Potete dirmi che cosa devo fare?", "Grazie per una risposta veloce."),
        closings=("Cordiali saluti\nAndrea Conti", "Grazie mille\nAndrea"),
    ),
}


def letter_for(locale: str) -> Letter:
    """The letter of a locale or its language; the English one for languages that have none."""
    language = locale.split("_")[0]
    kin = (code for code in LETTERS if code.split("_")[0] == language)
    return LETTERS.get(locale) or LETTERS.get(next(kin, "en"), _ENGLISH)
