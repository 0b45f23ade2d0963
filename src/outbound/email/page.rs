//! The page on which people choose what e-mail they get, in their language and without a script.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_safe as escape;

use crate::id::SubscriptionTypeId;
use crate::messenger::Language;
use crate::outbound::types::{Choice, Choices};
use crate::server::assets;

/// What the page shows.
pub struct Page {
    /// In which language.
    pub language: Language,
    /// The workspace's name.
    pub name: String,
    /// How the person stands.
    pub choices: Choices,
    /// What the e-mail that led here is about; 0 for nothing in particular.
    pub about: SubscriptionTypeId,
    /// The key of what was just done, or empty.
    pub done: &'static str,
}

impl Page {
    fn say(&self, key: &str) -> String {
        escape(&self.language.mail(key, &self.name)).into_owned()
    }

    /// As an answer.
    pub fn response(&self, status: StatusCode) -> Response {
        let title = self.say("mail-title");
        let done = match self.done {
            "" => String::new(),
            key => format!(r#"<p class="notice good" role="status">{}</p>"#, self.say(key)),
        };
        let none = self.choices.unsubscribed || self.choices.complained;
        let main = if none { self.none() } else { self.some() };
        let body = format!(r#"<h1>{title}</h1>{done}{main}"#);
        answer(status, self.language, &title, &body)
    }

    /// Nothing arrives: it can again.
    fn none(&self) -> String {
        let said = match self.done {
            "mail-none" => String::new(),
            _ => format!("<p>{}</p>", self.say("mail-none")),
        };
        format!("{said}{}", button("again", "", &self.say("mail-again")))
    }

    fn some(&self) -> String {
        if self.choices.types.is_empty() {
            return format!(
                "<p>{}</p>{}",
                self.say("mail-ask"),
                button("all", "primary", &self.say("mail-off"))
            );
        }
        let about = self.choices.types.iter().find(|t| t.id == self.about && t.wanted);
        let this = about.map_or(String::new(), |t| {
            let words = self.language.mail("mail-only-off", &t.name);
            button("this", "primary", &escape(&words))
        });
        let boxes: String = self.choices.types.iter().map(one).collect();
        format!(
            r#"{this}<form class="form mail-choices" method="post"><fieldset class="field"><legend>{}</legend>{boxes}</fieldset><div class="form-actions"><button class="button" type="submit" name="save" value="1">{}</button></div></form>{}"#,
            self.say("mail-intro"),
            self.say("mail-save"),
            button("all", "", &self.say("mail-all"))
        )
    }
}

fn one(choice: &Choice) -> String {
    let checked = if choice.wanted { " checked" } else { "" };
    let about = match choice.description.as_str() {
        "" => String::new(),
        text => format!(r#"<span class="hint" dir="auto">{}</span>"#, escape(text)),
    };
    format!(
        r#"<label class="mail-choice"><input type="checkbox" name="type" value="{}"{checked}><span><span dir="auto">{}</span>{about}</span></label>"#,
        choice.id,
        escape(&choice.name)
    )
}

/// A form of one button; `label` is HTML.
fn button(name: &str, looks: &str, label: &str) -> String {
    format!(
        r#"<form method="post"><button class="button {looks}" type="submit" name="{name}" value="1">{label}</button></form>"#
    )
}

/// What stands where a link leads nowhere.
pub fn lost(language: Language) -> Response {
    let say = |key: &str| escape(&language.mail(key, "")).into_owned();
    let (title, text) = (say("mail-lost-title"), say("mail-lost"));
    answer(StatusCode::NOT_FOUND, language, &title, &format!("<h1>{title}</h1><p>{text}</p>"))
}

/// `title` and `body` are HTML.
fn answer(status: StatusCode, language: Language, title: &str, body: &str) -> Response {
    let style = assets::url("style.css");
    let (code, direction) = (language.code(), language.direction());
    let page = format!(
        r#"<!DOCTYPE html><html lang="{code}" dir="{direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><link rel="icon" href="data:,"><link rel="stylesheet" href="{style}"><title>{title}</title></head><body><main class="mail-page">{body}</main></body></html>"#
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
