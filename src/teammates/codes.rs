//! Codes: those that an app makes of a secret (RFC 6238), and those kept for recovery.

use qrcode::{Color, QrCode};
use rand::RngCore as _;
use totp_rs::{Algorithm, Secret, TOTP};

use super::Qr;
use crate::error::Error;
use crate::time::Time;

/// How long a code is shown, in milliseconds.
const STEP: i64 = 30_000;
/// Letters and digits that are not mistaken for one another: 32, so that each says five bits.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// 160 random bits in base32.
pub(super) fn new_secret() -> String {
    let mut bytes = [0u8; 20];
    rand::rng().fill_bytes(&mut bytes);
    Secret::Raw(bytes.to_vec()).to_encoded().to_string()
}

/// 80 random bits: `abcd-efgh-ijkm-npqr`.
pub(super) fn new_code() -> String {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    let letters: Vec<u8> = bytes.iter().map(|b| LETTERS[usize::from(b % 32)]).collect();
    let groups = letters.chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join("-")
}

/// A code as it is compared: without the spaces and hyphens that help the eye.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase()
}

/// The generator of a secret's codes, under the name that an app shows.
pub(super) fn totp(secret: &str, email: &str) -> Result<TOTP, Error> {
    let bytes = Secret::Encoded(secret.into()).to_bytes().map_err(|_| Error::Internal)?;
    // The parts of the address that an app reads are separated by colons.
    let account = email.replace(':', " ");
    let issuer = Some("Rapport".to_owned());
    TOTP::new(Algorithm::SHA1, 6, 0, 30, bytes, issuer, account).map_err(|error| {
        tracing::error!(%error, "second step");
        Error::Internal
    })
}

/// The step that a code belongs to, if it is this one or one beside it: clocks differ.
pub(super) fn step_of(secret: &str, code: &str, now: Time) -> Result<Option<i64>, Error> {
    let totp = totp(secret, "")?;
    let this = now.0.div_euclid(STEP);
    let fits = |step: &i64| u64::try_from(*step).is_ok_and(|step| totp.check(code, step * 30));
    Ok((this - 1..=this + 1).find(fits))
}

/// In groups of four, to be typed.
pub(super) fn spaced(secret: &str) -> String {
    let groups = secret.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}

/// The dark squares as a path, one unit a square.
pub(super) fn qr(text: &str) -> Result<Qr, Error> {
    let code = QrCode::new(text).map_err(|error| {
        tracing::error!(%error, "QR code");
        Error::Internal
    })?;
    let size = code.width();
    let colors = code.to_colors();
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let path = dark.map(|(n, _)| format!("M{} {}h1v1h-1z", n % size, n / size)).collect();
    Ok(Qr { size: size as u32, path })
}

#[cfg(test)]
mod tests {
    use super::{Time, new_code, plain, step_of};

    /// The secret of RFC 6238, appendix B, in base32: "12345678901234567890".
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard_within_one_step() {
        // The appendix has eight digits; six are their end.
        let step = |seconds: i64| step_of(SECRET, "287082", Time(seconds * 1000)).unwrap();
        assert_eq!(step(59), Some(1));
        assert_eq!((step(0), step(89)), (Some(1), Some(1)), "a clock may be one step off");
        assert_eq!((step(90), step(1_111_111_109)), (None, None));
        assert_eq!(step_of(SECRET, "", Time(59_000)).unwrap(), None);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(plain(" 287 082 "), "287082");
        let code = new_code();
        assert_eq!(code.len(), 19);
        assert_eq!(plain(&code.to_uppercase()).len(), 16);
        assert_ne!(code, new_code());
    }
}
