//! In a browser text is text.

/// The text as it is.
pub fn in_field(text: impl Into<Option<String>>) -> Option<String> {
    text.into()
}
