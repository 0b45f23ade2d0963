//! Pages and parts about people.

mod actions;
mod companies;
mod data;
mod facts;
mod header;
mod place;
mod profile;

pub use profile::ProfilePage;
