//! Pictures of people, fetched from where the customer's product says that they are: a teammate's browser calls nobody
//! but us, so that no other host learns who looks at whom.

use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Bytes;
use imagesize::ImageType;
use reqwest::header::ACCEPT;
use reqwest::{Client, Response};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use super::find;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::server::reach;
use crate::server::state::AppState;

/// How long another host may take for a picture.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a host may lead elsewhere.
const HOPS: usize = 3;
/// The largest picture, in bytes: 2 MB.
const LARGEST: usize = 2 * 1024 * 1024;
/// The largest picture, in pixels: beyond it a browser needs too much memory for a list of them.
const PIXELS: usize = 16_000_000;
/// How many are fetched at once.
const AT_ONCE: usize = 16;

/// What fetching needs, made when it is first asked for.
pub struct Pictures {
    /// Whether they may be at private addresses, and be fetched without TLS.
    pub private: bool,
    client: OnceLock<Client>,
    turns: Semaphore,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { private: false, client: OnceLock::new(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Pictures {
    fn client(&self) -> Result<&Client, Error> {
        reach::kept(&self.client, "fetching pictures", self.private, PATIENCE, HOPS)
    }
}

/// Where a page finds the picture of a person; `None` where there is none. Another picture has another address, so that
/// browsers may keep it.
pub fn picture_of(id: ContactId, avatar: Option<&str>) -> Option<String> {
    let avatar = avatar.filter(|a| a.starts_with("https://") || a.starts_with("http://"))?;
    let version = hex::encode(&Sha256::digest(avatar)[..6]);
    Some(format!("/contacts/{id}/picture?{version}"))
}

/// A person's picture with its type, which its content says.
///
/// # Errors
/// [`Error::NotFound`] for a person of another workspace, for one without a picture, and where it is not reached, not
/// allowed to be, too large, or no picture that a page may show.
pub(super) async fn fetch(
    app: &AppState,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<(&'static str, Bytes), Error> {
    let mut c = app.db.read().await?;
    let found = find(&mut c, workspace, id).await?;
    drop(c);
    let address = found.and_then(|person| person.avatar).ok_or(Error::NotFound)?;
    let address = Url::parse(&address).map_err(|_| Error::NotFound)?;
    if !reach::is_allowed(&address, app.pictures.private) {
        return Err(Error::NotFound);
    }
    let _turn = app.pictures.turns.acquire().await.map_err(|_| Error::Internal)?;
    let asked = app.pictures.client()?.get(address).header(ACCEPT, "image/*");
    let answer = asked.send().await.map_err(|_| Error::NotFound)?;
    let bytes = read(answer).await.ok_or(Error::NotFound)?;
    let content_type = type_of(&bytes).ok_or(Error::NotFound)?;
    Ok((content_type, bytes))
}

async fn read(mut answer: Response) -> Option<Bytes> {
    let announced = answer.content_length().unwrap_or(0);
    if !answer.status().is_success() || announced > LARGEST as u64 {
        return None;
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if bytes.len() + chunk.len() > LARGEST {
            return None;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes.into())
}

/// The type of a picture that a page may show; drawings are none, which can hold scripts.
fn type_of(bytes: &[u8]) -> Option<&'static str> {
    let content_type = match imagesize::image_type(bytes).ok()? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    let fits = size.width > 0 && size.height > 0;
    (fits && size.width.saturating_mul(size.height) <= PIXELS).then_some(content_type)
}

#[cfg(test)]
mod tests {
    use super::{picture_of, type_of};
    use crate::id::ContactId;

    #[test]
    fn another_picture_has_another_address() {
        let of = |avatar| picture_of(ContactId(7), avatar);
        let one = of(Some("https://example.com/a.png")).unwrap();
        assert!(one.starts_with("/contacts/7/picture?"));
        assert_ne!(Some(one), of(Some("https://example.com/b.png")));
        assert_eq!(of(None), None);
        assert_eq!(of(Some("javascript:alert(1)")), None);
    }

    #[test]
    fn only_pictures_of_a_fair_size_are_pictures() {
        let png = |width: u32, height: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(height.to_be_bytes());
            bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
            bytes
        };
        assert_eq!(type_of(&png(64, 64)), Some("image/png"));
        assert_eq!(type_of(&png(60_000, 60_000)), None);
        assert_eq!(type_of(b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"), None);
        assert_eq!(type_of(b"<!doctype html>"), None);
    }
}
