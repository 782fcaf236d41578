"""The words by which people, devices and companies end a mail, in many languages. Data only; all in folded case."""

from __future__ import annotations

from typing import Final

# A line that begins so was added by a program on the writer's device.
SENT_FROM: Final = (
    "sent from my", "sent from mail for", "sent from outlook", "sent from yahoo mail", "sent from samsung",
    "sent from proton", "sent from gmail", "sent from the", "sent from an android", "sent from a mobile",
    "sent from iphone", "sent from android", "sent via", "sent with", "sent using", "sent on the go", "sent by",
    "get outlook for", "download outlook", "get bluemail for", "get typeapp for", "gesendet von", "gesendet mit",
    "gesendet aus", "diese nachricht wurde von meinem", "diese e-mail wurde von meinem", "hol dir outlook für",
    "outlook für android beziehen", "outlook für ios beziehen", "holen sie sich outlook", "versendet mit",
    "versandt mit", "envoyé de mon", "envoyé depuis", "envoyé à partir de", "envoyé avec", "envoyé via", "envoyé par",
    "obtenir outlook pour", "obtenez outlook pour", "télécharger outlook pour", "provenance : courrier pour",
    "envoyée depuis", "enviado desde", "enviado con", "enviado mediante", "obtener outlook para",
    "obtén outlook para", "enviado por mi", "enviat des de", "enviado do", "enviado da", "enviado de meu",
    "enviado via", "enviado a partir", "enviado com", "obter o outlook para", "obter outlook para",
    "baixar o outlook para", "baixe o outlook", "enviado pelo", "inviato da", "inviato dal", "inviato con",
    "inviato tramite", "scarica outlook per", "ottieni outlook per", "verzonden vanaf", "verzonden vanuit",
    "verstuurd vanaf", "verzonden met", "verstuurd via", "download outlook voor", "outlook voor android",
    "outlook voor ios", "skickat från", "skickat via", "hämta outlook för", "skaffa outlook för", "sendt fra",
    "sendt via", "hent outlook til", "få outlook til", "lähetetty", "hanki outlook", "wysłane z", "wysłano z",
    "pobierz outlooka", "pobierz aplikację outlook", "uzyskaj outlook", "отправлено с", "отправлено из",
    "отправлено от", "отправлено через", "скачать outlook", "получить outlook", "отправлено мобильн", "надіслано з",
    "надіслано з мого", "відправлено з", "отримати outlook", "odesláno z", "odoslané z", "odoslané zo",
    "získat outlook", "získajte outlook", "poslano z", "poslano sa", "elküldve a", "elküldve", "iphone-omról küldve",
    "az iphone-omról küldve", "outlook beszerzése", "trimis de pe", "trimis din", "obțineți outlook pentru",
    "изпратено от", "στάλθηκε από", "απεστάλη από", "αποκτήστε το outlook", "נשלח מה", "נשלח מ", "נשלח מה-",
    "השג את outlook", "הורד את outlook", "أرسلت من", "أُرسلت من", "تم الإرسال من", "مرسل من", "مُرسل من", "أرسل من",
    "احصل على outlook", "الحصول على outlook", "مرسلة من", "فرستاده شده از", "ارسال شده از", "از آیفون من ارسال شد",
    "मेरे iphone से भेजा", "ส่งจาก", "ส่งจาก iphone", "được gửi từ", "đã gửi từ", "gửi từ", "tải outlook cho",
    "dikirim dari", "terkirim dari", "dapatkan outlook untuk", "dihantar dari", "dihantar daripada", "iphoneから送信",
    "ipadから送信", "androidから送信", "スマートフォンから送信", "私のiphoneから送信", "outlook for android を入手",
    "outlook for ios を入手", "発信元:", "windows 版のメールから送信", "yahoo!メールアプリから", "xperiaから送信",
    "发自我的", "发自", "获取 outlook", "获取适用于", "下载 outlook", "来自我的", "發自我的", "寄自", "取得 outlook",
    "自我的", "我的iphone发送", "发送自", "来自qq邮箱", "来自网易邮箱", "나의 iphone에서 보냄", "내 iphone에서 보냄",
    "iphone에서 보냄", "android용 outlook", "ios용 outlook", "나의 갤럭시", "갤럭시에서 보냄",
    "삼성 스마트폰에서 보냄", "outlook 다운로드", "mailist saadetud", "saadetud minu", "išsiųsta iš", "nosūtīts no",
    "sent from", "mobil gesendet", "vom mobilgerät gesendet", "yahoo mail: search, organize, conquer",
    "iphone'umdan gönderildi", "iphone’umdan gönderildi", "telefonumdan gönderildi", "android cihazımdan",
    "outlook'u edinin",
)  # fmt: skip
# Or ends so.
SENT_FROM_ENDINGS: Final = (
    "から送信", "から送信されました", "에서 보냄", "ımdan gönderildi", "umdan gönderildi", "を入手", "से भेजा गया",
)  # fmt: skip
# Or begins with the first and ends with the second.
SENT_FROM_FRAMES: Final = (
    ("von meinem", "gesendet"),
    ("von unterwegs", "gesendet"),
    ("从", "发送"),
    ("從", "傳送"),
    ("從", "發送"),
)
# With one of these in it.
DEVICES: Final = (
    "iphone", "mail app", "mail-app", "mail für", "mail pour", "telekom", "seznam", "почт", "яндекс", "onet",
    "unterwegs", "ipad", "android", "galaxy", "samsung", "huawei", "xiaomi", "outlook", "yahoo", "gmail", "windows",
    "blackberry", "smartphone", "mobil", "handy", "telefon", "telefoon", "téléphone", "teléfono", "celular", "móvil",
    "telemóvel", "phone", "proton", "gmx", "web.de", "orange", "tablet", "pixel", "xperia", "oppo", "vivo", "redmi",
    "手机", "手機", "邮箱", "スマートフォン", "携帯", "휴대", "스마트폰", "갤럭시", "телефон", "смартфон",
    "приложени", "هاتف", "الآيفون", "جوال", "آیفون", "iphon", "spark", "nokia", "sony", "honor", "bluemail",
    "thunderbird", "t-online", "freenet", "laposte", "sfr", "libero", "virgilio", "netease", "puhelin", "נייד",
    "אייפון", "điện thoại", "โทรศัพท์", "मोबाइल", "κινητό", "komór", "mobiel", "cellulare", "canary", "edison",
)  # fmt: skip

