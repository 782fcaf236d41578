"""How letters begin, end and name their writers, in the languages that people write to support desks in.

All languages are looked for in every text: people do not always write in the language of the page. Compared without
regard to case; longer phrases are tried first.
"""

from __future__ import annotations

from typing import Final

# Followed by whom the letter is for.
GREETINGS: Final = (
    "dear", "hi", "hello", "hey", "hiya", "greetings", "good morning", "good afternoon", "good evening",
    "good day", "hallo", "guten tag", "guten morgen", "guten abend", "lieber", "liebe", "sehr geehrter",
    "sehr geehrte", "moin", "servus", "grüß gott", "grüezi", "bonjour", "bonsoir", "salut", "cher", "chère",
    "chers", "coucou", "hola", "buenos días", "buenas tardes", "buenas noches", "estimado", "estimada",
    "querido", "querida", "olá", "oi", "bom dia", "boa tarde", "boa noite", "prezado", "prezada", "caro",
    "cara", "عزيزي", "عزيزتي", "مرحبا", "مرحباً", "أهلا", "أهلاً", "السلام عليكم", "صباح الخير", "مساء الخير",
    "您好", "你好", "尊敬的", "亲爱的", "ciao", "buongiorno", "buonasera", "gentile", "egregio", "salve", "beste",
    "geachte", "goedemorgen", "dag", "здравствуйте", "привет", "уважаемый", "уважаемая", "добрый день", "cześć",
    "dzień dobry", "szanowny", "szanowna", "hej", "hejsan", "kära", "käre", "kjære", "kære", "hei", "moi",
    "merhaba", "sayın", "xin chào", "kính gửi", "שלום", "היי", "γεια σας", "αγαπητέ", "αγαπητή", "bună ziua",
    "dobrý den", "kedves", "tisztelt", "नमस्ते", "प्रिय",
)  # fmt: skip

# Alone in their line, or with no more than a name; what follows in short lines is who wrote.
CLOSINGS: Final = (
    "kind regards", "best regards", "warm regards", "with kind regards", "with best regards", "regards",
    "best wishes", "many thanks", "thanks", "thanks a lot", "thanks in advance", "thank you",
    "thank you very much", "thx", "cheers", "best", "all the best", "sincerely", "yours sincerely",
    "yours faithfully", "yours truly", "sincerely yours", "yours", "respectfully", "take care", "kr", "br",
    "mit freundlichen grüßen", "mit freundlichem gruß", "freundliche grüße", "freundlichen gruß", "viele grüße",
    "beste grüße", "liebe grüße", "schöne grüße", "herzliche grüße", "mit besten grüßen", "gruß", "grüße", "lg",
    "vg", "mfg", "vielen dank", "danke", "danke im voraus", "besten dank", "hochachtungsvoll", "cordialement",
    "bien cordialement", "sincères salutations", "salutations", "bien à vous", "merci", "merci d'avance",
    "merci beaucoup", "meilleures salutations", "respectueusement", "amicalement", "bonne journée", "saludos",
    "un saludo", "saludos cordiales", "cordiales saludos", "un cordial saludo", "atentamente", "gracias",
    "muchas gracias", "gracias de antemano", "un abrazo", "atenciosamente", "cordialmente", "abraços",
    "um abraço", "obrigado", "obrigada", "muito obrigado", "muito obrigada", "grato", "grata", "att",
    "cumprimentos", "com os melhores cumprimentos", "مع أطيب التحيات", "مع خالص التحية", "مع التحية", "تحياتي",
    "مع فائق الاحترام", "شكرا", "شكراً", "شكرًا", "شكرا لكم", "شكرًا لكم", "よろしくお願いします",
    "よろしくお願いいたします",
    "よろしくお願い致します", "宜しくお願いします",
    "宜しくお願いいたします", "宜しくお願い致します", "以上", "敬具", "ありがとうございます", "此致", "敬礼",
    "谢谢", "多谢", "祝好", "顺祝商祺", "感谢",
    "cordiali saluti", "distinti saluti", "saluti", "grazie", "groeten", "met vriendelijke groet", "mvg",
    "bedankt", "с уважением", "спасибо", "заранее спасибо", "pozdrawiam", "z poważaniem", "dziękuję",
    "vänliga hälsningar", "med vänlig hälsning", "mvh", "tack", "med vennlig hilsen", "med venlig hilsen",
    "takk", "tak", "terveisin", "ystävällisin terveisin", "kiitos", "saygılarımla", "teşekkürler", "trân trọng",
    "בברכה", "תודה", "με εκτίμηση", "ευχαριστώ", "cu stimă", "mulțumesc", "s pozdravem", "děkuji",
    "üdvözlettel", "köszönöm", "धन्यवाद", "सादर",
)  # fmt: skip

