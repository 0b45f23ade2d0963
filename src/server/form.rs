//! The fields of forms that come with files, one after the other.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

use crate::error::Error;

/// A field of a form.
pub enum Part<'a> {
    /// Its name and what was written in it.
    Text(String, String),
    /// A file that was chosen in the field `file`: its name and its bytes.
    File(String, Box<Field<'a>>),
}

/// What a file is called where it came from; empty where that is not said. Browsers write a quote so that it does not end the name
/// (<https://html.spec.whatwg.org/#multipart-form-data>).
pub fn file_name(field: &Field<'_>) -> String {
    field.file_name().unwrap_or_default().replace("%22", "\"")
}

/// The next field; nothing after the last.
///
/// # Errors
/// [`Error::Invalid`] for the field `file`, which says `too_large`, where the form is larger than its route lets it be, or broken.
pub async fn next<'a>(
    form: &'a mut Multipart,
    too_large: &'static str,
) -> Result<Option<Part<'a>>, Error> {
    let broken = |_| Error::invalid("file", too_large);
    let Some(field) = form.next_field().await.map_err(broken)? else { return Ok(None) };
    let name = field.name().unwrap_or_default().to_owned();
    let file = file_name(&field);
    // A form sends an empty file where none was chosen.
    if name == "file" && !file.is_empty() {
        return Ok(Some(Part::File(file, Box::new(field))));
    }
    Ok(Some(Part::Text(name, field.text().await.map_err(broken)?)))
}
