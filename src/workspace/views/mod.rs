//! The first page of an installation, and how to send data to it.

mod install;
mod nav;
mod start;

pub use install::InstallPage;
pub use nav::SettingsNav;
pub use start::StartPage;
