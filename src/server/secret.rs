//! Secrets: made at random, kept as hashes.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use base64::Engine as _;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// 256 random bits as URL-safe text, with a prefix that says what it is for.
pub fn random(prefix: &str) -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256 in hex: enough for secrets that are random already.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// argon2id of a password with a salt of its own and the crate's costs (19 MB, two rounds), in PHC form, which says both. Takes
/// tens of milliseconds: call it off the async threads.
///
/// # Errors
/// [`Error::Internal`] when it cannot be hashed, as where memory is short.
pub fn hash_password(password: &str) -> Result<String, Error> {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|_| Error::Internal)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|h| h.to_string()).map_err(|_| Error::Internal)
}

/// Whether the password is the one that was hashed; `false` too for a hash that is none. As slow as [`hash_password`].
pub fn verify_password(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}
