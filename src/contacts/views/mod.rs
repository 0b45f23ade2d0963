//! Pages and parts about people.

mod actions;
mod arrange;
mod asked;
mod attach;
mod column;
mod companies;
mod edit;
mod events;
mod header;
mod local;
mod place;
mod profile;
mod sections;

pub use column::ContactColumn;
pub use place::Credits;
pub use profile::ProfilePage;
