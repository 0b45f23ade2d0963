//! In the browser the server wrote it.

use leptos::prelude::document;

use super::SUFFIX;

/// The title of the page as it came, without what every title ends with. A page's own part may still be on its way,
/// and until then this is its title.
pub fn came_with() -> String {
    let title = document().title();
    title.strip_suffix(SUFFIX).unwrap_or_default().to_owned()
}
