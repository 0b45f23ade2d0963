//! Sending one message to one browser, by its push service.

use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use url::Url;
use web_push_native::p256::PublicKey;
use web_push_native::{Auth, encrypt};

use super::key::{self, Key};
use crate::alerts::Place;
use crate::error::Error;
use crate::server::reach::{self, is_allowed};
use crate::server::state::AppState;

/// How long a push service may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a push service keeps what it cannot deliver, in seconds: a day.
const KEEPS: &str = "86400";
/// The longest wait that a push service can ask for, in milliseconds.
const LONGEST: i64 = 24 * 60 * 60 * 1000;

/// What sending needs, made when it is first asked for.
#[derive(Default)]
pub struct Push {
    /// Whether push services may have private addresses, and be reached without TLS.
    pub private: bool,
    pub(super) key: OnceLock<Key>,
    client: OnceLock<Client>,
}

/// Where a browser is reached.
pub(super) struct To<'a> {
    /// The address at its push service.
    pub endpoint: &'a str,
    /// Its public key, in base64url.
    pub p256dh: &'a str,
    /// Its secret, in base64url.
    pub auth: &'a str,
}

/// What a push service said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It takes the message to the browser.
    Taken,
    /// The browser is not told any more: it was reset, or its user said so.
    Gone,
    /// Not now. After so many milliseconds, where it says when.
    Failed(Option<i64>),
}

impl Push {
    fn client(&self) -> Result<&Client, Error> {
        reach::kept(&self.client, "calling push services", self.private, PATIENCE, 0)
    }
}

/// Sends one message, encrypted for the browser alone (RFC 8291). A newer one of the same place takes the place
/// of one that still waits at the push service.
///
/// # Errors
/// [`Error::Internal`] for a fault of this installation's own; what a push service says is an outcome.
pub(super) async fn send(
    app: &AppState,
    to: &To<'_>,
    place: Place,
    message: String,
) -> Result<Outcome, Error> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
    let (address, browser) =
        (Url::parse(to.endpoint), PublicKey::from_sec1_bytes(&bytes(to.p256dh)));
    let (Ok(address), Ok(browser)) = (address, browser) else { return Ok(Outcome::Gone) };
    let auth = Auth::from_exact_iter(bytes(to.auth));
    let Some(auth) = auth.filter(|_| is_allowed(&address, app.push.private)) else {
        return Ok(Outcome::Gone);
    };
    let body = encrypt(message.into_bytes(), &browser, &auth).map_err(|error| {
        tracing::error!(%error, "encrypting for a browser");
        Error::Internal
    })?;
    let proof = key::of(app).await?.proof(&address, &app.public_url, app.clock.now())?;
    let request = app
        .push
        .client()?
        .post(address.clone())
        .header(AUTHORIZATION, proof)
        .header(CONTENT_ENCODING, "aes128gcm")
        .header(CONTENT_TYPE, "application/octet-stream")
        .header("ttl", KEEPS)
        .header("urgency", "high")
        .header("topic", place.word())
        .body(body);
    // What is logged names the push service, never the browser.
    let service = address.host_str().unwrap_or_default();
    Ok(match request.send().await {
        Ok(answer) if answer.status().is_success() => Outcome::Taken,
        Ok(answer) if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE) => {
            Outcome::Gone
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            tracing::warn!(service, status, "a push service does not take a message");
            let after = answer.headers().get(RETRY_AFTER).and_then(|h| h.to_str().ok());
            let seconds = after.and_then(|s| s.trim().parse::<i64>().ok());
            Outcome::Failed(seconds.map(|s| s.saturating_mul(1_000).clamp(0, LONGEST)))
        }
        Err(error) => {
            tracing::warn!(service, error = %error.without_url(), "a push service is not reached");
            Outcome::Failed(None)
        }
    })
}
