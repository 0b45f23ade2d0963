//! Pages and parts about people.

mod facts;
mod header;
mod people;
mod profile;

pub use people::PeoplePage;
pub use profile::ProfilePage;
