//! Proof of who somebody is: signed by the customer's server, checked here.

use hmac::{Hmac, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::error::Error;
use crate::time::Time;

/// The longest token, in bytes.
const LONGEST: usize = 8 * 1024;
/// How far ahead of ours the clock of the server that signed may be, in seconds.
const AHEAD: i64 = 60;

/// Whom a page says that its visitor is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// The customer's own id of them.
    pub user_id: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

/// What a page sends to prove it.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// A JSON Web Token, HS256, with `user_id` or `email`.
    pub jwt: Option<String>,
    /// HMAC-SHA256 of the user id, or else of the e-mail address, in hex.
    pub user_hash: Option<String>,
}

/// What was proved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proved {
    /// Who it is: one of the two at least.
    pub claim: Claim,
    /// What else was signed about them.
    pub signed: Map<String, Value>,
}

/// Checks the proof with any of the workspace's secrets. `None` where none was sent; one that was sent and is not
/// right is refused, since a page that signs wants to know.
///
/// # Errors
/// [`Error::Invalid`] names what is wrong: the signature, the time, or whom it is about.
pub fn prove(
    secrets: &[String],
    claim: &Claim,
    evidence: &Evidence,
    now: Time,
) -> Result<Option<Proved>, Error> {
    if let Some(jwt) = &evidence.jwt {
        return token(secrets, claim, jwt, now).map(Some);
    }
    let Some(sent) = &evidence.user_hash else { return Ok(None) };
    let about = claim.user_id.as_ref().or(claim.email.as_ref());
    let about = about.ok_or_else(|| {
        Error::invalid("user_hash", "send the user_id or the email that it is about")
    })?;
    let bytes = hex::decode(sent.trim()).unwrap_or_default();
    if !secrets.iter().any(|secret| is_hash_of(secret, about, &bytes)) {
        let message = "it is not the HMAC-SHA256, in hex, of the user_id (or else the email) with this workspace's identity secret";
        return Err(Error::invalid("user_hash", message));
    }
    // Only what was hashed is proved: beside a user id, the address is hearsay.
    let claim = match &claim.user_id {
        Some(id) => Claim { user_id: Some(id.clone()), email: None },
        None => claim.clone(),
    };
    Ok(Some(Proved { claim, signed: Map::new() }))
}

/// Compares in a time that does not depend on where the two differ.
fn is_hash_of(secret: &str, about: &str, sent: &[u8]) -> bool {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .is_ok_and(|mac| mac.chain_update(about.as_bytes()).verify_slice(sent).is_ok())
}

/// The hash that proves a user id or an e-mail address.
pub fn hash_of(secret: &str, about: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    mac.map_or(String::new(), |mac| {
        hex::encode(mac.chain_update(about.as_bytes()).finalize().into_bytes())
    })
}