# Followed by the writer's name.
NAMINGS: Final = (
    "my name is", "my name's", "my full name is", "i am called", "they call me", "name:", "full name:",
    "customer name:", "mein name ist", "ich heiße", "ich heisse", "mein name lautet", "name lautet",
    "je m'appelle", "je m’appelle", "mon nom est", "nom :", "nom:", "prénom :", "prénom:", "me llamo",
    "mi nombre es", "nombre:", "meu nome é", "me chamo", "chamo-me", "nome:", "اسمي هو", "اسمي", "أدعى",
    "الاسم:", "我叫", "我的名字是", "我的名字叫", "我姓", "姓名：", "姓名:", "名前は", "氏名：", "お名前：",
    "mi chiamo", "il mio nome è",
    "mijn naam is", "ik heet", "меня зовут", "моё имя", "мое имя", "nazywam się", "mam na imię", "jag heter",
    "mitt namn är", "jeg heter", "jeg hedder", "mit navn er", "mitt navn er", "nimeni on", "benim adım", "adım",
    "tên tôi là", "tôi tên là", "קוראים לי", "שמי", "με λένε", "ονομάζομαι", "mă numesc", "numele meu este",
    "jmenuji se", "a nevem", "मेरा नाम",
)  # fmt: skip
# Followed by the writer's name only if that looks like one: "I am Jane Doe", but "I am locked out".
MAYBE_NAMINGS: Final = (
    "i am", "i'm", "i’m", "this is", "ich bin", "hier ist", "je suis", "soy", "sou", "sou o", "sou a", "sono",
    "ik ben", "jag är", "jeg er", "olen",
)  # fmt: skip
# Before a name anywhere.
TITLES: Final = (
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "herrn", "frau", "m.", "mme", "mlle", "monsieur",
    "madame", "sr", "sra", "srta", "señor", "señora", "dña", "senhor", "senhora", "signor", "signora", "dhr",
    "mevr", "pan", "pani", "г-н", "г-жа", "السيد", "السيدة", "الأستاذ", "الأستاذة",
)  # fmt: skip
# After a name.
HONORIFICS: Final = ("様", "さん", "さま", "先生", "女士", "小姐")
# 田中と申します
NAMED_BEFORE: Final = ("と申します", "といいます", "と言います", "です。はじめまして")

# Who is greeted where nobody is named, and what may stand before names.
GENERAL_ADDRESSEES: Final = frozenset(
    (
        "all", "team", "support", "there", "everyone", "everybody", "folks", "guys", "sir", "madam", "sirs",
        "help", "service", "customer", "care", "desk", "again", "damen", "und", "herren", "zusammen",
        "liebes", "an", "die", "das", "kundenservice", "kundendienst", "à", "tous", "toutes", "l'équipe",
        "équipe", "client", "madame", "monsieur", "messieurs", "mesdames", "equipo", "soporte", "señores",
        "señoras", "a", "todos", "todas", "buenas", "pessoal", "equipe", "suporte", "time", "senhores",
        "senhoras", "الفريق", "فريق", "الدعم", "بكم", "جميعا", "الجميع", "وعليكم", "سيدي", "سيدتي", "tutti",
        "squadra", "allen", "alla",
    )
)  # fmt: skip
NAME_PARTICLES: Final = frozenset(
    (
        "van", "von", "de", "del", "della", "di", "da", "dos", "das", "do", "der", "den", "la", "le", "el",
        "al", "bin", "ibn", "ben", "abu", "zu", "af", "av", "mac",
    )
)  # fmt: skip