# A paragraph that begins so, or has it near its beginning, was added by a scanner or a mail service.
SERVICE_FOOTERS: Final = (
    "this email has been checked for viruses", "this message has been scanned", "this email was scanned",
    "this email has been scanned", "diese e-mail wurde von avast", "diese e-mail wurde auf viren", "www.avast.com",
    "www.avg.com", "antes de imprimir este mensaje", "antes de imprimir este correo", "antes de imprimir este e-mail",
    "prima di stampare questa", "n'imprimez ce message", "n'imprimez ce mail", "zanim wydrukujesz tę",
    "l'absence de virus dans ce courrier", "el software de antivirus avast",
    "este correo electrónico ha sido comprobado", "este e-mail foi verificado", "este email foi escaneado",
    "questa e-mail è stata controllata per individuare virus", "deze e-mail is gecontroleerd op virussen",
    "проверено антивирусной", "you received this message because you are subscribed",
    "to unsubscribe from this group", "to unsubscribe, ", "to view this discussion on the web",
    "sie erhalten diese nachricht, weil", "vous recevez ce message car", "has recibido este mensaje porque",
    "você recebeu essa mensagem porque", "please consider the environment", "please think of the environment",
    "consider the environment before", "bitte prüfen sie, ob diese", "bitte denken sie an die umwelt",
    "denken sie an die umwelt", "der umwelt zuliebe", "pensez à l'environnement", "pensez à l’environnement",
    "piense en el medio ambiente", "pense no meio ambiente", "rispetta l'ambiente", "denk aan het milieu",
    "tänk på miljön", "pomyśl o środowisku", "подумайте об окружающей", "高性能フィルター", "yahoo mail: search",
    "do you yahoo",
)  # fmt: skip

