//! Pages and parts about teammates.

mod sign_in;

pub use sign_in::SignInPage;
