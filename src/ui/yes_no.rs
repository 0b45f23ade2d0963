//! A truth as people read it.

/// `Yes` or `No`.
pub const fn yes_or_no(truth: bool) -> &'static str {
    if truth { "Yes" } else { "No" }
}
