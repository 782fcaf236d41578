"""Delivery reports in words alone: whose they are, whom they name and what they quote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from portal.mail.parsed import ParsedMail

_LONGEST: Final = 64 * 1024
_MOST_LINES: Final = 400
_SYSTEM_ADDRESS: Final = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|daemon|postmaster|mdaemon|mail[-_.]?delivery[\w.-]*|maildelivery\w*"
    r"|mail[-_.]?system|microsoftexchange[0-9a-f]{20,40}|bounces?|no[-_.]?reply|noreply\w*|mail[-_.]?admin|admin"
    r"|system|mms[-_.]?mailer|smtp|mta|mailerdaemon|email[-_.]?delivery[\w.-]*|info-mailer)(?:[-_.+=]\S*)?@",
)
_SYSTEM_NAME: Final = re.compile(
    r"mail(?:er)?[- ]?delivery|mailer[- ]?daemon|postmaster|mail (?:system|administrator)|system administrator"
    r"|systemadministrator|administrateur syst|administrador del sistema|邮件系统|邮箱管理员|系统管理员|메일 시스템",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|report|notification|problem|error)"
    r"|mail delivery (?:failed|failure|problem|system|status)|returned mail|failure notice|message not delivered"
    r"|delivery (?:incomplete|delayed)|warning: (?:message|could not send)|mail system error|non[- ]?delivery"
    r"|returned to sender|could ?n[o']t be delivered|not delivered|delay(?:ed)? (?:mail|delivery)|failed delivery"
    r"|unzustellbar|zustellung|nicht zustellbar|unzustellbarkeits|mailzustellung|non remis|non distribu"
    r"|échec de (?:la )?remise"
    r"|échec de distribution|no se puede entregar|no entregado|error de entrega|devuelto|não entregue|não é "
    r"possível entregar"
    r"|falha na entrega|devolvid|non recapitabile|mancato recapito|onbestelbaar|niet bezorgd|niedostarczon"
    r"|nie można dostarczyć"
    r"|не доставлено|недоставлен|не удалось доставить|olåterställbar|kan inte levereras|olevererbart|kan "
    r"ikke leveres|ei voitu"
    r"|nedoručiteln|kézbesíthetetlen|teslim edilemedi|退信|退回|未送达|无法投递|无法送达|投递失败"
    r"|配信(?:不能|できません|エラー|失敗)|送信エラー"
    r"|発송실패|배달되지|발송 ?실패|발송실패|전송 ?실패|반송|تعذر (?:تسليم|التسليم)|فشل (?:تسليم|التسليم)"
    r"|لم يتم تسليم|^erreur d'envoi",
    re.IGNORECASE,
)
_FAILURE_WORDS: Final = re.compile(
    r"wasn't able to deliver|unable to deliver|could ?n[o']t be (?:delivered|reached)|was ?n[o']t delivered"
    r"|did not reach"
    r"|delivery (?:has failed|failed|to the following recipients? (?:has )?failed|attempts? (?:have )?failed)"
    r"|failed (?:permanently|addresses)|permanent (?:fatal )?errors?|undeliverable|not be delivered"
    r"|following address(?:\(es\)|es)? failed"
    r"|(?:cannot|can't|could not) deliver|was rejected by|message (?:was|has been) (?:rejected|returned"
    r"|delayed|undeliverable)"
    r"|has not (?:yet )?been delivered|still being retried|delivery (?:is )?delayed|delayed \d+ hours"
    r"|temporarily deferred"
    r"|not yet been delivered|returned to (?:the )?sender|no valid recipients|user unknown|unknown user|not "
    r"listed in domino"
    r"|nicht zugestellt|nicht zustellbar|konnte(?:n)? nicht|n'a pas pu être|n'ont pas pu être|impossible de "
    r"(?:remettre|livrer|distribuer)"
    r"|no (?:se )?(?:ha podido|pudo|puede) (?:ser )?entrega|não (?:pôde|foi possível) (?:ser )?entreg|non "
    r"(?:è stato possibile|può essere)"
    r"|не (?:может быть|было|удалось|был[ао]?) (?:доставл|достав)|kan niet worden bezorgd|kon niet worden"
    r"|nie (?:mogła|może|można|udało)"
    r"|退信|退回|无法(?:投递|送达)|未能送达|投递失败|送信できません|配信できません|エラーのため"
    r"|届けることができません|전송(?:하지|에) ?(?:못|실패)"
    r"|발송(?:되지|에) ?(?:못|않|실패)|전달(?:되지|하지) ?(?:못|않)|تعذر|لم يتم (?:تسليم|توصيل)",
    re.IGNORECASE,
)
_DELAY_WORDS: Final = re.compile(
    r"still being retried|will be retried|will (?:continue|keep) (?:to )?try|not yet been delivered"
    r"|do(?:es)? not need to re-?send"
    r"|you do not need to|message delayed|delivery (?:is |has been )?delayed|delayed \d+ hours|warning message only"
    r"|temporarily deferred|transient non-fatal|delivery incomplete|wird weiter versucht|verzögert|remise "
    r"différée|est retardée"
    r"|se ha retrasado|está atrasada|延迟|遅延|지연|задерж",
    re.IGNORECASE,
)
_GIVEN_UP: Final = re.compile(
    r"failed permanently|permanent (?:fatal )?error|given up|giving up|has failed|will not be retried", re.IGNORECASE
)
# What follows is the mail that was sent, not what is said about it.
_COPY: Final = re.compile(
    r"^\W{0,60}(?:below this line is a copy|possibly truncated original|this is a copy of|here is a copy"
    r"|original message (?:follows"
    r"|headers?|header)|original message\b"
    r"|(?:the )?(?:message )?header of the (?:original|returned)|message (?:text|header|headers) follows?"
    r"|returned (?:message|mail)"
    r"|unsent message|included is a copy|a copy of (?:your|the) (?:message|original)|ursprüngliche "
    r"nachricht|message d'origine"
    r"|mensaje original|mensagem original|original-nachricht|kopie der nachricht|body of message"
    r"|return-path:|received: )",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+=&/!#$%*?{}~^-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.UNICODE)
_CODE: Final = re.compile(r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])#?[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_REASON_LABEL: Final = re.compile(
    r"^\W{0,4}(?:reason|because|grund|motiv[eo]?|motif|razón|powód|oorzaak|reden|orsak|syy|důvod|ok|sebep"
    r"|raison|причина|退信原因|失败原因|原因|실패 ?사유|사유|理由|السبب|diagnostic code|error(?: message)?"
    r"|the error that the other server returned was|erreur|fehler)\W{0,3}[:：]\s*(.*)$",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_OTHER_FIELD: Final = re.compile(
    r"^[\s>]{0,8}(?:message-id|from|sent|date|von|de|reply-to|sender)\s{0,3}:", re.IGNORECASE
)
_RULE: Final = re.compile(r"^[\s\-=_*|>+.]*$")


@dataclass(frozen=True, slots=True)
class TextReport:
    """What the words of a report say.

    `is_worded`: they say themselves that something was not delivered. `codes` is their first line with a code.
    """

    recipient: str
    reason: str
    is_delayed: bool
    is_worded: bool
    codes: str


def is_from_mail_system(mail: ParsedMail) -> bool:
    """Whether a mail system, and not a person, sent `mail`: by its sender, its return path or its own header."""
    if mail.headers.get("x-failed-recipients"):
        return True
    if mail.sender is None:
        return True
    if _SYSTEM_ADDRESS.match(mail.sender.address) or _SYSTEM_NAME.search(mail.sender.name[:200]):
        return True
    return mail.header("return-path").strip() == "<>"


def is_report_subject(subject: str) -> bool:
    """Whether a mail system would give a report this subject; people's replies and forwards begin otherwise."""
    return _SUBJECT.search(subject[:300]) is not None


