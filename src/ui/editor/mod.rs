//! Working on what is written in a field: what stands before the cursor, and putting something there.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;

#[cfg(feature = "hydrate")]
pub use browser::{before_caret, insert, is_low, replace_before, selected, wrap};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{before_caret, insert, is_low, replace_before, selected, wrap};

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
