"""The words by which mail programs introduce what they repeat, in many languages. Data only; all in folded case."""

from __future__ import annotations

from typing import Final

# One of these stands in the line that introduces a quote ("On … Jane wrote:").
WROTE: Final = (
    "wrote", "writes", "schrieb", "geschrieben", "a écrit", "écrit", "escribió", "escribio", "va escriure",
    "escreveu", "ha scritto", "scrisse", "schreef", "geschreven", "skrev", "skrifaði", "kirjoitti", "kirjutas",
    "napisał", "napisała", "napisał(a)", "napsal", "napsala", "napsal(a)", "napísal", "napísala", "napísal(a)",
    "írta", "a scris", "yazdı", "tarihinde", "έγραψε", "написал", "написала", "написал(а)", "пишет", "написав",
    "пише", "написа", "je napisao", "je napisala", "je napisao/la", "napisao", "rašė", "rakstīja", "כתב", "כתבה",
    "כתב/ה", "מאת", "كتب", "كتبت", "تمت كتابة", "نوشت", "نوشته", "ने लिखा", "เขียนว่า", "เขียน", "đã viết", "menulis",
    "telah menulis", "ditulis", "書きました", "のメール", "のメッセージ", "は書きました", "写道", "寫道", "작성",
    "님이 작성", "썼습니다", "wrote on", "idatzi du", "escribiu", "aliandika", "sumulat",
)  # fmt: skip

# "Zitat von Jane:", without verb and date; counts only where marked lines follow.
QUOTING: Final = ("quoting ", "zitat von ", "citando ", "citazione ", "citerar ", "citat fra ", "selon ", "quote from ")

# How the line that introduces a quote may begin; needed to find the first of several lines.
WROTE_OPENERS: Final = (
    "on ", "am ", "le ", "el ", "em ", "il ", "op ", "den ", "dne ", "dňa ", "dnia ", "w dniu ", "dana ", "på ",
    "pe ", "în ", "στις ", "ב-", "בתאריך ", "ביום ", "في ", "بتاريخ ", "در ", "pada ", "vào ", "lúc ", "a ", "at ",
    "a les ", "o ", "tir ", "în data ", "ne ", "la ", "mån ", "man ", "vie", "lun", "mar", "mié", "jue", "в ", "пн",
    "вт", "ср", "чт", "пт", "сб", "вс", "нд", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "ma", "ke", "to", "pe",
    "la", "su", "ti", "在", "于", "於", "---- on ", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
)  # fmt: skip

# Between dashes, these begin what is answered.
ORIGINAL_MESSAGE: Final = (
    "original message", "original appointment", "original email", "original mail", "originalnachricht",
    "original-nachricht", "original nachricht", "ursprüngliche nachricht", "ursprüngliche mail",
    "ursprünglicher termin", "originalmail", "message d'origine", "message d’origine", "message original",
    "mail original", "message initial", "courriel original", "e-mail d'origine", "rendez-vous d'origine",
    "mensaje original", "correo original", "missatge original", "mensagem original", "mensagem de origem",
    "messaggio originale", "messaggio di origine", "oorspronkelijk bericht", "oorspronkelijke bericht",
    "originele bericht", "ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse",
    "oprindelig besked", "opprinnelig melding", "opprinnelig e-post", "alkuperäinen viesti", "oryginalna wiadomość",
    "wiadomość oryginalna", "wiadomość pierwotna", "исходное сообщение", "оригинальное сообщение",
    "пересылаемое исходное сообщение", "вихідне повідомлення", "оригінальне повідомлення", "původní zpráva",
    "původní e-mail", "pôvodná správa", "eredeti üzenet", "eredeti e-mail", "mesaj original", "mesajul original",
    "orijinal mesaj", "özgün ileti", "orijinal ileti", "αρχικό μήνυμα", "оригинално съобщение", "izvorna poruka",
    "originalna poruka", "izvirno sporočilo", "pradinis laiškas", "algne kiri", "הודעה מקורית", "-הודעה מקורית-",
    "الرسالة الأصلية", "رسالة أصلية", "پیام اصلی", "मूल संदेश", "ข้อความต้นฉบับ", "ข้อความเดิม", "thư gốc",
    "tin nhắn gốc", "tin nhắn ban đầu", "pesan asli", "mesej asal", "元のメッセージ", "元のメール",
    "オリジナルメッセージ", "原始邮件", "原邮件", "邮件原件", "回复的原邮件", "原始郵件", "原始信件", "原始訊息",
    "原本のメッセージ", "원본 메시지", "원본 메일", "원본메일", "원본 이메일", "reply message", "antwort",
    "message transmis par",
)  # fmt: skip

