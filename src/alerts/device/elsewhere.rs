//! Outside a browser there is no push service.

/// It is not.
pub const fn is_able() -> bool {
    false
}

/// Nothing is said.
pub async fn take(_key: String) -> Option<String> {
    None
}

/// Does nothing.
pub const fn let_go() {}

/// Does nothing.
pub const fn keep() {}
