//! Tags: manual facts on a person, made on the fly by name, with who and when.

pub mod api;
#[cfg(feature = "ssr")]
mod manage;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

#[cfg(feature = "ssr")]
pub use manage::{Tag, apply, delete_step, find, rename, take_off};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{
    Done, Many, add, add_many, done_by, make, names, of_many, of_owner, remove, remove_many,
};

use crate::error::Error;
use crate::id::TagId;
use crate::time::Stamp;

/// A tag on someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagging {
    /// The tag.
    pub id: TagId,
    /// Its name as it was first written.
    pub name: String,
    /// Who added it; nobody when it came from the product.
    pub by: Option<String>,
    /// When.
    pub at: Stamp,
}

/// A tag's name, trimmed and with inner white space made single.
///
/// # Errors
/// [`Error::Invalid`] unless it has 1 to 100 characters, none of them a control character.
pub fn clean_name(name: &str) -> Result<String, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Error::invalid("name", "write the tag's name"));
    }
    if name.chars().count() > 100 {
        return Err(Error::invalid("name", "a tag's name has at most 100 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "a tag's name is plain text"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn names_are_tidied_and_bounded() {
        assert_eq!(clean_name("  big   spender ").as_deref(), Ok("big spender"));
        assert!(clean_name(" \u{a0} ").is_err());
        assert!(clean_name("a\u{0}b").is_err());
        assert!(clean_name(&"x".repeat(101)).is_err());
        assert!(clean_name(&"é".repeat(100)).is_ok());
    }
}
