//! The key with which this installation proves to push services that it is the sender whom a browser allowed
//! (VAPID, RFC 8292).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rand::RngCore as _;
use serde_json::json;
use url::Url;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use web_push_native::p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};

use crate::error::Error;
use crate::run;
use crate::server::db::{Changed, Db};
use crate::server::state::AppState;
use crate::time::Time;

/// How long a proof is good, in seconds. A day is the most (RFC 8292, 2).
const GOOD: i64 = 12 * 60 * 60;

/// The key of an installation.
pub struct Key {
    secret: SecretKey,
}

/// The public half of the installation's key in base64url, as browsers ask for it.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub async fn public_key(app: &AppState) -> Result<String, Error> {
    Ok(of(app).await?.public())
}

/// The installation's key, made when it is first asked for. Processes that make one at once keep the same.
pub(super) async fn of(app: &AppState) -> Result<&Key, Error> {
    if let Some(key) = app.push.key.get() {
        return Ok(key);
    }
    let kept = match kept(&app.db).await? {
        Some(kept) => kept,
        None => {
            make(&app.db, app.clock.now()).await?;
            kept(&app.db).await?.ok_or(Error::Internal)?
        }
    };
    let der = STANDARD.decode(kept).map_err(broken)?;
    let secret = SecretKey::from_pkcs8_der(&der).map_err(broken)?;
    Ok(app.push.key.get_or_init(|| Key { secret }))
}

fn broken(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "the installation's key for push services");
    Error::Internal
}

async fn kept(db: &Db) -> Result<Option<String>, Error> {
    let mut c = db.read().await?;
    let sql = "select secret from installation_secrets where name = 'web_push'";
    let found: Option<(String,)> =
        run!(c, |x| sqlx::query_as::<_, (String,)>(sql).fetch_optional(x))?;
    Ok(found.map(|(secret,)| secret))
}

async fn make(db: &Db, now: Time) -> Result<(), Error> {
    let der = random().to_pkcs8_der().map_err(broken)?;
    let sql = "insert into installation_secrets (name, secret, created_at) values ('web_push', $1, $2) \
               on conflict (name) do nothing";
    let mut c = db.begin().await?;
    let _: Changed = run!(c, |x| {
        sqlx::query(sql).bind(STANDARD.encode(der.as_bytes())).bind(now).execute(x)
    })?;
    c.commit().await
}

fn random() -> SecretKey {
    loop {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        // One number in four thousand million is not below the order of the curve.
        if let Ok(key) = SecretKey::from_slice(&bytes) {
            return key;
        }
    }
}

impl Key {
    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret.public_key().to_encoded_point(false))
    }

    /// What a request to a push service says of its sender. `contact` is an address under which its operator is found.
    pub(super) fn proof(&self, service: &Url, contact: &str, now: Time) -> Result<String, Error> {
        let audience = service.origin().ascii_serialization();
        let claims = json!({ "aud": audience, "exp": now.0 / 1000 + GOOD, "sub": contact });
        let der = self.secret.to_pkcs8_der().map_err(broken)?;
        let signer = EncodingKey::from_ec_der(der.as_bytes());
        let token = encode(&Header::new(Algorithm::ES256), &claims, &signer).map_err(broken)?;
        Ok(format!("vapid t={token}, k={}", self.public()))
    }
}
