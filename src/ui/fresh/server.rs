//! On the server, for pages that work without JavaScript.

use crate::server::secret;

/// An id that no other page makes.
pub fn fresh_id() -> String {
    secret::random("")
}
