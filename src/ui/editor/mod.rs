//! Working on what is written in a field: what stands before the cursor, and putting something there.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{before_caret, insert, is_low, replace_before, selected, wrap};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{before_caret, insert, is_low, replace_before, selected, wrap};
use leptos::web_sys::HtmlTextAreaElement;

/// Whether a text fits in the place of what is selected. The browser would cut it off, and say nothing.
pub fn fits(field: &HtmlTextAreaElement, text: &str) -> bool {
    let units = |text: &str| text.encode_utf16().count();
    let stays = units(&field.value()).saturating_sub(units(&selected(field)));
    let most = usize::try_from(field.max_length()).unwrap_or(usize::MAX);
    stays + units(text) <= most
}

/// The word that is being written at the end of a text, if it begins with one of these marks: the mark, and what
/// follows it. A mark inside a word, as in an e-mail address, is none.
pub fn marked_word<'a>(text: &'a str, marks: &[char]) -> Option<(char, &'a str)> {
    let word = text.rsplit(char::is_whitespace).next()?;
    let mark = word.chars().next().filter(|c| marks.contains(c))?;
    Some((mark, &word[mark.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::marked_word;

    #[test]
    fn marks_begin_words() {
        assert_eq!(marked_word("hello @ad", &['@']), Some(('@', "ad")));
        assert_eq!(marked_word("#", &['@', '#']), Some(('#', "")));
        assert_eq!(marked_word("ada@example", &['@']), None);
        assert_eq!(marked_word("@ada ", &['@']), None);
        assert_eq!(marked_word("", &['@']), None);
    }
}