# A line that ends so introduces what somebody wrote before.
QUOTE_INTRODUCTIONS: Final = (
    "wrote:", "schrieb:", "a écrit :", "a écrit:", "escribió:", "escreveu:", "كتب:", "كتبت:", "のメール:",
    "書きました:",
    "のメッセージ:", "写道：", "写道:", "ha scritto:", "schreef:", "написал:", "написала:", "пишет:", "napisał:",
    "napisała:", "skrev:", "kirjoitti:", "yazdı:", "đã viết:", "כתב:", "כתבה:", "έγραψε:", "a scris:",
    "napsal:", "napsala:", "írta:",
)  # fmt: skip
# From here on a mail repeats another one.
REPEATED_MAIL: Final = (
    "original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original",
    "mensaje original", "mensagem original", "الرسالة الأصلية", "元のメッセージ", "原始邮件", "原邮件",
    "messaggio originale",
    "oorspronkelijk bericht", "исходное сообщение", "wiadomość oryginalna", "ursprungligt meddelande",
)  # fmt: skip
# Lines that devices add.
SENT_FROM: Final = (
    "sent from my", "sent from mail for", "get outlook for", "gesendet von meinem",
    "von meinem iphone gesendet", "envoyé de mon", "envoyé depuis mon", "enviado desde mi", "enviado do meu",
    "أرسلت من", "أُرسلت من", "iphoneから送信", "androidから送信", "发自我的", "从我的", "inviato da",
    "verzonden vanaf mijn",
    "отправлено с", "wysłane z", "skickat från min", "sendt fra min", "lähetetty", "telefonumdan gönderildi",
)  # fmt: skip