# Between dashes, or before a colon, these begin what is passed on.
FORWARDED_MESSAGE: Final = (
    "forwarded message", "forwarded mail", "forwarded email", "forwarded by", "begin forwarded message",
    "start of forwarded message", "forward message", "weitergeleitete nachricht", "weitergeleitete mail",
    "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail", "weitergeleitet von",
    "message transféré", "message transmis", "début du message transféré", "début du message réexpédié",
    "message réexpédié", "courriel transféré", "mensaje reenviado", "inicio del mensaje reenviado",
    "correo reenviado", "missatge reenviat", "mensagem encaminhada", "mensagem reencaminhada",
    "início da mensagem encaminhada", "início da mensagem reencaminhada", "messaggio inoltrato",
    "inizio messaggio inoltrato", "inizio del messaggio inoltrato", "doorgestuurd bericht", "doorgestuurde bericht",
    "begin doorgestuurd bericht", "begin van doorgestuurd bericht", "vidarebefordrat meddelande",
    "vidarebefordrat brev", "början på vidarebefordrat brev", "videresendt meddelelse", "videresendt besked",
    "start på videresendt besked", "videresendt melding", "videresendt e-post", "start på videresendt melding",
    "edelleenlähetetty viesti", "välitetty viesti", "välitetty viesti alkaa", "przekazana wiadomość",
    "wiadomość przekazana", "przesłana wiadomość", "wiadomość przesłana dalej", "początek przekazanej wiadomości",
    "пересылаемое сообщение", "пересланное сообщение", "начало переадресованного сообщения",
    "начало пересылаемого сообщения", "переслане повідомлення", "перенаправлене повідомлення", "přeposlaná zpráva",
    "přeposlaný e-mail", "začátek přeposlané zprávy", "preposlaná správa", "továbbított üzenet", "továbbított levél",
    "mesaj redirecționat", "mesaj redirectionat", "mesaj retransmis", "yönlendirilen mesaj", "iletilen mesaj",
    "iletilmiş mesaj", "iletilen ileti başlangıcı", "προωθημένο μήνυμα", "προωθούμενο μήνυμα",
    "έναρξη προωθημένου μηνύματος", "препратено съобщение", "proslijeđena poruka", "prosleđena poruka",
    "posredovano sporočilo", "הודעה שהועברה", "תחילת ההודעה שהועברה", "رسالة معاد توجيهها", "رسالة محولة",
    "بداية الرسالة المعاد توجيهها", "الرسالة المعاد توجيهها", "رسالة مُعاد توجيهها", "پیام هدایت شده",
    "पुनः प्रेषित संदेश", "अग्रेषित संदेश", "ข้อความที่ส่งต่อ", "tin nhắn được chuyển tiếp", "thư được chuyển tiếp",
    "thư đã chuyển tiếp", "pesan terusan", "pesan yang diteruskan", "mesej dimajukan", "転送されたメッセージ",
    "転送メッセージ", "転送されたメール", "转发的邮件", "转发邮件", "转发邮件信息", "轉寄郵件", "轉寄的郵件",
    "轉寄訊息", "已轉寄郵件", "開始轉寄郵件", "开始转发的邮件", "下面是被转发的邮件", "转发的消息",
    "以下是轉寄的郵件", "전달된 메시지", "전달된 메일", "전달 메시지", "전달한 메시지", "전달된 편지",
)  # fmt: skip

# Before the colon of a subject: the mail was passed on. After folding case.
FORWARD_SUBJECTS: Final = (
    "fwd", "fw", "wg", "wtr", "tr", "rv", "rsv", "reenv", "enc", "res enc", "i", "inoltro", "doorst", "fwd re", "vb",
    "vl", "vidarebefordrat", "pd", "podaj dalej", "пересл", "fs", "továbbítás", "tov", "redir", "ilt", "iletilen",
    "πρθ", "πρ", "הועבר", "إعادة توجيه", "توجيه", "転送", "转发", "轉寄", "轉發", "전달", "chuyển tiếp", "tr.",
    "weitergeleitet", "weiterl",
)  # fmt: skip