fn token(secrets: &[String], claim: &Claim, jwt: &str, now: Time) -> Result<Proved, Error> {
    let refused = |message: &str| Error::invalid("intercom_user_jwt", message);
    if jwt.len() > LONGEST {
        return Err(refused("it has more than 8 KB"));
    }
    // Times are judged below, by our own clock.
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    let signed = secrets.iter().find_map(|secret| {
        let key = DecodingKey::from_secret(secret.as_bytes());
        decode::<Map<String, Value>>(jwt, &key, &rules).ok()
    });
    let mut signed = signed.map(|t| t.claims).ok_or_else(|| {
        refused("it is not signed by HS256 with this workspace's identity secret")
    })?;
    let seconds = now.seconds();
    let moment = |name: &str| match signed.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_f64()
            .map(|n| Some(n as i64))
            .ok_or_else(|| refused("its times are numbers of seconds")),
    };
    if moment("exp")?.is_some_and(|end| end <= seconds) {
        return Err(refused("it has expired: sign a new one"));
    }
    if moment("nbf")?.is_some_and(|begin| begin > seconds + AHEAD) {
        return Err(refused("it is not valid yet"));
    }
    for name in ["exp", "nbf", "iat", "iss", "aud", "jti", "sub"] {
        signed.remove(name);
    }
    let mut text = |name: &str| match signed.remove(name) {
        Some(Value::String(s)) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    let proved = Claim { user_id: text("user_id"), email: text("email") };
    if proved == Claim::default() {
        return Err(refused("it names nobody: sign a user_id or an email"));
    }
    if claim.user_id.is_some() && claim.user_id != proved.user_id {
        return Err(refused("it is about another user_id than the page's"));
    }
    Ok(Proved { claim: proved, signed })
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::{Algorithm, Claim, Evidence, Time, hash_of, prove};

    const NOW: Time = Time(1_772_366_400_000);

    fn jwt(secret: &str, claims: &serde_json::Value) -> Option<String> {
        encode(&Header::default(), claims, &EncodingKey::from_secret(secret.as_bytes())).ok()
    }

    fn claim(user_id: &str) -> Claim {
        Claim { user_id: Some(user_id.into()), email: None }
    }

    #[test]
    fn only_a_signature_of_this_workspace_about_this_person_in_time_proves() {
        let secrets = ["new".to_owned(), "old".to_owned()];
        let exp = NOW.0 / 1000 + 60;
        let by =
            |token| prove(&secrets, &claim("u"), &Evidence { jwt: token, user_hash: None }, NOW);
        for secret in ["new", "old"] {
            let proved = by(jwt(secret, &json!({"user_id": "u", "exp": exp, "plan": "pro"})))
                .unwrap()
                .unwrap();
            assert_eq!((proved.claim, proved.signed.len()), (claim("u"), 1));
        }
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJ1c2VyX2lkIjoidSJ9.";
        let other = Header::new(Algorithm::HS512);
        let strong =
            encode(&other, &json!({"user_id": "u"}), &EncodingKey::from_secret(b"new")).ok();
        for (what, token) in [
            ("forged", jwt("guess", &json!({"user_id": "u", "exp": exp}))),
            ("expired", jwt("new", &json!({"user_id": "u", "exp": NOW.0 / 1000}))),
            ("not yet", jwt("new", &json!({"user_id": "u", "nbf": exp + 10}))),
            ("another's", jwt("new", &json!({"user_id": "v", "exp": exp}))),
            ("nobody's", jwt("new", &json!({"exp": exp}))),
            ("times in words", jwt("new", &json!({"user_id": "u", "exp": "tomorrow"}))),
            ("alg none", Some(none.into())),
            ("alg none without its end", Some(none.trim_end_matches('.').into())),
            ("another algorithm", strong),
            ("nonsense", Some("a.b.c".into())),
            ("long", Some("x".repeat(9_000))),
        ] {
            assert!(by(token).is_err(), "{what}");
        }
        assert_eq!(by(None), Ok(None));
    }

    #[test]
    fn a_hash_proves_what_was_hashed_and_nothing_beside_it() {
        let secrets = ["s".to_owned()];
        let both = Claim { user_id: Some("u".into()), email: Some("e@example.com".into()) };
        let by = |claim: &Claim, about: &str, secret: &str| {
            let evidence = Evidence { jwt: None, user_hash: Some(hash_of(secret, about)) };
            prove(&secrets, claim, &evidence, NOW)
        };
        assert_eq!(
            by(&both, "u", "s").unwrap().unwrap().claim,
            claim("u"),
            "the address is not proved"
        );
        assert!(
            by(&both, "e@example.com", "s").is_err(),
            "the hash of an address proves no user id"
        );
        assert!(by(&both, "u", "t").is_err());
        assert!(by(&claim("v"), "u", "s").is_err());
        let mail = Claim { user_id: None, email: Some("e@example.com".into()) };
        assert_eq!(by(&mail, "e@example.com", "s").unwrap().unwrap().claim, mail);
        let cut = Evidence { jwt: None, user_hash: Some(hash_of("s", "u")[..62].into()) };
        assert!(prove(&secrets, &claim("u"), &cut, NOW).is_err());
    }
}