def read_text(mail: ParsedMail) -> TextReport | None:
    """What the text of a report says; None where it names nobody and no failure."""
    lines = _own_lines(mail.text)
    text = "\n".join(lines)
    is_worded = _FAILURE_WORDS.search(text) is not None
    recipient, place = _recipient(mail, lines)
    if not is_worded and not recipient:
        return None
    codes = next((line for line in lines if _CODE.search(line)), "")
    is_delayed = _DELAY_WORDS.search(f"{mail.subject[:300]}\n{text}") is not None and not _GIVEN_UP.search(text)
    return TextReport(recipient, _reason(lines, place), is_delayed, is_worded, codes)


def _own_lines(text: str) -> list[str]:
    """The lines that the mail system wrote, before its copy of the mail."""
    lines: list[str] = []
    for line in text[:_LONGEST].splitlines()[:_MOST_LINES]:
        if lines and _COPY.match(line):
            break
        lines.append(line[:1000])
    return lines


def _recipient(mail: ParsedMail, lines: list[str]) -> tuple[str, int]:
    """The first address that the report is about, and the line that names it first."""
    failed = _ADDRESS.findall(mail.header("x-failed-recipients")[:2000])
    others = {address.address for address in (*mail.to, *mail.cc)} | ({mail.sender.address} if mail.sender else set())
    first_failure = next((index for index, line in enumerate(lines) if _FAILURE_WORDS.search(line)), 0)
    order = [*range(first_failure, len(lines)), *range(first_failure)]
    for index in order:
        if _OTHER_FIELD.match(lines[index]):
            continue
        for found in _ADDRESS.findall(lines[index]):
            address = found.lower().strip(".")
            if failed and address != failed[0].lower():
                continue
            if address not in others and not _SYSTEM_ADDRESS.match(address):
                return address, index
    return (failed[0].lower() if failed else ""), 0


