//! Teams: teammates that conversations are given to together.

pub mod api;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{all, archive, make, names, rename, restore, set_members};

use crate::error::Error;
use crate::id::{TeamId, TeammateId};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// Who is in it, by name.
    pub members: Vec<(TeammateId, String)>,
    /// Whether it is put away: nothing is given to it any more.
    pub archived: bool,
}

/// Every team, and who can be in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teams {
    /// The number up to which this is true.
    pub seq: i64,
    /// Teams by name, the archived ones last.
    pub teams: Vec<Team>,
    /// Who works here, by name.
    pub teammates: Vec<(TeammateId, String)>,
}

/// A team's name, trimmed and with inner white space made single.
///
/// # Errors
/// [`Error::Invalid`] unless it has 1 to 100 characters, none of them a control character.
pub fn clean_name(name: &str) -> Result<String, Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "write between 1 and 100 characters"));
    }
    Ok(name)
}
