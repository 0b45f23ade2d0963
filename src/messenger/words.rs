//! The Messenger's words in its languages, from the Fluent files in `locales/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// Every language: its code, how it calls itself, its words. The first one stands in where none is asked for.
const FILES: [(&str, &str); 7] = [
    ("en", include_str!("../../locales/en.ftl")),
    ("de", include_str!("../../locales/de.ftl")),
    ("fr", include_str!("../../locales/fr.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("pt", include_str!("../../locales/pt.ftl")),
    ("ar", include_str!("../../locales/ar.ftl")),
    ("ja", include_str!("../../locales/ja.ftl")),
];

/// The words that the browser gets. What it puts into them stays in braces there.
pub const KEYS: [&str; 47] = [
    "open",
    "close",
    "title",
    "back",
    "greeting",
    "conversations",
    "earlier-conversations",
    "nothing-yet",
    "new-conversation",
    "you",
    "you-wrote",
    "write",
    "write-here",
    "send",
    "sending",
    "not-sent",
    "try-again",
    "seen",
    "typing",
    "earlier",
    "offline",
    "load-failed",
    "blocked",
    "too-many",
    "too-long",
    "closed",
    "back-at",
    "back-today",
    "reply-minutes",
    "reply-hours",
    "reply-day",
    "ask-email",
    "email",
    "save",
    "email-saved",
    "email-wrong",
    "dismiss",
    "attach",
    "detach",
    "uploading",
    "file-too-large",
    "file-empty",
    "files-most",
    "file-ending",
    "file-kind",
    "file-kinds",
    "messages",
];
/// The words of the page on which people choose what e-mail they get. `name` in them is the workspace's, or that of what an e-mail
/// is about.
#[cfg(test)]
const MAIL: [&str; 14] = [
    "mail-title",
    "mail-intro",
    "mail-save",
    "mail-saved",
    "mail-all",
    "mail-ask",
    "mail-off",
    "mail-none",
    "mail-again",
    "mail-back",
    "mail-only-off",
    "mail-foot",
    "mail-lost-title",
    "mail-lost",
];
/// Counted words, which the server says whole.
const UNREAD: &str = "unread";

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| FILES.into_iter().map(bundle).collect());

fn bundle((code, text): (&str, &str)) -> Bundle {
    let language: LanguageIdentifier = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The frame isolates names by itself, with bdi.
    bundle.set_use_isolating(false);
    // A file with a mistake still gives its other words; a test reads them all.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(good, _)| good);
    let _ = bundle.add_resource(resource);
    bundle
}

/// One of the languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    /// The first language that is wanted and that there is: `de-CH` wants `de`. English where there is none.
    pub fn choose<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Self {
        let find = |tag: &str| {
            let main = tag.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
            FILES.iter().position(|(code, _)| *code == main)
        };
        Self(wanted.into_iter().find_map(find).unwrap_or(0))
    }

    /// The languages of an `Accept-Language` header, in its order, which browsers send by preference.
    pub fn accepted(header: &str) -> impl Iterator<Item = &str> {
        header.split(',').filter_map(|part| part.split(';').next())
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        FILES[self.0].0
    }

    /// Which way it is written: `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        if self.code() == "ar" { "rtl" } else { "ltr" }
    }

    fn say(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let pattern = BUNDLES[self.0].get_message(key).and_then(|m| m.value());
        pattern.map_or(String::new(), |pattern| {
            BUNDLES[self.0].format_pattern(pattern, args, &mut Vec::new()).into_owned()
        })
    }

    /// The words for the browser by their keys, with `{name}`, `{text}`, `{day}`, `{time}` and `{ending}` where it puts those.
    pub fn words(self) -> BTreeMap<&'static str, String> {
        let mut args = FluentArgs::new();
        for part in ["name", "text", "day", "time", "ending"] {
            args.set(part, format!("{{{part}}}"));
        }
        KEYS.into_iter().map(|key| (key, self.say(key, Some(&args)))).collect()
    }

    /// One of the words of the page on which people choose what e-mail they get.
    pub fn mail(self, key: &str, name: &str) -> String {
        let mut args = FluentArgs::new();
        args.set("name", name);
        self.say(key, Some(&args))
    }

    /// How many messages are new: `2 new messages`.
    pub fn unread(self, count: i64) -> String {
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.say(UNREAD, Some(&args))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FILES, FluentResource, KEYS, Language, MAIL, UNREAD};

    #[test]
    fn every_language_has_every_word_and_no_other() {
        let wanted: BTreeSet<_> = KEYS.into_iter().chain(MAIL).chain([UNREAD]).collect();
        for (code, text) in FILES {
            assert!(
                FluentResource::try_new(text.to_owned()).is_ok(),
                "{code} is read without a mistake"
            );
            let keys: Vec<_> = text
                .lines()
                .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|l| l.split_once(" ="))
                .map(|(key, _)| key)
                .collect();
            assert_eq!(keys.iter().copied().collect::<BTreeSet<_>>(), wanted, "{code}");
            assert_eq!(keys.len(), wanted.len(), "{code} says a word twice");
            let words = Language::choose([code]).words();
            for (key, word) in &words {
                assert!(!word.trim().is_empty(), "{code}: {key}");
            }
            for key in MAIL {
                let said = Language::choose([code]).mail(key, "Acme");
                assert!(!said.trim().is_empty(), "{code}: {key}");
                let named = matches!(
                    key,
                    "mail-title"
                        | "mail-ask"
                        | "mail-none"
                        | "mail-back"
                        | "mail-only-off"
                        | "mail-foot"
                );
                assert_eq!(said.contains("Acme"), named, "{code}: {key}");
            }
            let parts = [
                ("typing", "{name}"),
                ("you-wrote", "{text}"),
                ("back-at", "{day}"),
                ("back-at", "{time}"),
                ("back-today", "{time}"),
                ("file-ending", "{ending}"),
            ];
            for (key, part) in parts {
                assert!(words[key].contains(part), "{code}: {key} leaves room for {part}");
            }
        }
    }

    #[test]
    fn the_override_comes_first_and_then_the_browser() {
        let choose = |wanted: &[&str]| Language::choose(wanted.iter().copied()).code();
        assert_eq!(choose(&["pt-BR", "de"]), "pt");
        assert_eq!(choose(&["xx", "de-CH"]), "de");
        assert_eq!(choose(&["x"]), "en");
        assert_eq!(
            Language::accepted("fr-CH, fr;q=0.9, en;q=0.8").collect::<Vec<_>>(),
            ["fr-CH", " fr", " en"]
        );
        assert_eq!(Language::choose(["ar"]).direction(), "rtl");
    }

    #[test]
    fn counts_take_the_form_of_their_language() {
        let say = |code: &str, count| Language::choose([code]).unread(count);
        assert_eq!((say("en", 1), say("en", 2)), ("1 new message".into(), "2 new messages".into()));
        assert!(!say("fr", 0).contains("nouveaux"), "nothing is singular in French");
        let forms: BTreeSet<_> = [0, 1, 2, 3, 11, 100]
            .map(|n| say("ar", n).replace(|c: char| c.is_ascii_digit(), ""))
            .into();
        assert_eq!(forms.len(), 6, "Arabic has six forms: {forms:?}");
        assert_eq!(say("ja", 1).replace('1', "2"), say("ja", 2));
    }
}