# Finnish replies begin with "VS:", and so do forwards in Norwegian and Danish; there the sender's label is this.
SCANDINAVIAN_FORWARD: Final = "vs"
SCANDINAVIAN_FROM: Final = "fra:"

# A mail of one line that begins so, with all else repeated, has its answers inside what it repeats.
GREETINGS: Final = (
    "hi", "hello", "hey", "dear", "good morning", "hallo", "guten tag", "guten morgen", "liebe", "sehr geehrte",
    "moin", "bonjour", "bonsoir", "salut", "cher", "chère", "hola", "buenos", "buenas", "estimad", "olá", "ola",
    "bom dia", "boa tarde", "prezad", "caro", "cara", "ciao", "buongiorno", "gentile", "beste", "geachte", "hej",
    "hei", "moi", "dzień dobry", "cześć", "здравствуйте", "добрый день", "привет", "dobrý den", "ahoj", "merhaba",
    "sayın", "שלום", "مرحبا", "السلام عليكم", "عزيزي", "您好", "你好", "こんにちは", "お世話になっております",
    "안녕하세요",
)  # fmt: skip

# A ticket system's own line: what stands below it is ours.
REPLY_ABOVE: Final = (
    "reply above this line", "write above this line", "type your reply above", "please reply above",
    "oberhalb dieser linie", "über dieser linie", "oberhalb dieser zeile", "über dieser zeile",
    "au-dessus de cette ligne", "encima de esta línea", "por encima de esta línea", "acima desta linha",
    "sopra questa linea", "sopra questa riga", "boven deze lijn", "boven deze regel", "ovanför denna rad",
    "powyżej tej linii", "выше этой линии", "выше этой строки", "فوق هذا السطر", "فوق هذا الخط", "この行より上",
    "この線より上", "请在此行上方回复", "在此行以上", "請在此行上方", "이 줄 위에", "bu satırın üzerine",
    "above this line to reply",
)  # fmt: skip

