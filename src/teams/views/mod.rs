//! The page of teams.

mod teams;

pub use teams::TeamsPage;
