//! Outside a browser nothing rings.

use super::Permission;
use crate::alerts::News;
use crate::id::TeammateId;

/// Does nothing.
pub fn tell(_me: TeammateId, _news: News, _open: impl Fn(&str) + Clone + 'static) {}

/// There is none.
pub const fn permission() -> Permission {
    Permission::Missing
}

/// Does nothing.
pub fn allow(_done: impl FnOnce(Permission) + 'static) {}

/// Does nothing.
pub const fn play() {}
