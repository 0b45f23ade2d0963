//! The one error of Rapport: each variant is an outcome that a caller can act on.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

use crate::words::begun;

/// How many refusals of one input are told at most.
pub const MOST_TOLD: usize = 20;

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
    /// The input is refused in more than one place: each field, and what is expected of it.
    #[error("{}", first_of(.0))]
    Several(Vec<(String, String)>),
    /// It exists already.
    #[error("{0}")]
    Conflict(String),
    /// Somebody or something else has this value already: which field, and who, as a whole sentence.
    #[error("{message}")]
    Taken {
        /// The field's name as the caller wrote it.
        field: String,
        /// Who has it.
        message: String,
    },
    /// What a field names does not exist, or the viewer cannot reach it.
    #[error("{field}: nothing has this")]
    Missing {
        /// The field's name as the caller wrote it.
        field: String,
    },
    /// The viewer's role does not allow it: whom to ask.
    #[error("{0}")]
    Forbidden(String),
    /// Too many attempts in a short time.
    #[error("Too many attempts. Wait a minute and try again")]
    TooMany,
    /// What is asked takes longer than anybody should wait.
    #[error("This takes too long to find out. Ask for less: fewer conditions, or narrower ones")]
    TooSlow,
    /// The server could not be reached, or its answer made no sense.
    #[error("The connection failed. Check the network and try again")]
    Unreachable,
    /// Something broke on our side; the reason is in the server's log.
    #[error("Something went wrong on our side. Try again in a moment")]
    Internal,
}

impl Error {
    /// A refusal of one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }

    /// A refusal of these fields, each with what is expected of it.
    pub fn several(mut refused: Vec<(String, String)>) -> Self {
        match refused.len() {
            0 | 1 => refused.pop().map_or(Self::Internal, |(field, why)| Self::invalid(field, why)),
            _ => Self::Several(refused),
        }
    }

    /// A refusal of a value that somebody or something else has.
    pub fn taken(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Taken { field: field.into(), message: message.into() }
    }

    /// A refusal of a field that names what is not there.
    pub fn missing(field: impl Into<String>) -> Self {
        Self::Missing { field: field.into() }
    }

    /// Says of a "not found" which field named it; any other error as it is.
    #[must_use]
    pub fn named_by(self, field: impl Into<String>) -> Self {
        match self {
            Self::NotFound => Self::missing(field),
            other => other,
        }
    }

    /// A refusal of a field, said of the field that the caller knows it by; any other error as it is.
    #[must_use]
    pub fn of_field(self, field: impl Into<String>) -> Self {
        match self {
            Self::Invalid { message, .. } => Self::invalid(field, message),
            Self::Several(all) => {
                let field: String = field.into();
                Self::Several(all.into_iter().map(|(_, why)| (field.clone(), why)).collect())
            }
            Self::Taken { message, .. } => Self::taken(field, message),
            Self::Missing { .. } => Self::missing(field),
            other => other,
        }
    }

    /// The message as a sentence for a person, without the field's name.
    pub fn sentence(&self) -> String {
        let text = match self {
            Self::Invalid { message, .. } => message.clone(),
            Self::Several(all) => {
                let first = all.first().map(|(_, why)| why.as_str()).unwrap_or_default();
                with_more(first, all.len().saturating_sub(1))
            }
            // People have no keys.
            Self::Unauthorized => "you are signed out. Sign in again to go on".into(),
            other => other.to_string(),
        };
        if text.is_empty() { text } else { begun(&text) + "." }
    }

    /// Whether the same may well succeed a little later.
    pub const fn passes(&self) -> bool {
        matches!(self, Self::TooMany | Self::Unreachable | Self::Internal)
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound | Self::Missing { .. } => 404,
            Self::Unauthorized => 401,
            Self::Invalid { .. } | Self::Several(_) => 400,
            Self::Conflict(_) | Self::Taken { .. } => 409,
            Self::Forbidden(_) => 403,
            Self::TooSlow => 422,
            Self::TooMany => 429,
            Self::Unreachable => 502,
            Self::Internal => 500,
        }
    }
}

fn first_of(refused: &[(String, String)]) -> String {
    refused.first().map(|(field, why)| format!("{field}: {why}")).unwrap_or_default()
}

/// The first mistake, and how many more there are.
pub fn with_more(first: &str, more: usize) -> String {
    match more {
        0 => first.to_owned(),
        1 => format!("{first}, and there is 1 more mistake"),
        n if n + 1 < MOST_TOLD => format!("{first}, and there are {n} more mistakes"),
        _ => format!("{first}, and there are many more mistakes"),
    }
}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::Unreachable
            }
            ServerFnErrorErr::Args(message) | ServerFnErrorErr::MissingArg(message) => {
                Self::Invalid { field: "form".into(), message }
            }
            _ => Self::Internal,
        }
    }
}
