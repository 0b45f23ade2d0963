//! Long texts, of which a page that has more than them shows the beginning.

use leptos::prelude::*;

use super::scroll;

/// How many lines a text has at least that is cut.
const LONG: usize = 24;

/// Whether a text with its formatting, as HTML, has many lines where one has room for so many characters.
pub fn is_long(html: &str, wide: usize) -> bool {
    let lines = html.lines().map(|line| 1 + seen(line) / wide);
    lines.sum::<usize>() > LONG
}

/// How many characters of a line are seen.
fn seen(line: &str) -> usize {
    let mut inside = false;
    let is_seen = |c: &char| {
        inside = *c == '<' || (inside && *c != '>');
        !inside && *c != '>'
    };
    line.chars().filter(is_seen).count()
}

/// Stands right after the text, and shows all of it, or its beginning again; without a script as well.
#[component]
pub fn ShowAll() -> impl IntoView {
    view! {
        <details
            class="show-all"
            on:toggle:target=move |ev| {
                // Where it was pressed is far below where the text ends now.
                let text = ev.target().previous_element_sibling();
                if let Some(text) = text.filter(|_| !ev.target().has_attribute("open")) {
                    scroll::back_to(&text);
                }
            }
        >
            <summary class="link-button">
                <span>"Show all"</span>
                <span>"Show less"</span>
            </summary>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::is_long;

    #[test]
    fn what_has_many_lines_is_long_and_addresses_of_links_are_no_words() {
        assert!(!is_long("", 40));
        assert!(is_long(&"<p>a</p>\n".repeat(25), 40));
        assert!(!is_long(&"<p>a</p>\n".repeat(24), 40));
        assert!(is_long(&format!("<p>{}</p>", "word ".repeat(200)), 40));
        assert!(!is_long(&format!("<p>{}</p>", "word ".repeat(200)), 90));
        assert!(!is_long(&format!("<p><a href=\"/{}\">short</a></p>", "x".repeat(2000)), 40));
    }
}
