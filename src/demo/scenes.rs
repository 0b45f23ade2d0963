//! What is said in made-up conversations: lines alternate, the customer's first.

/// A conversation in one language.
#[derive(Clone, Copy)]
pub struct Scene {
    /// The language, as a locale begins.
    pub language: &'static str,
    /// What it is about: the tag that suits it.
    pub tag: &'static str,
    /// The lines; `{n}` is some number.
    pub lines: &'static [&'static str],
}

/// Every scene.
pub const SCENES: [Scene; 28] = [
    Scene {
        language: "en",
        tag: "export",
        lines: &[
            "Hello, the export of last week's orders stops at 10,000 rows. Is there a limit?",
            "Good morning. There is none in the product; I am looking at your export now.",
            "Thank you. It is **orders-{n}.csv**, if that helps.",
            "Found it: a comma in a product's name ended the row early. It is mended, please export again.",
            "All rows are there now. Thank you for being so quick.",
        ],
    },
    Scene {
        language: "en",
        tag: "billing",
        lines: &[
            "Could we pay by invoice instead of by card?",
            "Yes, from the Team plan on. Shall I switch you over with the next renewal?",
            "Please do. The address is the same, the order number is {n}.",
            "Done: the next invoice comes by e-mail on the first.",
            "Perfect, thanks!",
        ],
    },
    Scene {
        language: "en",
        tag: "how-to",
        lines: &[
            "Where do I change the language of the reports?",
            "In *Settings, Reports*. It applies to everyone who opens them.",
            "Found it 👍",
        ],
    },
    Scene {
        language: "en",
        tag: "performance",
        lines: &[
            "We are thinking about leaving, the filters are too slow for us.",
            "I am sorry to hear that. Which filter is it, and how many orders do you have?",
            "The one by customer. About {n} thousand orders.",
            "That one read too much. An update tonight makes it about ten times faster; I will write to you tomorrow.",
            "It is much better now. We stay.",
        ],
    },
    Scene {
        language: "en",
        tag: "invitations",
        lines: &[
            "The invitation that I sent to a colleague never arrived 😕",
            "Their mail server refuses links. Please send it again from *Settings, Team*: it goes out as plain text now.",
            "It came this time, thank you.",
        ],
    },
    Scene {
        language: "en",
        tag: "feature request",
        lines: &[
            "Can a report be sent to us by e-mail every Monday?",
            "Not yet. I have added your vote: {n} teams ask for it.",
            "Good to know. Please tell me when it is there.",
        ],
    },
    Scene {
        language: "en",
        tag: "api",
        lines: &[
            "Our script gets **429** since this morning. We send 20 calls a second.",
            "The limit is 10 a second. Batches of 100 count as one call, would that do?",
            "```\nPOST /v1/batch\n```\nworks. No more errors since.",
        ],
    },
    Scene {
        language: "de",
        tag: "billing",
        lines: &[
            "Guten Tag, auf der Rechnung {n} fehlt unsere Umsatzsteuer-ID.",
            "Guten Tag! Ich habe sie nachgetragen, die korrigierte Rechnung ist unterwegs.",
            "Angekommen, vielen Dank für die schnelle Hilfe.",
        ],
    },
    Scene {
        language: "de",
        tag: "export",
        lines: &[
            "Umlaute sind in der exportierten Datei kaputt: „Schröder“ wird zu „SchrÃ¶der“.",
            "Die Datei ist UTF-8; Excel muss das wissen. Unter *Export, Format* gibt es „CSV für Excel“.",
            "Damit geht es. Danke!",
        ],
    },
    Scene {
        language: "de",
        tag: "how-to",
        lines: &[
            "Wie lege ich einen Filter für alle im Team ab?",
            "Filter öffnen, *Speichern*, dann „für alle“ ankreuzen.",
            "Prima, gefunden.",
        ],
    },
    Scene {
        language: "fr",
        tag: "billing",
        lines: &[
            "Bonjour, nous avons été débités deux fois ce mois-ci (facture {n}).",
            "Bonjour, c'est notre erreur. Le second paiement est remboursé, il apparaîtra sous trois jours.",
            "Merci beaucoup, c'est bien arrivé.",
        ],
    },
    Scene {
        language: "fr",
        tag: "how-to",
        lines: &[
            "Où puis-je changer le fuseau horaire des rapports ?",
            "Dans *Réglages, Espace de travail*. Les jours commencent alors à votre minuit.",
            "Parfait, merci !",
        ],
    },
    Scene {
        language: "fr",
        tag: "performance",
        lines: &[
            "Le tableau de bord met plus de {n} secondes à s'ouvrir depuis hier.",
            "Nous l'avons vu aussi. Une correction est en place depuis ce matin, est-ce mieux ?",
            "Oui, c'est immédiat maintenant.",
        ],
    },
    Scene {
        language: "es",
        tag: "invitations",
        lines: &[
            "Hola, mi compañera no recibe el enlace para entrar.",
            "Hola, acabo de enviarlo otra vez. ¿Puede mirar en la carpeta de correo no deseado?",
            "Estaba allí. ¡Gracias!",
        ],
    },
    Scene {
        language: "es",
        tag: "api",
        lines: &[
            "¿Hay un límite de eventos por día? Vamos a enviar unos {n} mil.",
            "No hay límite por día, solo diez llamadas por segundo. Con lotes de 100 va de sobra.",
            "Estupendo, lo haremos con lotes.",
        ],
    },
    Scene {
        language: "ar",
        tag: "how-to",
        lines: &[
            "مرحبا، كيف أغيّر لغة التقارير إلى العربية؟",
            "أهلا بك. من الإعدادات ثم التقارير، اختر العربية واحفظ.",
            "شكرا، يعمل الآن 👍",
        ],
    },
    Scene {
        language: "ar",
        tag: "billing",
        lines: &[
            "لم تصلني فاتورة هذا الشهر رقم {n}.",
            "أعتذر عن ذلك. أرسلتها لك الآن إلى بريدك.",
            "وصلت، شكرا جزيلا.",
        ],
    },
    Scene {
        language: "ja",
        tag: "export",
        lines: &[
            "エクスポートしたファイルの日付が一日ずれています。",
            "ご連絡ありがとうございます。タイムゾーンが UTC のままでした。「設定」で東京に変更しました。",
            "正しく表示されました。ありがとうございます。",
        ],
    },
    Scene {
        language: "ja",
        tag: "invitations",
        lines: &[
            "メンバーを{n}人追加したいのですが、一度に招待できますか。",
            "はい、メールアドレスを改行で区切って入力すると、まとめて招待できます。",
            "できました。助かりました！",
        ],
    },
    Scene {
        language: "ja",
        tag: "feature request",
        lines: &[
            "グラフを PDF で保存する機能はありますか。",
            "まだありませんが、ご要望として登録しました。",
            "よろしくお願いします。",
        ],
    },
    Scene {
        language: "pt",
        tag: "performance",
        lines: &[
            "Olá! Os relatórios estão demorando muito para abrir hoje.",
            "Olá! Houve uma lentidão entre 9h e 10h. Já está normal, pode confirmar?",
            "Sim, voltou ao normal. Obrigada!",
        ],
    },
    Scene {
        language: "pt",
        tag: "billing",
        lines: &[
            "Preciso trocar o cartão, o final {n} venceu.",
            "É em *Configurações, Cobrança*. Quer que eu envie o link?",
            "Já achei, obrigado.",
        ],
    },
    Scene {
        language: "pt",
        tag: "how-to",
        lines: &[
            "Como compartilho um filtro com a equipe?",
            "Abra o filtro, clique em *Salvar* e marque “para todos”.",
            "Funcionou, valeu!",
        ],
    },
    Scene {
        language: "pl",
        tag: "api",
        lines: &[
            "Dzień dobry, nasz klucz API przestał działać po zmianie hasła.",
            "Dzień dobry, hasło nie ma wpływu na klucze. Ten klucz został wczoraj cofnięty przez administratora.",
            "Rzeczywiście, utworzyliśmy nowy. Dziękuję.",
        ],
    },
    Scene {
        language: "pl",
        tag: "billing",
        lines: &[
            "Czy możemy dostać fakturę {n} z numerem zamówienia?",
            "Oczywiście, dodałem numer. Nowa faktura jest w ustawieniach.",
            "Świetnie, dziękujemy!",
        ],
    },
    Scene {
        language: "pl",
        tag: "export",
        lines: &[
            "Eksport zamówień kończy się błędem przy {n} wierszach.",
            "Poprawiliśmy to dziś rano. Proszę spróbować jeszcze raz.",
            "Działa, pozdrawiam.",
        ],
    },
    Scene {
        language: "es",
        tag: "feature request",
        lines: &[
            "¿Se puede comparar dos periodos en el mismo gráfico?",
            "Todavía no, pero {n} equipos lo han pedido y está en la lista.",
            "Perfecto, espero la novedad.",
        ],
    },
    Scene {
        language: "de",
        tag: "feature request",
        lines: &[
            "Lassen sich Berichte auch nachts automatisch erstellen?",
            "Noch nicht. Ich habe Ihren Wunsch notiert, {n} Teams warten darauf.",
            "Danke, dann warten wir auch.",
        ],
    },
];

/// What a teammate writes first, to people who have just begun.
pub const WELCOMES: [(&str, &str); 4] = [
    ("en", "Welcome! Would you like a quick tour of the reports? I have time on Thursday."),
    ("de", "Willkommen! Sollen wir die Berichte einmal gemeinsam durchgehen?"),
    ("fr", "Bienvenue ! Voulez-vous que nous parcourions les rapports ensemble ?"),
    ("ja", "ようこそ！レポートの使い方をご案内しましょうか。"),
];
