//! The status that the server answers with.

use crate::error::Error;
use crate::server::viewer;

/// Answers 404.
pub fn not_found() {
    viewer::refuse(Error::NotFound);
}