# What people say around a question, in the languages of the interface, whatever the question is about.
FRAMING_PHRASES: Final = (
    "as soon as possible", "at your earliest convenience", "get back to me", "hear from you", "hearing from you",
    "excuse my english", "excuse the spelling", "excuse the typos", "sorry for the typos", "sorry to bother you",
    "i hope you're well", "hope you're well", "hope this finds you well", "i am writing to you because",
    "i'm writing to you because", "i am contacting you because", "i have a question", "quick question",
    "wie geht das", "was soll ich tun", "was kann ich tun", "was muss ich tun", "so bald wie möglich",
    "so schnell wie möglich", "ich hoffe auf", "ich freue mich auf", "ich habe eine frage", "kurze frage",
    "entschuldigen sie die störung", "entschuldigung für die störung", "ich wende mich an sie", "à bientôt",
    "dès que possible", "le plus vite possible", "dans l'attente de votre réponse", "dans l'attente",
    "que dois-je faire", "que faire", "comment faire", "j'ai une question", "désolé de vous déranger",
    "désolée de vous déranger", "je vous écris car", "je vous écris parce que", "je vous contacte car",
    "lo antes posible", "quedo a la espera", "a la espera de su respuesta", "espero su respuesta",
    "qué tengo que hacer", "qué debo hacer", "qué puedo hacer", "tengo una pregunta", "tengo una duda",
    "perdón por la molestia", "les escribo porque", "le escribo porque", "o mais rápido possível",
    "o quanto antes", "o mais breve possível", "aguardo retorno", "aguardo um retorno", "fico no aguardo",
    "o que devo fazer", "o que eu faço", "o que fazer", "tenho uma dúvida", "tenho uma pergunta",
    "desculpe o incômodo", "estou escrevendo porque", "escrevo porque", "في أقرب وقت", "بأسرع وقت",
    "ماذا أفعل", "ما العمل", "ما الحل", "وش الحل", "ماذا يجب أن أفعل", "ما يجب أن أفعله", "لدي سؤال", "عندي سؤال",
    "أكتب إليكم لأن", "آسف على الإزعاج", "شاكرا تعاونكم", "شاكرًا تعاونكم", "شكرًا لكم", "وشكرًا لكم",
    "وشكرًا", "شكرًا", "مرحبًا", "أهلًا", "وشكرا لكم", "وشكرا", "مقدمًا", "مقدما", "مساء النور",
    "お世話になっております", "いつもお世話になっております", "お世話になります", "いつも", "こんにちは",
    "こんばんは", "おはようございます",
    "はじめまして", "初めまして", "すみません", "すみませんが", "お忙しいところ", "恐れ入りますが", "恐れ入ります",
    "お手数ですが",
    "お手数をおかけしますが", "お手数をおかけします", "助けてください", "教えてください", "教えていただけますか",
    "教えて頂けますか",
    "教えていただけますでしょうか", "教えていただけると助かります", "どうすればよいか", "どうすればいいか",
    "どうすればいいですか",
    "どうすればよいですか", "どうしたらいいですか", "ご教示ください", "ご回答", "ご返信", "ご返事", "お返事",
    "お待ちしております",
    "お待ちしています", "助かります", "助かりますので", "いただけると", "頂けると", "お願いします",
    "お願いいたします",
    "お願い致します", "早めに", "至急", "どうぞ", "どうか", "質問があります", "質問です", "よろしく", "宜しく",
    "请问", "请帮忙", "请帮帮我", "帮帮我", "帮我", "请告诉我", "告诉我", "该怎么办", "怎么办", "该怎么做",
    "怎么做", "尽快",
    "尽早", "希望", "得到", "收到", "回复", "答复", "期待", "等待", "您的", "你们的", "非常", "十分", "先", "提前",
    "谢谢你们",
    "谢谢您", "麻烦", "麻烦您", "麻烦你们", "打扰", "打扰了", "不好意思", "请", "我有一个问题", "我想问一下",
    "想请教",
    "大家好", "早上好", "晚上好", "下午好", "客服", "了", "能", "可以", "吗",
)  # fmt: skip
_FRAMING_WORDS: Final = {
    "en": (
        "please help helping thanks thank thankful you your could can would will tell me us what to do know "
        "let i i'd i'm we am is are be great grateful appreciate appreciated reply replying response "
        "respond answer get back soon asap quick quickly fast urgent urgently it's its look looking forward "
        "from for in advance time support any anyone someone assistance assist advice advise kind kindly "
        "very much so a lot hope sorry bother excuse the and my this it out with how should really again "
        "possible welcome nice day weekend have good week of need some here if at that as on question"
    ),
    "de": (
        "bitte helfen hilfe hilft danke dank dankbar vielen sie mir uns können könnten kann könnte sagen "
        "was ich soll muss tun machen wäre wären würde würden mich über eine einen ihre ihren ihr antwort "
        "rückmeldung antworten melden schnelle schnell schnellen freuen freue voraus für die der das den es "
        "sehr nett lieb und im mit jemand dringend ist bei dabei zu auf hoffe tag schönen noch ja einfach "
        "weiterhelfen wie geht woran liegt klären bescheid geben frage schon mal herzlichen"
    ),
    "fr": (
        "merci aide aider m'aider nous vous pouvez pourriez me dire quoi faire s'il plaît svp de répondre "
        "réponse rapide rapidement vite par avance d'avance votre vos pour une la le je serais "
        "reconnaissant reconnaissante bonne journée soirée beaucoup très urgent c'est est en et dois ce que "
        "qu'est-ce question"
    ),
    "es": (
        "por favor ayuda ayudar ayudarme ayúdenme gracias pueden puede podrían podría podéis puedes decirme "
        "decir qué que tengo hacer agradezco agradecería respuesta responder rápida pronto rápido una un de "
        "antemano su vuestra la el lo muy urgente es mucho saludo espero quedo atento atenta me nos y para "
        "con cómo como buen buenas día"
    ),
    "pt_BR": (
        "obrigado obrigada ajuda ajudar podem pode poderiam poderia dizer me o que fazer devo resposta "
        "retorno rápida rápido breve desde já pela pelo sua seu a e por favor aguardo fico grato grata "
        "muito urgente é uma um dia bom boa como alguém preciso com"
    ),
    "ar": (
        "أرجو المساعدة مساعدتي المساعده الرد ساعدوني هل يمكنكم يمكن إخباري بما كيف رجاء رجاءً من فضلكم فضلك "
        "لو سمحتم سمحت شكرا شكراً لكم جزيلا جزيلاً لك على في أن يجب مساعدتكم تعاونكم بسرعة عاجل وقت أقرب و "
        "ما ماذا أفعل أفعله الحل وما أحد"
    ),
}
# A sentence of nothing but these asks for help, or thanks for it.
FRAMING_WORDS: Final = frozenset(word for words in _FRAMING_WORDS.values() for word in words.split())
