//! Pages about importing files.

mod columns;
mod upload;

pub use columns::ImportColumnsPage;
pub use upload::ImportPage;
