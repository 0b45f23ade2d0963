//! Outside a browser nothing is on its way.

use super::{Item, Outbox};

/// No time.
pub const fn now() -> i64 {
    0
}

/// Does nothing.
pub const fn keep(_item: &Item) {}

/// Does nothing.
pub const fn forget(_client_id: &str) {}

/// Does nothing.
pub const fn start(_outbox: Outbox) {}
