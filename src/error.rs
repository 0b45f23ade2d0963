//! The one error of Rapport: each variant is an outcome that a caller can act on.

use serde::{Deserialize, Serialize};

/// What can go wrong. Internals are logged where they happen and never cross the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// It does not exist, or the viewer cannot reach it: the two are not told apart.
    #[error("Not found")]
    NotFound,
    /// The caller did not prove who they are.
    #[error("Sign in, or send a valid key")]
    Unauthorized,
    /// The input is refused: which field, and what is expected of it.
    #[error("{field}: {message}")]
    Invalid {
        /// The field's name as the caller wrote it.
        field: String,
        /// What is expected, as a sentence without the field's name.
        message: String,
    },
    /// It exists already.
    #[error("{0}")]
    Conflict(String),
    /// Something broke on our side; the reason is in the server's log.
    #[error("Something went wrong on our side. Try again in a moment")]
    Internal,
}

impl Error {
    /// A refusal of one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }
}