# The same below a rule of underscores.
LIST_FOOTERS: Final = ("mailing list", "listinfo", "mailingliste", "liste de diffusion", "lista de correo")

# A closing paragraph with a heading of these is a disclaimer; so is one about one of
# LEGAL_SUBJECTS with a word of LEGAL_CORE and another of LEGAL_WORDS, or with four of LEGAL_WORDS.
LEGAL_HEADINGS: Final = (
    "confidentiality notice", "confidentiality:", "confidential:", "disclaimer", "legal notice",
    "privileged and confidential", "important notice:", "vertraulichkeitshinweis", "wichtiger hinweis:",
    "haftungsausschluss", "avis de confidentialité", "clause de confidentialité", "aviso de confidencialidad",
    "aviso legal", "aviso de confidencialidade", "nota de confidencialidad", "avviso di riservatezza", "avvertenza",
    "klauzula poufności", "уведомление о конфиденциальности", "إخلاء مسؤولية", "إخلاء المسؤولية", "تنبيه", "تنويه",
    "免责声明", "保密声明", "保密提示", "免責聲明", "【機密", "【重要】本メール", "gizlilik bildirimi", "yasal uyarı",
)  # fmt: skip
LEGAL_SUBJECTS: Final = (
    "e-mail", "email", "message", "nachricht", "mail", "courriel", "mensaje", "correo", "mensagem", "messaggio",
    "bericht", "meddelande", "meddelelse", "viesti", "wiadomość", "сообщение", "письмо", "повідомлення", "zpráva",
    "správa", "üzenet", "mesaj", "ileti", "μήνυμα", "הודעה", "الرسالة", "رسالة", "البريد", "ایمیل", "邮件", "郵件",
    "メール", "메일", "thư", "pesan", "communication", "transmission",
)  # fmt: skip
LEGAL_WORDS: Final = (
    "confidential", "privileged", "intended recipient", "intended solely", "intended only", "unauthorized",
    "unauthorised", "disclosure", "strictly prohibited", "delete it", "legally protected", "in error", "vertraulich",
    "rechtlich geschützt", "irrtümlich", "nicht der richtige adressat", "nicht der beabsichtigte", "unbefugt",
    "nicht gestattet", "informieren sie bitte", "ausschließlich für", "vernichten sie", "confidentiel",
    "destinataire", "par erreur", "interdite", "exclusivement", "non autorisée", "divulgation", "confidencial",
    "destinatario", "por error", "prohibid", "exclusiv", "divulgación", "destinatário", "por engano", "proibid",
    "privilegiad", "uso exclusivo", "riservat", "per errore", "vietat", "vertrouwelijk", "geadresseerde",
    "abusievelijk", "konfidentiell", "avsedd", "av misstag", "fortrolig", "ved en fejl", "luottamuksel", "poufn",
    "adresat", "przez pomyłkę", "конфиденциальн", "адресат", "по ошибке", "ошибочно", "конфіденційн", "помилково",
    "důvěrn", "omylem", "bizalmas", "tévedésből", "confidențial", "din greșeală", "gizli", "yanlışlıkla",
    "εμπιστευτικ", "εκ παραδρομής", "חסוי", "סודי", "בטעות", "سري", "سرية", "خطأ", "عن طريق الخطأ", "المرسل إليه",
    "محرمانه", "保密", "机密", "機密", "误收", "誤收", "收件人", "指定", "禁止", "误发", "秘密", "誤って", "守秘",
    "第三者", "受信された", "기밀", "비밀", "수신인", "bảo mật", "nhầm", "rahasia", "keliru",
)  # fmt: skip

LEGAL_CORE: Final = (
    "confiden", "confidên", "privileged", "intended recipient", "intended solely", "vertraulich",
    "rechtlich geschützt", "riservat", "vertrouwelijk", "konfidentiell", "fortrolig", "luottamuksel", "poufn",
    "конфиденциальн", "конфіденційн", "důvěrn", "bizalmas", "gizli", "εμπιστευτικ", "חסוי", "סודי", "سري", "محرمانه",
    "保密", "机密", "機密", "秘密", "기밀", "비밀", "bảo mật", "rahasia",
)  # fmt: skip

