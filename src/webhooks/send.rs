//! One request to a webhook: signed, guarded, and with an end.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use hmac::{Hmac, Mac as _};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, Response};
use sha1::Sha1;
use sha2::Sha256;
use url::Url;

use crate::error::Error;
use crate::server::reach::{self, is_allowed, is_not_public};
use crate::time::Time;

/// How long a request may take from its beginning to the end of what is read of the answer; reaching the address half of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read and kept, in bytes.
const READ: usize = 500;
/// The longest wait that a receiver can ask for, in milliseconds: an hour.
const LONGEST: i64 = 60 * 60 * 1000;

/// What sending needs, made when it is first asked for.
#[derive(Default)]
pub struct Sender {
    /// Whether addresses may be private, and without TLS.
    pub private: bool,
    client: OnceLock<Client>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status; 0 for no answer.
    pub status: u16,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// The beginning of the answer, or why there is none.
    pub text: String,
    /// After how many milliseconds the receiver wants to be asked again, where it says so.
    pub after: Option<i64>,
}

impl Answer {
    /// Whether the receiver took it.
    pub const fn is_taken(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

impl Sender {
    fn client(&self) -> Result<&Client, Error> {
        reach::kept(&self.client, "calling webhooks", self.private, PATIENCE, 0)
    }

    /// Posts a body. Whatever the receiver does is an answer.
    ///
    /// # Errors
    /// [`Error::Internal`] for a fault of this machine's own.
    pub async fn send(
        &self,
        url: &str,
        secret: &str,
        body: String,
        now: Time,
    ) -> Result<Answer, Error> {
        let none = |text: &str| Answer { status: 0, took: 0, text: text.into(), after: None };
        let address = Url::parse(url).ok().filter(|url| is_allowed(url, self.private));
        let Some(address) = address else {
            return Ok(none("The address is not one of the public internet by https."));
        };
        let stamp = now.seconds().to_string();
        let [old, new] = signatures(secret, &stamp, &body);
        let began = Instant::now();
        let request = self
            .client()?
            .post(address)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Rapport/", env!("CARGO_PKG_VERSION")))
            .header("x-hub-signature", old)
            .header("x-rapport-timestamp", stamp)
            .header("x-rapport-signature", new)
            .body(body);
        let answer = match request.send().await {
            Ok(answer) => read(answer).await,
            Err(error) => none(why(&error)),
        };
        Ok(Answer { took: began.elapsed().as_millis() as i64, ..answer })
    }
}

/// `X-Hub-Signature` as Intercom has it, and ours, which covers the time as well: of `TIMESTAMP.BODY`.
fn signatures(secret: &str, stamp: &str, body: &str) -> [String; 2] {
    let old = Hmac::<Sha1>::new_from_slice(secret.as_bytes());
    let old = old.map_or(String::new(), |mac| {
        hex::encode(mac.chain_update(body.as_bytes()).finalize().into_bytes())
    });
    let new = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let new = new.map_or(String::new(), |mac| {
        let mac = mac.chain_update(stamp.as_bytes()).chain_update(b".");
        hex::encode(mac.chain_update(body.as_bytes()).finalize().into_bytes())
    });
    [format!("sha1={old}"), format!("sha256={new}")]
}

async fn read(mut answer: Response) -> Answer {
    let status = answer.status().as_u16();
    let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let after = after.and_then(|text| text.trim().parse::<i64>().ok()).filter(|n| *n > 0);
    let after = after.map(|seconds| seconds.saturating_mul(1000).min(LONGEST));
    let mut bytes = Vec::new();
    // What comes after the beginning is left unread, and the connection is given up with it.
    while bytes.len() < READ
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        bytes.extend_from_slice(&chunk[..chunk.len().min(READ - bytes.len())]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let text = text.chars().map(plain).collect::<String>().trim().to_owned();
    Answer { status, took: 0, text, after }
}

/// Why there is no answer, without anything that the other side could have chosen.
fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "It took longer than 10 seconds."
    } else if is_not_public(error) {
        "Its name leads to no public address, so it is not called: RAPPORT_WEBHOOKS_PRIVATE=true allows those of your own network."
    } else if error.is_connect() {
        "It could not be reached: no such name, nothing listens there, or its certificate is not good."
    } else {
        "The connection broke."
    }
}

#[cfg(test)]
mod tests {
    use super::signatures;

    #[test]
    fn signatures_are_those_that_receivers_make() {
        // What every implementation is tried with.
        let [old, new] = signatures("key", "", "The quick brown fox jumps over the lazy dog");
        assert_eq!(old, "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9");
        let again = signatures("key", "1", "a");
        assert!(new.starts_with("sha256=") && new.len() == 71);
        assert_ne!(again[1], signatures("key", "2", "a")[1], "the time is signed too");
        assert_eq!(again[0], signatures("key", "2", "a")[0]);
    }
}
