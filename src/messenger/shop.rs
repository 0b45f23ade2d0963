//! `/demo/site`: a small made-up shop with the Messenger, to try it as a visitor and as a customer who has signed in.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_safe as escape;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{hash_of, kept};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::rest::Refused;
use crate::run;
use crate::server::db::Conn;
use crate::server::page::{find_viewer, sign_in_first, wants_page};
use crate::server::state::AppState;
use crate::server::{assets, secret};

/// Whose Messenger, and as whom.
#[derive(Deserialize)]
pub struct Asked {
    app_id: Option<String>,
    r#as: Option<String>,
    language: Option<String>,
    theme: Option<String>,
}

/// Where it is.
const PATH: &str = "/demo/site";
/// The only customer of the shop. The server signs for nobody else here.
const SHOPPER: &str = "demo-shopper";

/// The shop with the Messenger of the viewer's workspace; of any workspace where the server is told to show it.
/// Nobody else finds a page here: it would let strangers sign in as the shop's customer.
pub async fn page(
    State(app): State<Arc<AppState>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let viewer = find_viewer(&app, &headers).await;
    let mut c = app.db.read().await?;
    let own = match &viewer {
        Some(viewer) => Some(app_id(&mut c, viewer.workspace).await?),
        None => None,
    };
    let open = asked.app_id.filter(|_| app.demo_site);
    // A teammate who is signed out follows the link to it like any other.
    if open.is_none() && viewer.is_none() && wants_page(&headers) {
        return Ok(sign_in_first(PATH));
    }
    let app_id = open.or(own).ok_or(Error::NotFound)?;
    let place = kept::place(&mut c, &app_id).await?.ok_or(Error::NotFound)?;
    let mut settings = json!({ "app_id": app_id });
    let signed_in = asked.r#as.as_deref() == Some("user");
    if signed_in {
        let secrets = kept::secrets(&mut c, place.workspace, app.clock.now()).await?;
        let secret = secrets.first().ok_or(Error::Internal)?;
        settings = json!({
            "app_id": app_id, "user_id": SHOPPER, "user_hash": hash_of(secret, SHOPPER), "name": "Mara Lindqvist",
            "email": "mara@lindqvist.example", "plan": "pro", "company": { "company_id": "lindqvist", "name": "Lindqvist & Co" },
        });
    }
    for (name, value) in [("language_override", &asked.language), ("theme_mode", &asked.theme)] {
        if let Some(value) = value {
            settings[name] = Value::from(value.as_str());
        }
    }
    let nonce = secret::random("");
    let text = html(&settings, signed_in, &nonce);
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let mut response = Html(text).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn app_id(c: &mut Conn, workspace: WorkspaceId) -> Result<String, Error> {
    let sql = "select app_id from workspaces where id = $1";
    let (app_id,): (String,) =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).bind(workspace).fetch_one(x))?;
    Ok(app_id)
}

fn html(settings: &Value, signed_in: bool, nonce: &str) -> String {
    let app_id = settings["app_id"].as_str().unwrap_or_default();
    let query: String = url::form_urlencoded::byte_serialize(app_id.as_bytes()).collect();
    let (who, switch, word) = if signed_in {
        ("Signed in as Mara Lindqvist", format!("/demo/site?app_id={query}"), "Sign out")
    } else {
        (
            "You are a visitor",
            format!("/demo/site?app_id={query}&as=user"),
            "Sign in as Mara Lindqvist",
        )
    };
    let goods = [
        ("Kettle, enamel", "1.5 litres, for gas and induction", "€ 48"),
        ("Bread knife", "Beech and steel, made in Solingen", "€ 32"),
        ("Linen towels", "A pair, washed soft", "€ 24"),
        ("Cutting board", "Oak, oiled by hand", "€ 39"),
    ];
    let goods: String = goods
        .into_iter()
        .map(|(name, text, price)| {
            format!(
                "<li><h2>{name}</h2><p>{text}</p><p class=\"price\">{price}</p><button type=\"button\" data-name=\"{name}\">Put in the cart</button></li>"
            )
        })
        .collect();
    let json = settings.to_string().replace('<', "\\u003c");
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<title>A sample shop</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{css}">
</head>
<body>
<header><strong>Hearth &amp; Table</strong><span>{who}</span><a id="switch" href="{switch}">{word}</a></header>
<main>
<h1>Things for the kitchen</h1>
<p>This shop is made up. The button in the corner is your Messenger: what you write there arrives in your inbox.</p>
<noscript><p>There is no button here: the Messenger needs JavaScript, which this browser does not run.</p></noscript>
<ul>{goods}</ul>
</main>
<script nonce="{nonce}">
window.rapportSettings = {json};
(function (w, d, n) {{
    if (!w[n]) {{ var q = w[n] = function () {{ q.q.push(arguments); }}; q.q = []; }}
    var s = d.createElement('script'); s.async = true; s.src = '/messenger.js'; d.head.appendChild(s);
}})(window, document, 'Rapport');
document.addEventListener('click', function (event) {{
    var name = event.target.dataset && event.target.dataset.name;
    if (name) {{ Rapport('trackEvent', 'Put in the cart', {{ product: name }}); event.target.textContent = 'In the cart'; }}
    if (event.target.id === 'switch') Rapport('shutdown');
}});
</script>
</body>
</html>
"#,
        css = assets::url("shop.css"),
        switch = escape(&switch),
    )
}
