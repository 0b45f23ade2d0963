//! Pages and parts about teammates.

mod account;
mod code;
mod forgot;
mod join;
mod new_password;
mod owner_field;
mod second_step;
mod sessions;
mod sign_in;
mod team;

pub use account::AccountPage;
pub use code::CodePage;
pub use forgot::{ForgotPage, ResetPage};
pub use join::JoinPage;
pub use new_password::NewPassword;
pub use owner_field::OwnerField;
pub use sign_in::SignInPage;
pub use team::TeamPage;
