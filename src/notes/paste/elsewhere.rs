//! Outside a browser nobody pastes.

/// Nothing.
pub async fn markdown(_html: String) -> Option<String> {
    None
}
