//! Pages and parts about people.

mod facts;
mod header;
mod profile;

pub use profile::ProfilePage;
