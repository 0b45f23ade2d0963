//! Pages and parts about teammates.

mod account;
mod join;
mod sign_in;
mod team;

pub use account::AccountPage;
pub use join::JoinPage;
pub use sign_in::SignInPage;
pub use team::TeamPage;
