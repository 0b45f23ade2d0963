//! The first page of an installation, and how to send data to it.

mod install;
mod start;

pub use install::InstallPage;
pub use start::StartPage;