# With a number, a line below a closing says what the mail is about, not who wrote it.
FACTS: Final = (
    "kundennummer", "kunden-nr", "kundennr", "bestell", "seriennummer", "auftrag", "rechnung", "vertrag", "vorgang",
    "order", "customer", "serial", "reference", "invoice", "contract", "ticket", "booking", "policy", "case ",
    "commande", "client", "facture", "contrat", "référence", "pedido", "factura", "fatura", "cliente", "contrato",
    "referencia", "ordine", "fattura", "bestelling", "klant", "factuur", "zamówien", "faktur", "заказ", "счёт",
    "договор", "sipariş", "الطلب", "فاتورة", "العميل", "注文", "会員番号", "お客様番号", "订单", "訂單", "单号",
    "会员", "주문", "imei",
)  # fmt: skip

# A closing. What follows is the writer's name, and perhaps more.
CLOSINGS: Final = (
    "best regards", "kind regards", "kindest regards", "warm regards", "with kind regards", "with best regards",
    "with regards", "many regards", "regards", "best wishes", "all the best", "best", "sincerely", "yours sincerely",
    "sincerely yours", "yours faithfully", "yours truly", "respectfully", "cheers", "thanks", "many thanks",
    "thank you", "thanks and regards", "thanks & regards", "thanks in advance", "thank you in advance",
    "thanks a lot", "br", "rgds", "kr", "cordially", "with thanks", "take care", "mit freundlichen grüßen",
    "mit freundlichen grüssen", "mit freundlichen gruessen", "mit freundlichem gruß", "mit freundlichem gruss",
    "mit besten grüßen", "mit besten grüssen", "mit bestem gruß", "mit bestem dank", "mit vielen grüßen",
    "freundliche grüße", "freundliche grüsse", "freundlicher gruß", "freundliche gruesse", "beste grüße",
    "beste grüsse", "viele grüße", "viele grüsse", "liebe grüße", "liebe grüsse", "herzliche grüße",
    "herzliche grüsse", "schöne grüße", "schöne grüsse", "grüße", "grüsse", "gruß", "gruss", "mfg", "lg", "vg", "bg",
    "vielen dank", "danke", "besten dank", "danke im voraus", "hochachtungsvoll", "vielen dank und freundliche grüße",
    "cordialement", "bien cordialement", "très cordialement", "bien à vous", "bien à toi", "salutations",
    "meilleures salutations", "sincères salutations", "salutations distinguées", "sincèrement", "respectueusement",
    "merci", "merci d'avance", "merci beaucoup", "cdlt", "cdt", "bonne journée", "bonne réception", "amicalement",
    "saludos", "un saludo", "saludos cordiales", "un cordial saludo", "cordial saludo", "cordialmente", "atentamente",
    "muy atentamente", "atte", "reciba un cordial saludo", "gracias", "muchas gracias", "gracias de antemano",
    "saluda atentamente", "le saluda atentamente", "salutacions", "atenciosamente", "att", "abraço", "abraços",
    "obrigado", "obrigada", "muito obrigado", "muito obrigada", "cumprimentos", "com os melhores cumprimentos",
    "melhores cumprimentos", "grato", "grata", "desde já agradeço", "um abraço", "cordiali saluti", "distinti saluti",
    "saluti", "un saluto", "grazie", "grazie mille", "cordialità", "met vriendelijke groet",
    "met vriendelijke groeten", "vriendelijke groet", "groeten", "groet", "mvg", "bedankt", "med vänlig hälsning",
    "med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "mvh", "tack", "med venlig hilsen", "venlig hilsen",
    "med vennlig hilsen", "vennlig hilsen", "hilsen", "på forhånd tak", "ystävällisin terveisin", "terveisin",
    "kiitos", "t:", "pozdrawiam", "z poważaniem", "serdecznie pozdrawiam", "z wyrazami szacunku",
    "pozdrawiam serdecznie", "dziękuję", "с уважением", "с наилучшими пожеланиями", "спасибо", "всего доброго",
    "з повагою", "дякую", "s pozdravem", "s přátelským pozdravem", "děkuji", "s pozdravom", "ďakujem", "üdvözlettel",
    "tisztelettel", "köszönettel", "köszönöm", "cu stimă", "cu respect", "mulțumesc", "saygılarımla",
    "iyi çalışmalar", "teşekkürler", "teşekkür ederim", "με εκτίμηση", "ευχαριστώ", "с уважение", "благодаря",
    "lijep pozdrav", "lep pozdrav", "s poštovanjem", "בברכה", "תודה", "مع تحياتي", "مع خالص التحية", "تحياتي",
    "مع أطيب التحيات", "وتفضلوا بقبول فائق الاحترام", "شكرا", "شكراً", "مع الشكر", "أطيب التحيات", "ولكم جزيل الشكر",
    "با احترام", "با تشکر", "धन्यवाद", "सादर", "ขอบคุณครับ", "ขอบคุณค่ะ", "ด้วยความเคารพ", "trân trọng", "cảm ơn",
    "xin cảm ơn", "hormat saya", "salam", "terima kasih", "よろしくお願いいたします", "よろしくお願いします",
    "宜しくお願いいたします", "宜しくお願い致します", "よろしくお願い致します", "以上、よろしくお願いいたします",
    "以上、よろしくお願いします", "敬具", "草々", "以上", "何卒よろしくお願いいたします",
    "どうぞよろしくお願いいたします", "此致", "敬礼", "祝好", "祝商祺", "顺祝商祺", "谢谢", "谢谢!", "多谢",
    "此致敬礼", "謝謝", "敬祝", "감사합니다", "감사드립니다", "드림",
)  # fmt: skip

