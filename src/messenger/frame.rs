//! What pages load: the script of the launcher, and the page inside the frame.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_safe as escape;
use serde::Deserialize;

use super::boot::on;
use super::kept;
use super::words::Language;
use crate::attachments::{self, Customers, PLAIN, Rules};
use crate::error::Error;
use crate::rest::Refused;
use crate::server::state::AppState;
use crate::server::{assets, secret};

/// How long a browser may go on with the script that it has, in seconds; then it asks whether there is another.
const KEEP: &str = "public, max-age=300, stale-while-revalidate=86400";

/// `/messenger.js`: one address for ever, known by its content.
pub async fn script(headers: HeaderMap) -> Response {
    let name = assets::hashed("messenger.js");
    let tag = format!("\"{name}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|h| h.to_str().ok());
    let same =
        known.is_some_and(|k| k.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let mut response = if same {
        let cache = [(header::CACHE_CONTROL, KEEP), (header::VARY, "accept-encoding")];
        (StatusCode::NOT_MODIFIED, cache).into_response()
    } else {
        assets::file(&name, &headers, KEEP)
    };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    // Pages that isolate themselves (COEP) load it too.
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Which frame is asked for.
#[derive(Deserialize)]
pub struct Asked {
    app_id: Option<String>,
    language: Option<String>,
}

/// `/messenger/frame`: the page inside the frame, in the visitor's language, without anything about the visitor.
pub async fn page(
    State(app): State<Arc<AppState>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let mut c = app.db.read().await?;
    let place = kept::place(&mut c, asked.app_id.as_deref().unwrap_or_default()).await?;
    let place = place.ok_or(Error::NotFound)?;
    let files = attachments::rules(&mut c, place.workspace).await?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok());
    let accepted = Language::accepted(accepted.unwrap_or_default());
    let language = Language::choose(asked.language.as_deref().into_iter().chain(accepted));
    let words = language.words();
    let word = |key: &str| words.get(key).map(|w| escape(w).into_owned()).unwrap_or_default();
    let nonce = secret::random("");
    let settings = &place.settings;
    let greeting = match settings.greeting.as_str() {
        "" => word("greeting"),
        own => escape(own).into_owned(),
    };
    // In a script a `<` could end it.
    let json = serde_json::to_string(&words).unwrap_or_default().replace('<', "\\u003c");
    let (action, background) = (&settings.action_color, &settings.background_color);
    let page = format!(
        r#"<!DOCTYPE html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style nonce="{nonce}">:root {{ --action: {action}; --on-action: {on_action}; --head: {background}; --on-head: {on_head}; }}</style>
<link rel="stylesheet" href="{css}">
<script type="application/json" id="words">{json}</script>
<script type="module" src="{js}"></script>
</head>
<body>
<main id="home" class="view" hidden>
<header class="head">
<button class="icon-button close" type="button" aria-label="{close}"></button>
<p class="place" dir="auto">{name}</p>
<h1 dir="auto">{greeting}</h1>
<p class="office" hidden></p>
</header>
<p class="notice" role="status" hidden></p>
<section class="list" aria-labelledby="list-title">
<h2 id="list-title">{conversations}</h2>
<p class="empty" hidden>{nothing}</p>
<ul></ul>
<button class="button quiet earlier" type="button" hidden>{older}</button>
</section>
<footer><button class="button new" type="button">{new}</button></footer>
</main>
<main id="thread" class="view" hidden>
<header class="bar">
<button class="icon-button back" type="button" aria-label="{back}"></button>
<h1 dir="auto">{name}</h1>
<button class="icon-button close" type="button" aria-label="{close}"></button>
</header>
<p class="notice" role="status" hidden></p>
<div class="scroll" tabindex="0" role="region" aria-label="{messages}">
<button class="button quiet earlier" type="button" hidden>{earlier}</button>
<p class="office" hidden></p>
<div role="log" aria-live="polite"><ol class="parts"></ol></div>
<form class="ask" hidden novalidate>
<label for="email">{ask}</label>
<div><input id="email" type="email" autocomplete="email" maxlength="200" placeholder="{email}" dir="auto"><button class="button" type="submit">{save}</button></div>
<p role="status" hidden></p>
</form>
<p class="typing" role="status"></p>
</div>
<ul class="files" aria-label="{attach}" hidden></ul>
<form class="compose">
<button class="icon-button attach" type="button" aria-label="{attach}"{no_files}></button>
<input type="file" multiple hidden tabindex="-1"{kinds}>
<textarea rows="1" aria-label="{write}" placeholder="{here}" dir="auto"></textarea>
<button class="icon-button send" type="submit" aria-label="{send}"></button>
</form>
</main>
</body>
</html>
"#,
        lang = language.code(),
        dir = language.direction(),
        title = word("title"),
        on_action = on(action),
        on_head = on(background),
        css = assets::url("messenger-frame.css"),
        js = assets::url("messenger-frame.js"),
        close = word("close"),
        name = escape(&place.name),
        conversations = word("conversations"),
        nothing = word("nothing-yet"),
        new = word("new-conversation"),
        back = word("back"),
        older = word("earlier-conversations"),
        messages = word("messages"),
        earlier = word("earlier"),
        ask = word("ask-email"),
        email = word("email"),
        save = word("save"),
        write = word("write"),
        here = word("write-here"),
        send = word("send"),
        attach = word("attach"),
        kinds = kinds(&files),
        no_files = if files.customers == Customers::Nothing { " hidden" } else { "" },
    );
    let ancestors = match settings.origins.as_slice() {
        [] => "*".to_owned(),
        some => format!("'self' {}", some.join(" ")),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    );
    let mut response = Html(page).into_response();
    let out = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        out.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    out.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    out.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// What the page knows of the files that a customer may send, before any is: the endings that are refused, or those alone that
/// are taken, of which a browser offers no others. None at all where no file is taken.
fn kinds(rules: &Rules) -> String {
    let refused = rules.refused.join(" ");
    match rules.customers {
        Customers::Any => format!(r#" data-refused="{}""#, escape(&refused)),
        Customers::Plain => {
            // A phone offers its camera where pictures are named as a whole.
            let accept = PLAIN.iter().map(|ending| format!(",.{ending}")).collect::<String>();
            format!(
                r#" data-refused="{}" data-only="{}" accept="image/*,audio/*,video/*{accept}""#,
                escape(&refused),
                PLAIN.join(" "),
            )
        }
        Customers::Nothing => r#" data-only="""#.to_owned(),
    }
}
