"""Subjects of automatic replies, in some forty languages: phrases, and what may stand around them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST_SUBJECT: Final = 300
# What programs call an automatic reply: Exchange, Gmail, Notes, webmail services and the habits of their owners.
_REPLIES: Final[dict[str, str]] = {
    "ar": "رد تلقائي|الرد التلقائي|رد آلي|الرد الآلي|إجابة تلقائية",
    "bg": "автоматичен отговор|автоматично съобщение",
    "ca": "resposta automàtica",
    "cs": "automatická odpověď|automatická zpráva",
    "da": "automatisk svar|autosvar|automatisk besked|autosvar fravær",
    "de": "automatische antwort|automatische rückantwort|automatische rückmeldung|automatische nachricht"
    "|automatische abwesenheitsnotiz|automatische eingangsbestätigung|autoantwort|automatisierte antwort"
    "|abwesenheitsnotiz|abwesenheitsbenachrichtigung|abwesenheitsmeldung|abwesenheitsassistent|abwesenheitsnachricht"
    "|abwesenheitshinweis|abwesenheitsagent|urlaubsnotiz|urlaubsbenachrichtigung|urlaubsmeldung",
    "el": "αυτόματη απάντηση|αυτόματο μήνυμα",
    "en": "automatic reply|automatic response|automatic answer|auto reply|autoreply|auto response|autoresponse"
    "|autoresponder|auto responder|auto response message|automated reply|automated response|automated message"
    "|out of office autoreply|out of office auto reply|out of office reply|out of office response"
    "|out of office message|out of office notification|out of office notice|ooo auto reply|ooo reply|ooo autoreply"
    "|vacation reply|vacation response|vacation notice|vacation message|vacation responder|vacation auto reply"
    "|vacation autoreply|away message|away notice|absence notice|absence notification|holiday auto reply",
    "es": "respuesta automática|contestación automática|mensaje automático|autorespuesta|auto respuesta"
    "|respuesta automatizada|mensaje de ausencia|aviso de ausencia|notificación de ausencia",
    "et": "automaatvastus|automaatne vastus|automaatteade",
    "eu": "erantzun automatikoa",
    "fa": "پاسخ خودکار|پاسخ اتوماتیک",
    "fi": "automaattinen vastaus|automaattivastaus|poissaoloilmoitus|poissaoloviesti",
    "fr": "réponse automatique|réponse automatisée|message automatique|répondeur automatique|message d'absence"
    "|notification d'absence|avis d'absence|réponse d'absence|réponse automatique d'absence|absence du bureau"
    "|message d'absence du bureau|auto réponse",
    "he": "תשובה אוטומטית|מענה אוטומטי|הודעה אוטומטית|הודעת היעדרות",
    "hi": "स्वचालित उत्तर|स्वतः उत्तर|स्वत: उत्तर",
    "hr": "automatski odgovor|automatska poruka",
    "hu": "automatikus válasz|automatikus üzenet|távolléti értesítés|távolléti üzenet",
    "id": "balasan otomatis|jawaban otomatis|balas otomatis",
    "is": "sjálfvirkt svar",
    "it": "risposta automatica|risponditore automatico|messaggio automatico|avviso di assenza|messaggio di assenza"
    "|notifica di assenza",
    "ja": "自動応答|自動返信|自動返信メール|自動応答メール|自動回答|自動送信|自動配信|不在通知"
    "|不在応答|不在メッセージ|不在のお知らせ"
    "|不在連絡|休暇通知|休暇のお知らせ|外出中の自動応答",
    "ko": "자동 회신|자동회신|자동 응답|자동응답|자동 답장|자동답장"
    "|부재중 자동 응답|부재 중 자동 응답|부재중 알림|부재 알림|부재중 메일",
    "lt": "automatinis atsakymas",
    "lv": "automātiska atbilde|automātiskā atbilde",
    "ms": "balasan automatik",
    "nl": "automatisch antwoord|automatische reactie|automatische beantwoording|automatisch bericht"
    "|automatisch gegenereerd bericht|afwezigheidsbericht|afwezigheidsmelding|afwezigheidsassistent|auto antwoord"
    "|afwezigheidsnotitie",
    "no": "autosvar|automatisk svar|automatisk melding|fraværsmelding|fraværsbeskjed|fraværsassistent",
    "pl": "automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|autoresponder|wiadomość automatyczna"
    "|automatyczna wiadomość|powiadomienie o nieobecności|informacja o nieobecności",
    "pt": "resposta automática|mensagem automática|auto resposta|autoresposta|aviso de ausência|mensagem de ausência"
    "|notificação de ausência|resposta automática de ausência",
    "ro": "răspuns automat|mesaj automat|mesaj de absență",
    "ru": "автоматический ответ|автоответ|автоответчик|автоматическое сообщение|автоматическое уведомление"
    "|уведомление об отсутствии|автоматический ответ об отсутствии|сообщение об отсутствии",
    "sk": "automatická odpoveď|automatická správa",
    "sl": "samodejni odgovor|avtomatski odgovor",
    "sr": "аутоматски одговор|аутоматска порука",
    "sv": "autosvar|automatiskt svar|automatiskt meddelande|frånvaromeddelande|frånvarobesked|frånvaroassistent"
    "|frånvarohanteraren",
    "th": "ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ|ข้อความตอบกลับอัตโนมัติ|คำตอบอัตโนมัติ",
    "tr": "otomatik yanıt|otomatik cevap|otomatik mesaj|ofis dışında otomatik yanıtı|izin mesajı|otomatik ileti",
    "uk": "автоматична відповідь|автовідповідь|автовідповідач|автоматичне повідомлення|повідомлення про відсутність",
    "vi": "trả lời tự động|thư trả lời tự động|phản hồi tự động",
    "zh": "自动回复|自动答复|自动回覆|自動回覆|自動答覆|自動回復|自动应答"
    "|休假自动回复|外出自动回复|外出自動回覆|假期自动回复|自动回信|自動回信",
}
# What people say there themselves; the words alone could also be somebody's question about an absence.
_ABSENCES: Final[dict[str, str]] = {
    "ar": "خارج المكتب|خارج المكتب حاليا|أنا خارج المكتب|في إجازة|أنا في إجازة|غير متواجد|غير متواجد حاليا",
    "bg": "извън офиса|отсъствие|в отпуск|в отпуска съм",
    "ca": "fora de l'oficina|absent de l'oficina",
    "cs": "mimo kancelář|nepřítomnost|nepřítomnost v kanceláři|jsem mimo kancelář|nejsem v kanceláři|dovolená"
    "|oznámení o nepřítomnosti|nepřítomen|nepřítomna",
    "da": "ikke til stede|fravær|fraværsbesked|fraværsmeddelelse|ikke på kontoret|jeg er ikke på kontoret|på ferie"
    "|holder ferie|væk fra kontoret",
    "de": "abwesenheit|abwesend|außer haus|nicht im büro|nicht im hause|nicht im haus|im urlaub|ich bin im urlaub"
    "|ich bin abwesend|ich bin nicht im büro|ich bin außer haus|ich bin derzeit nicht im büro"
    "|ich bin zur zeit nicht im büro|ich bin zurzeit nicht im büro|ich bin momentan nicht im büro|büroabwesenheit"
    "|urlaubsabwesenheit|abwesenheit vom büro|nicht am arbeitsplatz|derzeit nicht im büro",
    "el": "εκτός γραφείου|απουσία|σε άδεια|είμαι εκτός γραφείου|απουσία από το γραφείο",
    "en": "out of office|out of the office|ooo|oof|out of town|away from office|away from the office"
    "|away from my desk|away from my mail|away from my email|on vacation|on holiday|on holidays|on annual leave"
    "|on leave|on maternity leave|on parental leave|on sick leave|on paternity leave|annual leave"
    "|i am out of office|i am out of the office|i'm out of office|i'm out of the office"
    "|i am currently out of office|i am currently out of the office|i'm currently out of the office"
    "|currently out of office|currently out of the office|i am on vacation|i'm on vacation|i am on holiday"
    "|i'm on holiday|i am on annual leave|i'm on annual leave|i am on leave|i'm on leave|i am away|i'm away"
    "|i am away from my mail|i will be out of the office|i will be out of office|not in the office"
    "|out of office until further notice",
    "es": "fuera de la oficina|fuera de oficina|ausente de la oficina|ausencia de la oficina|ausente|ausencia"
    "|estoy fuera de la oficina|estoy fuera de oficina|de vacaciones|estoy de vacaciones|ausencia temporal"
    "|ausencia por vacaciones|me encuentro fuera de la oficina",
    "et": "kontorist väljas|puhkusel|olen puhkusel|eemal",
    "fa": "خارج از دفتر|در مرخصی|مرخصی",
    "fi": "poissa|poissa toimistosta|lomalla|olen lomalla|olen poissa|poissaolo|en ole paikalla|ei paikalla"
    "|poissa toimistolta|olen poissa toimistolta|vuosilomalla",
    "fr": "absence|absent|absente|absent du bureau|absente du bureau|je suis absent|je suis absente"
    "|je suis absent du bureau|je suis absente du bureau|en congé|en congés|en vacances|je suis en congé"
    "|je suis en congés|je suis en vacances|absence temporaire|hors du bureau|je suis actuellement absent"
    "|je suis actuellement absente|absence pour congés|absence congés|congés annuels",
    "gl": "fóra da oficina",
    "he": "מחוץ למשרד|לא במשרד|איני במשרד|אני מחוץ למשרד|בחופשה|אני בחופשה|אני בחופש",
    "hi": "कार्यालय से बाहर|छुट्टी पर",
    "hr": "izvan ureda|nisam u uredu|na godišnjem odmoru|odsutnost",
    "hu": "házon kívül|irodán kívül|irodán kívül vagyok|távollét|távol vagyok|szabadságon|szabadságon vagyok"
    "|nem vagyok az irodában|házon kívül vagyok",
    "id": "di luar kantor|sedang cuti|tidak di kantor|cuti|tidak berada di kantor",
    "it": "fuori sede|fuori ufficio|sono fuori ufficio|sono fuori sede|assente|assenza|assenza dall'ufficio"
    "|assente dall'ufficio|sono assente|in ferie|sono in ferie|assenza per ferie|fuori dall'ufficio",
    "ja": "不在|不在中|外出中|休暇中|出張中|只今不在|ただいま不在|夏季休暇中|年末年始休業",
    "ko": "부재중|부재 중|휴가|휴가중|휴가 중|출장중|출장 중|외출 중",
    "lt": "ne biure|nesu biure|atostogauju|esu atostogose",
    "lv": "ārpus biroja|prombūtnē|atvaļinājumā",
    "nl": "afwezig|afwezigheid|niet aanwezig|buiten kantoor|niet op kantoor|ik ben afwezig|ik ben niet aanwezig"
    "|ik ben niet op kantoor|op vakantie|ik ben op vakantie|met vakantie|ik ben met vakantie|met verlof"
    "|afwezig wegens vakantie|ik ben momenteel afwezig|momenteel afwezig|tijdelijk afwezig|afwezig i.v.m. vakantie",
    "no": "fravær|ikke på kontoret|ikke tilstede|ikke til stede|borte fra kontoret|fraværende|jeg er ikke på kontoret"
    "|på ferie|jeg er på ferie|ute av kontoret",
    "pl": "poza biurem|nieobecność|nieobecny|nieobecna|nieobecność w biurze|nieobecny w biurze|nieobecna w biurze"
    "|jestem poza biurem|jestem nieobecny|jestem nieobecna|na urlopie|jestem na urlopie|nie ma mnie w biurze"
    "|przebywam na urlopie",
    "pt": "fora do escritório|estou fora do escritório|ausente do escritório|ausência do escritório|ausente|ausência"
    "|ausência temporária|de férias|em férias|estou de férias|estou em férias|estou ausente|férias"
    "|ausente do escritório temporariamente|fora do escritório temporariamente",
    "ro": "în afara biroului|absent de la birou|absentă de la birou|în concediu|sunt în concediu|plecat din birou"
    "|nu sunt la birou|sunt plecat din birou",
    "ru": "нет на месте|вне офиса|отсутствие|отсутствие на рабочем месте|отсутствую|отсутствую в офисе"
    "|отсутствую на рабочем месте|в отпуске|я в отпуске|нет в офисе|меня нет в офисе|я не в офисе"
    "|в командировке|я в командировке|отсутствие в офисе|сейчас нет на месте",
    "sk": "mimo kancelárie|neprítomnosť|som mimo kancelárie|nie som v kancelárii|dovolenka",
    "sl": "odsotnost|odsoten|odsotna|izven pisarne|na dopustu|sem na dopustu",
    "sr": "ван канцеларије|нисам у канцеларији|на одмору|van kancelarije|nisam u kancelariji|na godišnjem odmoru",
    "sv": "frånvaro|frånvarande|inte på kontoret|ej på kontoret|på semester|jag är på semester|ej på plats"
    "|inte på plats|tjänstledig|föräldraledig|jag är inte på kontoret|ute från kontoret",
    "th": "ไม่อยู่ที่สำนักงาน|ไม่อยู่ที่ทำงาน|ลาพักร้อน|ไม่อยู่ในสำนักงาน",
    "tr": "ofis dışında|ofis dışındayım|izinde|izindeyim|izinliyim|ofiste değilim|yıllık izindeyim|yıllık izin"
    "|şu anda ofis dışındayım|tatildeyim",
    "uk": "не на місці|поза офісом|я поза офісом|відсутність|відсутній|відсутня|у відпустці|я у відпустці"
    "|немає на місці"
    "|не в офісі|відсутній на робочому місці",
    "vi": "vắng mặt|ngoài văn phòng|không có mặt tại văn phòng|đang nghỉ phép|nghỉ phép",
    "zh": "外出|不在办公室|不在辦公室|我不在办公室|休假|休假中|正在休假|休假通知"
    "|外出通知|出差中|请假中|休假期間|暂时离开",
}
# Somebody's name before it, as Notes and Groupwise write: "AUTO: Jo Example is out of the office (returning 12.05.)".
_NAMED: Final = (
    "is (?:currently )?(?:out of (?:the )?office|away(?: from (?:the|his|her) office)?|on (?:vacation|holiday|leave))"
    "|ist (?:zurzeit |derzeit |momentan |zur zeit )?(?:ausser haus|nicht im (?:buro|hause?)|abwesend|im urlaub)"
    "|est (?:actuellement )?(?:absente?(?: du bureau)?|en conges?|en vacances)"
    "|esta (?:fuera de (?:la )?oficina|ausente(?: de la oficina| do escritorio)?|fora do escritorio|de "
    "(?:vacaciones|ferias))"
    "|(?:e' |e |non e )(?:fuori (?:sede|ufficio)|in ufficio|in ferie|assente)"
    "|is (?:momenteel )?(?:afwezig|niet (?:aanwezig|op kantoor)|met vakantie|op vakantie)"
    "|jest (?:poza biurem|nieobecn[ya]|na urlopie)"
    "|ar (?:inte pa kontoret|franvarande|pa semester)|er (?:ikke (?:pa kontoret|til stede)|fravaerende|pa ferie)"
)
# Between the words for an absence and its dates.
_UNTIL: Final = (
    "until|till|til|through|thru|from|since|between|returning|return|back|starting|due|on|for|as of|bis"
    "|bis zum|vom|von"
    "|ab|seit|am|zwischen|wegen|jusqu|jusqu'au|du|au|de|depuis|le|hasta|del|desde|el|ate|ate o|a partir|dal|dall|fino"
    "|al|il|tot|tot en met|t m|van|vanaf|do|od|dnia|с|до|по|на|med|fra|indtil|fram|til og med|till och med"
    "|alkaen|asti"
    "|saakka|az|ig|από|μεχρι|εως|з|від|из|ile|den|kadar|tarihleri"
)
_REPLY_MARKS: Final = "re|aw|sv|vs|antw|antwort|ref|res|rv|tr|odp|ynt|fwd?|wg|va|回复|答复|回覆|返信|رد|תגובה|απ|отв"
_QUESTION_MARKS: Final = ("?", "？", "؟")
_HYPHEN_IN_WORD: Final = re.compile(r"(?<=\w)[-_‐‑](?=\w)")
_BLANK: Final = re.compile(r"\s+")
_TICKET_MARK: Final = re.compile(r"#\s?\d|\[[^\]]{0,40}\d[^\]]{0,10}\]")


def _folded(text: str) -> str:
    """`text` without case, accents, hyphens within words and doubled blanks."""
    decomposed = unicodedata.normalize("NFKD", text[:_LONGEST_SUBJECT].replace("’", "'").casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _BLANK.sub(" ", _HYPHEN_IN_WORD.sub(" ", bare)).strip()


def _any_of(phrases: dict[str, str]) -> str:
    """A pattern of all the phrases, the longest first, so that none hides a longer one."""
    every = {_folded(phrase) for line in phrases.values() for phrase in line.split("|")}
    return "|".join(re.escape(phrase) for phrase in sorted(every, key=len, reverse=True))


_OPEN: Final = r"^[\s\[\](){}<>【】「」『』«»\"'*:~=\-–—!|]{0,6}(?:auto(?:matic)?:\s?)?"
_END: Final = rf"(?=\s*(?:$|[\[\](){{}}<>【】「」『』«»\"'*:~=\-–—!.,;|/]|(?:{_REPLY_MARKS})\s?:))"
_DATED: Final = rf"(?=\s(?:{_UNTIL})\b[^\d]{{0,25}}\d|\s\d|\s(?:until|bis|jusqu|hasta|ate|fino|tot|till|tills|do|до)\b)"
_REPLY: Final = re.compile(rf"{_OPEN}(?:{_any_of(_REPLIES)})(?:{_END}|{_DATED})")
_ABSENCE: Final = re.compile(rf"{_OPEN}(?:{_any_of(_ABSENCES)})(?:{_END}|{_DATED})")
_SOMEBODY: Final = re.compile(rf"^(?:auto:\s?)?[^?:]{{2,60}}?\s(?:{_NAMED})(?:{_END}|{_DATED})")


def is_vacation_subject(subject: str, text: str, *, is_reply: bool) -> bool:
    """Whether a mail of this subject is an automatic reply, in any language known here.

    The words must begin the subject, or follow a name, and nothing but a mark, a date or the original subject may
    follow: "Out of office hours question" is a person's. So is a question about the words themselves, which a mail
    that replies to nothing asks in its subject or, where the subject says no more than the words, in `text`.
    """
    folded = _folded(subject)
    reply = _REPLY.match(folded)
    match = reply or _ABSENCE.match(folded) or _SOMEBODY.match(folded)
    if match is None:
        return False
    if is_reply or _TICKET_MARK.search(folded):
        return True
    rest = folded[match.end() :].strip(" :-–—.!")
    if re.match(rf"(?:{_REPLY_MARKS})\s?:", rest):
        return True
    asks_in_subject = rest.endswith(_QUESTION_MARKS)
    asks_in_text = reply is None and any(mark in text[:_LONGEST_SUBJECT] for mark in _QUESTION_MARKS)
    return not (asks_in_subject or asks_in_text)