# Labels of the header lines that programs repeat above a quote.
FROM_LABELS: Final = (
    "from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "от", "от кого", "отправитель", "від",
    "від кого", "feladó", "de la", "expeditor", "expéditeur", "remitente", "remetente", "mittente", "kimden",
    "gönderen", "από", "מאת", "من", "المرسل", "از", "प्रेषक", "से", "จาก", "từ", "người gửi", "dari", "pengirim",
    "daripada", "差出人", "送信者", "送信元", "发件人", "发信人", "寄件者", "寄件人", "發件人", "보낸사람",
    "보낸 사람", "보낸이", "발신", "발신자", "absender", "afzender", "avsändare", "afsender", "avsender", "nadawca",
    "saatja", "nuo", "no", "šalje", "šiuntėjas", "d'o", "od koho", "de parte de", "frá",
)  # fmt: skip
DATE_LABELS: Final = (
    "sent", "date", "sent on", "gesendet", "gesendet am", "datum", "envoyé", "envoyé le", "date d'envoi", "enviado",
    "enviado el", "enviado em", "enviada em", "enviada", "fecha", "data", "data de envio", "inviato", "data invio",
    "inviata", "verzonden", "verzonden op", "skickat", "skickades", "sendt", "dato", "lähetetty", "päivämäärä",
    "päiväys", "pvm", "wysłano", "wysłane", "отправлено", "дата", "надіслано", "odesláno", "odoslané", "dátum",
    "elküldve", "küldve", "trimis", "dată", "gönderildi", "tarih", "gönderilme tarihi", "gönderme tarihi", "στάλθηκε",
    "ημερομηνία", "изпратено", "poslano", "נשלח", "תאריך", "تاريخ الإرسال", "التاريخ", "تاريخ", "أرسلت", "تم الإرسال",
    "أُرسلت", "تم الإرسال في", "تاریخ", "ارسال شده", "दिनांक", "भेजा गया", "วันที่", "ส่ง", "ngày", "đã gửi", "gửi",
    "thời gian", "tanggal", "dikirim", "tarikh", "dihantar", "日時", "送信日時", "送信日", "日付", "发送时间",
    "发送日期", "发件时间", "日期", "时间", "寄件日期", "傳送時間", "寄送日期", "已傳送", "보낸날짜", "보낸 날짜",
    "보낸시간", "보낸 시간", "날짜", "일시", "발신일시", "saadetud", "išsiųsta", "enviat el", "received",
)  # fmt: skip
TO_LABELS: Final = (
    "to", "an", "à", "a", "para", "per", "aan", "till", "til", "vastaanottaja", "do", "кому", "komu", "címzett",
    "către", "catre", "kime", "alıcı", "προς", "до", "za", "אל", "إلى", "الى", "المستلم", "به", "प्रति", "सेवा में",
    "ถึง", "đến", "tới", "người nhận", "kepada", "宛先", "收件人", "收信人", "收件者", "받는사람", "받는 사람",
    "받는이", "수신", "수신자", "empfänger", "destinataire", "destinatario", "destinatário", "saaja", "kam", "pre",
)  # fmt: skip
COPY_LABELS: Final = (
    "cc", "bcc", "kopie", "kopie an", "copie", "copie à", "copia", "cópia", "kopia", "kopi", "kopio", "dw", "копия",
    "копія", "másolatot kap", "másolat", "bilgi", "κοιν", "κοινοποίηση", "עותק", "نسخة", "نسخة إلى", "رونوشت",
    "สำเนา", "đồng gửi", "tembusan", "抄送", "副本", "参照", "참조", "ＣＣ", "op-kopie",
)  # fmt: skip
SUBJECT_LABELS: Final = (
    "subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
    "temat", "тема", "předmět", "predmet", "tárgy", "subiect", "konu", "θέμα", "относно", "zadeva", "נושא", "הנדון",
    "الموضوع", "موضوع", "विषय", "เรื่อง", "หัวเรื่อง", "chủ đề", "tiêu đề", "perihal", "subjek", "件名", "主题",
    "主題", "主旨", "제목", "teema", "tema", "assumpte", "efni", "subyek",
)  # fmt: skip
OTHER_LABELS: Final = (
    "reply-to", "reply to", "antwort an", "répondre à", "responder a", "importance", "wichtigkeit", "priority",
    "priorität", "attachments", "attachment", "anlagen", "anhänge", "pièces jointes", "datos adjuntos", "anexos",
    "allegati", "bijlagen", "вложения", "附件", "添付ファイル", "organization", "mailed-by", "signed-by",
    "message-id", "x-mailer", "when", "where", "wann", "wo", "返信先", "回复", "الرد على", "importância",
    "sensitivity",
)  # fmt: skip
HEADER_LABELS: Final = {
    label: kind
    for kind, labels in (
        ("other", OTHER_LABELS),
        ("copy", COPY_LABELS),
        ("to", TO_LABELS),
        ("date", DATE_LABELS),
        ("subject", SUBJECT_LABELS),
        ("from", FROM_LABELS),
    )
    for label in labels
}

# The writer says that answers stand inside what is repeated.
ANSWERS_INSIDE: Final = (
    "inline", "in-line", "see my answers below", "see my comments below", "my answers below", "answers below",
    "comments below", "my responses below", "in red", "in blue", "in green", "in bold", "antworten unten",
    "antworten im text", "im text", "in rot", "in blau", "siehe unten", "unten im text", "réponses ci-dessous",
    "réponses dans le texte", "dans le texte", "en rouge", "en bleu", "ci-dessous mes réponses", "respuestas abajo",
    "respuestas más abajo", "en rojo", "en azul", "en el texto", "respostas abaixo", "em vermelho", "em azul",
    "no texto", "risposte sotto", "in rosso", "antwoorden hieronder", "in het rood", "i rött", "ответы ниже",
    "красным", "w treści", "na czerwono", "الردود أدناه", "بالأحمر", "باللون الأحمر", "以下に回答", "赤字", "青字",
    "红字", "红色", "回复如下", "紅字", "빨간색", "kırmızı ile",
)  # fmt: skip
