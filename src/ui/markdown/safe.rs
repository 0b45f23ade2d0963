//! What of rendered HTML is let through: nothing that runs, and nothing that is fetched but the pictures of an e-mail.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

/// What the cleaner lets through: the words of prose, links that open beside the page, boxes of task lists.
pub(super) static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

/// The same, and the pictures of an e-mail.
pub(super) static MAIL: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = cleaner();
    cleaner.add_tags(["img"]).add_tag_attributes("img", ["src", "alt"]).set_tag_attribute_value(
        "img",
        "style",
        "max-width:100%;height:auto;border:0",
    );
    cleaner
});

/// A cleaner that lets through what every text may have.
pub(super) fn cleaner() -> Builder<'static> {
    let mut cleaner = Builder::default();
    cleaner
        .rm_tags(["img", "map", "area"])
        .add_tags(["input"])
        .add_tag_attributes("input", ["checked"])
        .set_tag_attribute_value("input", "type", "checkbox")
        .set_tag_attribute_value("input", "disabled", "")
        // What a box is called where it cannot be ticked: the words stand beside it, and this is the same in every language.
        .set_tag_attribute_value("input", "aria-label", "✓")
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .tag_attribute_values(HashMap::new())
        .add_allowed_classes("span", ["mention"]);
    cleaner
}
