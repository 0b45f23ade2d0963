//! Pages about importing files.

mod columns;
mod imports;
mod reading;
mod upload;

pub use columns::ImportColumnsPage;
pub use upload::ImportPage;