def _reason(lines: list[str], place: int) -> str:
    """What is quoted of the remote server: after a label, else the line of a code, else what follows the name."""
    for index, line in enumerate(lines):
        match = _REASON_LABEL.match(line)
        if match:
            said = match[1].strip() or next(
                (after.strip() for after in lines[index + 1 : index + 5] if after.strip()), ""
            )
            if _WORDS.search(said):
                return _with_rest(lines, index, said) if match[1].strip() else said
    for index in [*range(place, len(lines)), *range(place)]:
        if _CODE.search(lines[index]) and _WORDS.search(lines[index]):
            return _paragraph(lines, index)
    beside = _ADDRESS.split(lines[place])[-1].strip(" \t>()<:;'\"-") if place < len(lines) else ""
    if len(_WORDS.findall(beside)) >= 2 and not _FAILURE_WORDS.search(lines[place]):
        return beside
    following = [line.strip() for line in lines[place + 1 : place + 12]]
    return next((line for line in following if _WORDS.search(line) and not _ADDRESS.fullmatch(line.strip("<>: "))), "")


def _with_rest(lines: list[str], index: int, said: str) -> str:
    """`said` with the lines that carry it on: those set further in than its own."""
    rest = []
    for line in lines[index + 1 : index + 6]:
        if not line.strip() or not line.startswith((" ", "\t")) or _REASON_LABEL.match(line):
            break
        rest.append(line.strip())
    return "\n".join([said, *rest])


def _paragraph(lines: list[str], index: int) -> str:
    """The line of a code with what belongs to the same sentence: up to a blank line, at most six lines."""
    start = index
    while (
        start > 0
        and index - start < 3
        and lines[start - 1].startswith((" ", "\t"))
        and lines[start].startswith((" ", "\t"))
    ):
        if _ADDRESS.match(lines[start - 1].strip("<>: \t'")):
            break
        start -= 1
    rest = []
    for line in lines[start : index + 6]:
        if not line.strip() or _RULE.match(line):
            break
        rest.append(line.strip())
    return "\n".join(rest)