# In a signature block, these begin a line that says how to reach somebody.
CONTACT_LABELS: Final = (
    "tel", "tel.", "telefon", "phone", "ph", "p", "t", "m", "f", "e", "w", "mob", "mobil", "mobile", "cell", "office",
    "direct", "fax", "telefax", "email", "e-mail", "mail", "web", "www", "website", "internet", "handy", "festnetz",
    "tél", "téléphone", "portable", "fixe", "courriel", "site", "site web", "teléfono", "tfno", "telf", "móvil",
    "movil", "cel", "celular", "correo", "telefone", "telemóvel", "fone", "whatsapp", "cellulare", "cell.",
    "telefono", "sito", "mobiel", "telefoon", "telefonnr", "puh", "puh.", "gsm", "kom", "kom.", "тел", "телефон",
    "моб", "факс", "сайт", "почта", "tlf", "mobilní", "telefonszám", "τηλ", "κιν", "טל", "טלפון", "נייד", "הاتف",
    "هاتف", "جوال", "فاكس", "ت", "موبايل", "بريد", "البريد الإلكتروني", "الموقع", "تلفن", "電話", "電話番号", "携帯",
    "ファックス", "メール", "電話/fax", "住所", "〒", "电话", "手机", "传真", "邮箱", "地址", "网址", "微信", "電郵",
    "手機", "傳真", "전화", "휴대폰", "팩스", "이메일", "주소", "address", "adresse", "anschrift", "ust-id",
    "ust-idnr", "ust-id-nr", "hrb", "amtsgericht", "registergericht", "geschäftsführer", "sitz",
    "sitz der gesellschaft", "vat", "siret", "siren", "skype", "linkedin", "điện thoại", "đt", "โทร", "โทรศัพท์",
    "hp", "telp",
)  # fmt: skip

# An afterthought below the closing is not a signature.
AFTERTHOUGHTS: Final = (
    "ps", "p.s", "pps", "p.p.s", "nb", "n.b", "nachtrag", "post scriptum", "postscript", "pd", "p.d", "posdata",
    "z.y", "p.-s", "s. j", "追伸", "追記", "又及", "附：", "附言", "ملاحظة", "ملحوظة", "з.ы", "зы", "p.š", "ny",
    "추신", "tb",
)  # fmt: skip
