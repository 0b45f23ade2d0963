//! What files look like, and the settings of which kinds are taken.

mod files;
mod settings;

pub use files::Files;
pub use settings::FilesPage;
