"""The words of thanks in eight languages: what says thanks, what says that it is solved, what may stand around them.

Words are lower-case. A word that is in none of the lists is taken for something new, unless it is somebody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ThanksWords:
    """The words of a language that is written with blanks.

    `thanks` and `solved` decide; `around` may stand beside them; `negative` are phrases that take back what they say,
    although each of their words is harmless. `titles` announce a name.
    """

    thanks: frozenset[str]
    solved: frozenset[str]
    around: frozenset[str]
    titles: frozenset[str]
    negative: tuple[str, ...]


def _words(thanks: str, solved: str, around: str, titles: str = "", negative: str = "") -> ThanksWords:
    return ThanksWords(
        frozenset(thanks.split()),
        frozenset(solved.split()),
        frozenset(around.split()) | frozenset(titles.split()),
        frozenset(titles.split()),
        tuple(phrase for phrase in negative.split("|") if phrase),
    )


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SPACED: Final[dict[str, ThanksWords]] = {
    "en": _words(
        "thanks thank ta thx thnx tnx ty tysm cheers grateful appreciated appreciate thankyou thankful tks gratitude",
        "works worked working solved resolved fixed sorted helped helps helpful perfect perfectly",
        "out update updates clarification trick news no problem problems worries mate buddy folks guidance you "
        "your yours u so very much a lot lots many million ton tons bunch again really truly all "
        "everyone everybody "
        "guys team folks both for the this that it its it's that's is was has have been are i i'm im i'll "
        "ill i've we we'll "
        "we're will be me my us and to of in with now fine great good excellent amazing awesome brilliant fantastic "
        "wonderful super nice cool lovely kind kindly kindness quick quickly fast prompt promptly speedy "
        "swift helping help "
        "support assistance answer answers reply response explanation info information advice effort "
        "efforts time patience "
        "understanding work job service solution like as charm well indeed ok okay k alright got "
        "understood noted yes yep "
        "yeah hi hello hey dear good day morning afternoon evening weekend week have best kind kindest "
        "regards warm warmly "
        "wishes sincerely yours faithfully greetings bye goodbye take care ticket case issue problem "
        "matter request question "
        "can close closed now's everything exactly what needed wanted looking glad happy pleased just "
        "wanted say send try "
        "test later tomorrow today soon let know do did does made day sir madam much-appreciated always "
        "extremely absolutely "
        "most highly such expert outstanding back getting sorting solving fixing resolving making "
        "explaining hearing from "
        "looks better seems should going ahead with letting star legend you're ta lifesaver wow oh sir",
        "regards sincerely mr mrs ms miss dr dear hi hello hey thanks thank",
        "no update|no news|no clarification|no solution|no answer|no reply|no info|no help|no information"
        "|no response|no refund|no ok|no time|no support|no service|problem is|problems with|have problems"
        "|let me know|let us know what|to know what|to know if|what to do|what do|what is|what does|send me"
        "|send it|send the|have to|"
        "have a question|have a problem|have another|have an issue|have a request|have this problem|have the problem|"
        "have this issue|have the issue|is the problem|problem is|issue is|question is|the same problem|i need|"
        "should be working|should have|should work|was working|is my ticket|solved the wrong|has been "
        "closed|was closed|"
        "was solved|what i have|close my|your help with|need help|need your|i need|waiting|to close my|can "
        "you|can we|can i|"
        "do i|how|a question|try again|try it again|wanted to know|wanted a|it is a problem|i wanted the|i "
        "wanted this|"
        "will you|looking for|looking forward|you close it|you closed|should be|seems to be a|please do|do it again|"
        "a problem with|an issue with|help with|help me|help us",
    ),
    "de": _words(
        "danke dank dankeschön dankesehr vielendank merci bedanke bedanken herzlichsten dankbar dankend thanks",
        "funktioniert klappt geklappt funktionierte läuft gelöst behoben erledigt geholfen hilfreich perfekt geht",
        "habe bearbeitung passt auskünfte zeit nachricht mitteilung abend vielen tausend herzlichen herzliches "
        "klar ein eine euer bin sind sie prompte zügige zügigen "
        "kompetente nette netten große großes besten lieben schönen recht sehr herzlich schön nochmal "
        "nochmals noch einmal ihnen dir euch sie "
        "du ihr ich wir mir uns mich für die das den der dem des ihre ihren ihrem deine deinen eure euren schnelle "
        "schnellen rasche raschen prompte super tolle tollen gute guten hervorragende freundliche freundlichen "
        "hilfe unterstützung antwort rückmeldung info information informationen auskunft mühe geduld "
        "bemühungen erklärung "
        "lösung tipp hinweis beratung service support arbeit und auch ganz so toll spitze prima klasse "
        "wunderbar großartig "
        "genial bestens einwandfrei wieder jetzt nun alles gut ok okay ist war hat haben es sich damit somit hiermit "
        "verstanden kapiert notiert ja hallo hi hey moin servus liebe lieber liebes geehrte geehrter sehr "
        "guten tag morgen "
        "abend viele schöne schönes schönen wochenende woche feierabend gruß grüße grüßen grüsse beste "
        "herzliche lieb "
        "liebste freundlichem mit mfg lg vg bg tschüss bis bald ticket anfrage fall problem kann können "
        "geschlossen werden "
        "schließen team zusammen leute alle allen wünsche wünschen einen noch eine wie gewünscht sofort "
        "gleich prompt "
        "schnell werde wird probieren probiere ausprobieren versuche versuchen testen teste heute später "
        "wirklich freut freue "
        "freuen mich darüber nett lieb von aufs zu zur echt einfach sache aufgabe genau richtig",
        "lg vg mfg gruß grüße grüßen herr herrn frau dr liebe lieber hallo hi geehrte geehrter danke dank",
        "noch eine|noch ein |noch einmal testen|nicht|problem ist wieder|problem mit|das problem wieder"
        "|wieder das|anfrage ist|"
        "die anfrage|können sie|kannst du|könnt ihr|kann ich|kann mir|mir noch|mir die|mir das|was ist"
        "|wird noch|wie kann|"
        "wie geht|wie kann ich|mir eine|mir einen|schnelle antwort bis|bis morgen|bis heute|wird das"
        "|wieder ein|"
        "hat sich das problem wieder|hilfe mit|hilfe bei|haben wir noch|es ist wieder|ticket ist noch|geht "
        "jetzt gleich|"
        "wieder geschlossen|wurde geschlossen",
    ),
    "fr": _words(
        "merci mercis mercii remercie remercions remerciements reconnaissant reconnaissante thanks",
        "fonctionne marche résolu résolue réglé réglée parfait parfaitement impeccable aidé aidée utile nickel",
        "précieux précieuse clair claire aimables beaucoup bien mille efficace reçu vous infiniment encore "
        "vraiment grand grands très tout toute "
        "toutes tous à a vous toi te de pour "
        "votre vos ton ta tes la le les l' cette ce ces cela ça c'est est sont était rapide rapidité "
        "réponse aide soutien "
        "assistance retour explication explications information informations info infos précision précisions conseil "
        "conseils patience efficacité gentillesse disponibilité réactivité travail service temps solution "
        "prompte promptitude "
        "et je j'ai nous m'a m' nous a avez me vos super génial génialissime excellent excellente formidable top "
        "d'accord ok okay oui compris noté bonjour bonsoir salut coucou cher chère chers bonne bon journée soirée "
        "week-end weekend semaine continuation fin cordialement bien sincères salutations amicalement "
        "respectueusement "
        "bises à bientôt au revoir l'équipe équipe madame monsieur mesdames messieurs mademoiselle du des d' votre "
        "problème souci demande ticket dossier peut être pouvez fermer clôturer clos fermé maintenant "
        "désormais nouveau "
        "vais essayer tester essaierai demain aujourd'hui tard plus soir avec qui que en on suis ravi "
        "ravie content contente "
        "contents sympa gentil gentille aimable appréciée apprécié un une s' comme il faut",
        "cordialement mme m mr mlle madame monsieur docteur dr cher chère bonjour merci",
        "ne marche|ne fonctionne|n'est|pas|le problème est de|un problème|un souci|une demande|problème de"
        "|problème avec|problème est de|"
        "de nouveau|à nouveau|de nouveau le|encore un|encore une|encore le|est encore|pouvez-vous|pouvez "
        "vous me|vous pouvez me|en plus|"
        "il faut|il me faut|que je|plus de problème de|plus d'information|d'aide|une aide|une réponse"
        "|votre aide pour|d'avance|"
        "l'aide pour|le temps de réponse|je suis en|une information|un nouveau|une nouvelle|ma demande|mon "
        "dossier|ne",
    ),
    "es": _words(
        "gracias grax agradezco agradecido agradecida agradecemos agradecimiento agradecidos mil-gracias thanks",
        "funciona funcionó funcionando resuelto resuelta solucionado solucionada arreglado perfecto perfecta "
        "perfectamente ayudó ayudado sirvió útil",
        "amables listo lista acuerdo aclaraciones muchas muchísimas mil amable tan probarlo probarla "
        "contestar responder muy mucho muchísimo tantas "
        "de nuevo otra vez por todo toda todos a usted ustedes ti vosotros "
        "su sus tu tus vuestra vuestro la el los las lo le les ayuda apoyo respuesta atención información "
        "info explicación "
        "aclaración paciencia tiempo rapidez rápida rápido pronta inmediata amabilidad soporte servicio "
        "gestión consejo "
        "solución trabajo equipo y e me nos ha han sido fue está es son esta este esto eso ya ahora bien "
        "excelente genial "
        "estupendo fantástico maravilloso buen buena bueno buenos buenas días tardes noches día tarde "
        "noche semana fin "
        "vale ok okay sí entendido comprendido anotado hola estimado estimada estimados querido querida "
        "saludos saludo "
        "cordial cordiales cordialmente un una abrazo atentamente que tenga tengan tengas feliz lindo linda hasta "
        "luego pronto adiós señor señora señorita sr sra srta don doña pueden puede cerrar cerrado caso "
        "ticket consulta "
        "problema incidencia solicitud quedó queda voy probar probaré intentaré mañana hoy estoy contento contenta "
        "encantado encantada con en muy realmente sinceramente como siempre super súper también igualmente "
        "así correctamente "
        "estamos les se mi y",
        "sr sra srta don doña señor señora estimado estimada hola gracias querido querida",
        "no |pero|un problema|una consulta|otro problema|otra consulta|mi problema|mi consulta|mi "
        "solicitud|mi caso|problema con|problema es|el problema "
        "está|de nuevo el problema|otra vez el|otra vez la|ayuda con|su ayuda con|me puede|me pueden|puede "
        "ayuda|pueden ayuda|"
        "una solución|una respuesta|con la solicitud|está cerrado|esta cerrado|fue cerrado|ha sido cerrado"
        "|de antemano|como puedo|cómo|"
        "tenga en|más información|es otra|es otro|problema otra vez|problema de nuevo",
    ),
    "pt": _words(
        "obrigado obrigada obg obrigadão obrigadíssimo obrigadíssima agradeço agradecido agradecida "
        "agradecemos grato "
        "grata gratidão valeu vlw brigado brigada brigadão thanks",
        "funciona funcionou funcionando resolvido resolvida resolveu solucionado solucionada certo perfeito perfeita "
        "perfeitamente ajudou ajudado útil",
        "muito muita muitíssimo mais uma vez novamente pelo pela pelos pelas por tudo todos toda todo a à "
        "ao o os as de do "
        "da dos das vocês você vcs vc sua seu suas seus tua teu ajuda apoio suporte resposta retorno "
        "atenção informação "
        "informações info explicação esclarecimento paciência tempo rapidez rápida rápido pronta gentileza "
        "atendimento "
        "serviço dica solução trabalho equipe equipa e me nos foi está esta é são isso isto esse agora já "
        "deu bem bom boa "
        "ótimo ótima excelente maravilha show massa legal sensacional beleza blz ok okay sim entendi "
        "entendido anotado "
        "compreendido olá oi bom dia tarde noite semana final fim caro cara prezado prezada prezados att "
        "atenciosamente "
        "abraço abraços abs cordialmente cumprimentos melhores um uma tenha tenham tenham ótimos até logo "
        "breve mais tchau "
        "senhor senhora sr sra podem pode fechar encerrar encerrado chamado ticket caso problema dúvida solicitação "
        "questão vou testar tentar amanhã hoje depois estou feliz contente satisfeito satisfeita com em "
        "tudo realmente "
        "mesmo super demais sempre também igualmente aqui voltou normal pessoal gente time amigo amiga "
        "ficou nota eu aí",
        "abraços abs att atenciosamente sr sra dr dra dona senhor senhora prezado prezada caro cara olá oi "
        "obrigado obrigada",
        "mesmo problema|mesma|não|mas |porém|um problema|uma dúvida|mais uma dúvida|outro|mais um|minha"
        "|meu |problema com"
        "|problema está|problema é|o problema voltou|"
        "voltou o|voltou a dar|problema voltou|ajuda com|pode me|podem me|vocês podem me|você pode me"
        "|podem ajuda|uma solução|uma resposta|foi encerrado|"
        "foi fechado|com problema|uma informação|uma ajuda|desde já|antecipadamente|mais informações|mais "
        "tempo|com a solicitação|"
        "está encerrado|uma questão",
    ),
    "ar": _words(
        "شكرا شكراً شكرًا شكر جزاكم جزاك مشكور مشكورة مشكورين ممتن ممتنة ممنون ممنونة أشكرك أشكركم اشكرك "
        "اشكركم نشكركم نشكرك تسلم تسلمون "
        "تسلموا الشكر والشكر متشكر متشكرة وشكرا وشكراً شكري امتناني",
        "تعمل يعمل اشتغل اشتغلت نجح نجحت حلت حُلت انحلت ممتاز ممتازة رائع رائعة تمام مفيد مفيدة",
        "لك لكم لكي وأتمنى أتمنى اتمنى جدا لاهتمامكم لاهتمامك لمساعدتكم لمساعدتك لدعمكم لصبركم لفريق "
        "لوقتكم لكِ لكما جزيلا جزيلاً جزيل كثيرا كثيراً جدا جداً الف ألف على علي عن من في كل شيء هذا هذه ذلك مرة أخرى "
        "اخرى مجددا مجدداً المساعدة مساعدتك مساعدتكم المساعده الرد ردكم ردك السريع السريعة سرعة الاستجابة استجابتكم "
        "الدعم دعمكم دعمك التوضيح المعلومات المعلومة الشرح وقتك وقتكم صبرك صبركم اهتمامك اهتمامكم جهودكم "
        "جهودك تعاونكم "
        "تعاونك الحل حل خدمتكم الخدمة لقد تم تمت تمّ المشكلة مشكلتي مشكلة الأن الآن الان بشكل جيد جيدة وجه أكمل بنجاح "
        "كان كانت أنا انا نحن أنتم انت أنت فعلا حقا حقاً يعطيك يعطيكم العافية بارك الله فيك فيكم جزاك جزاكم خيرا خيراً "
        "الله حفظك وفقك وفقكم نعم حسنا حسناً أوكي اوكي فهمت مفهوم مرحبا أهلا اهلا السلام عليكم وعليكم ورحمة "
        "وبركاته صباح "
        "مساء الخير النور تحياتي تحية طيبة وبعد مع أطيب التحيات التحية خالص التقدير تقديري والتقدير احترامي وتقديري "
        "سأجرب سأجربها سأحاول غدا غداً اليوم يمكنكم يمكنك إغلاق اغلاق التذكرة الطلب البلاغ سيد سيدة السيد "
        "السيدة أستاذ "
        "استاذ الأستاذ الاستاذ أستاذة فريق الفريق الرائع الجميع جميعا جميعاً يا عزيزي عزيزتي أخي أختي و أقدر جهدكم "
        "يوما يوم سعيدا سعيد يومك يومكم حسن تعاملكم تعامل معي ساعدتني ساعدتموني كثير وكل والآن لدي عندي",
        "يا السيد السيدة أستاذ أستاذة الأستاذ الاستاذ استاذ سيد سيدة أخي أختي عزيزي عزيزتي مرحبا شكرا شكراً",
        "لكن|ولكن|لا |لم |ليس|ما زال|مازال|لدي مشكلة|عندي مشكلة|مشكلة أخرى|مشكلة اخرى|مشكلة في|المشكلة في"
        "|المشكلة كانت|مشكلتي هي|"
        "المشكلة هي|مرة أخرى المشكلة|مرة اخرى المشكلة|المشكلة مرة|مشكلة مرة|مقدما|مقدماً|لدي طلب|لدي شيء|تم "
        "إغلاق|حل المشكلة في|المساعدة في|لدي|عندي",
    ),
}
# Some of these languages' words are not split by blanks: whole phrases are taken out, and little may be left.
UNSPACED: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    # thanks, solved, around
    "ja": (
        _phrases(
            "ありがとうございました ありがとうございます 有難うございました 有難うございます "
            "有り難うございます 有り難うございました ありがとう 有難う アリガトウ どうもです "
            "感謝いたします 感謝致します 感謝申し上げます 感謝しております 感謝しています 感謝します "
            "感謝です 御礼申し上げます お礼申し上げます サンキュー あざっす あざす 感謝 "
            "お礼を申し上げます 助かりました 助かります"
        ),
        _phrases(
            "無事に解決しました 無事解決しました 無事解決いたしました 解決いたしました 解決しました "
            "解決できました 解決済みです 問題なく動きました 問題なく使えました 動きました "
            "動くようになりました 使えるようになりました できるようになりました 使えました 出来ました "
            "できました 直りました 治りました うまくいきました 上手くいきました ログインできました "
            "問題ありません 問題ございません 問題なく 大丈夫です 完璧です 無事に 無事"
        ),
        _phrases(
            "ご丁寧な お忙しい中 お忙しいところ いつも よくわかりました よく分かりました "
            "よく理解できました 理解しました 納得しました ご丁寧に 丁寧な 丁寧に 迅速な 迅速に 素早い "
            "早速の 早速 早々の 早々に 早い ご対応いただき ご対応頂き ご対応 対応 していただき "
            "して頂き してくださり して下さり いただきまして 頂きまして いただき 頂き くださいまして "
            "くださり 下さり お答え ご回答 ご返信 ご返答 ご連絡 お返事 返信 返事 回答 連絡 ご説明 "
            "説明 ご案内 案内 ご教示 ご支援 ご協力 ご親切に ご親切な 親切に 親切な サポート ヘルプ "
            "情報 アドバイス お時間 お手数をおかけしました お手数おかけしました "
            "お手数をおかけいたしました お世話になっております お世話になります お世話になりました "
            "いつもお世話になっております お疲れ様です お疲れさまです "
            "今後ともよろしくお願いいたします 今後ともよろしくお願いします "
            "今後とも宜しくお願いいたします 引き続きよろしくお願いいたします "
            "引き続きよろしくお願いします どうぞよろしくお願いいたします よろしくお願いいたします "
            "よろしくお願い致します よろしくお願いします 宜しくお願いいたします 宜しくお願い致します "
            "宜しくお願いします 今後とも 引き続き 承知しました 承知いたしました 承知致しました "
            "了解しました 了解です 了解いたしました わかりました 分かりました かしこまりました "
            "確認しました 確認いたしました 確認できました やってみます 試してみます 本当に 大変 "
            "とても 誠に 心より 心から 重ねて 改めて どうも 色々と いろいろと 色々 いろいろ 何度も "
            "また たびたび 度々 この度は このたびは 今回は 先日は 先ほどは 昨日は おかげさまで "
            "おかげで お陰様で お陰で とても 非常に 凄く すごく 嬉しいです うれしいです 安心しました "
            "素晴らしい すばらしい 最高です 良かったです よかったです ございました ございます でした "
            "です ました ます チケット クローズして クローズで 閉じて 終了して 結構です 構いません "
            "かまいません こんにちは おはようございます こんばんは はい 以上です 以上 失礼いたします "
            "失礼します では それでは また 担当者様 ご担当者様 皆様 皆さん みなさん チームの "
            "サポートの さん 様 いただいて 頂いて 教えて 助けて もらい 問題は 問題が 問題も 件は 件 "
            "とのこと なって これで 今は 今 無事に は が を に へ と も で の な ね よ わ お ご て し"
        ),
    ),
    "zh": (
        _phrases(
            "非常感谢 万分感谢 感激不尽 不胜感激 十分感谢 多谢 谢谢您 谢谢你 谢谢你们 谢谢大家 谢谢 "
            "感谢您 感谢你 感谢你们 感谢 谢啦 谢了 感激不尽 感激 致谢 谢过 谢 非常感謝 多謝 謝謝您 "
            "謝謝你 謝謝 感謝您 感謝你們 感謝 3q thx thanks 辛苦了 辛苦您了 辛苦你们了 辛苦"
        ),
        _phrases(
            "问题已经解决了 问题已经解决 问题已解决 问题解决了 已经解决了 已经解决 已解决 解决了 "
            "搞定了 搞定 可以用了 能用了 可以使用了 能正常使用了 可以正常使用了 可以了 好用了 "
            "恢复正常了 恢复正常 一切正常 正常了 没问题了 没有问题了 成功了 登录成功了 已经好了 好了 "
            "弄好了 修好了 完美 問題已解決 解決了 可以登录了 能登录了"
        ),
        _phrases(
            "您的 你的 你们的 您们的 贵公司的 您 你 你们 我 我们 的 对 对您 对你们 帮助 帮忙 帮我 "
            "支持 回复 回答 答复 解答 解释 说明 指导 建议 耐心 耐心的 细心 热心 热情 及时 及时的 快速 "
            "快速的 迅速 迅速的 这么快 很快 这么 那么 服务 工作 处理 解决 时间 付出 信息 客服 团队 "
            "大家 各位 非常 十分 特别 真的 真是 实在 很 太 好的 好 嗯 嗯嗯 是的 明白了 明白 知道了 "
            "了解了 了解 收到了 收到 懂了 清楚了 现在 已经 都 也 又 再次 再一次 再 一切 所有 提供 "
            "给我 给 为 为我 啊 啦 了 哦 呢 哈 呀 吧 嘛 地 得 和 与 以及 祝您 祝你 祝 工作顺利 "
            "生活愉快 周末愉快 一切顺利 万事如意 身体健康 愉快 顺利 您好 你好 早上好 下午好 晚上好 "
            "此致 敬礼 再见 拜拜 先生 女士 小姐 老师 经理 亲 工单 可以关闭了 可以关闭 可以关了 请关闭 "
            "关闭 问题 这个 我的 去试试 我试试 我会试试 试试 试一下 试试看 我去试一下 太好了 太棒了 "
            "很棒 真棒 棒 厉害 赞 满意 很有帮助 有帮助 很有用 有用 专业 必 定 十分 们 能 让 把 帮 "
            "很高兴 高兴 开心"
        ),
    ),
}
NEGATIVE_UNSPACED: Final[dict[str, tuple[str, ...]]] = {
    "ja": _phrases(
        "ですが ますが ましたが だが けど けれど しかし ただ、 ただし でも、 一方 まだ ません "
        "また発生 再発 追加 別の もう一つ もうひとつ なお、 ところで ください 下さい "
        "お願いできます お願いしたい いただけます 頂けます でしょうか ですか ますか 質問 したい "
        "ほしい 欲しい エラー のに 教えて下さい 教えてください はず"
    ),
    "zh": _phrases(
        "但 不过 可是 然而 只是 还是 还有 还没 仍 依然 另外 顺便 不 没有收到 没收 未 请问 吗 怎么 "
        "如何 什么 为什么 哪 能否 能不能 可否 可不可以 需要 希望 想 要 请您 请帮 请把 请发 请尽快 "
        "麻烦 错误 又出现 出现 提前 新的 新问题 另一个 等 几 何时 何 呢？ 問 還 過"
    ),
}
