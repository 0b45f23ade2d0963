//! The first page of an installation, how to send data to it, and the settings of the workspace itself.

mod general;
mod identity;
mod install;
mod keys;
mod nav;
mod start;
mod zone_field;

pub use general::WorkspacePage;
pub use install::InstallPage;
pub use keys::KeysPage;
pub use nav::SettingsNav;
pub use start::StartPage;
pub use zone_field::ZoneField;
