//! On the server all code is there.

/// Comes at once.
pub async fn came<F>(_: impl Fn() -> F) {}
