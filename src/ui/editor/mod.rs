//! Working on what is written in a field: what stands before the cursor, and putting something there.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
mod keys;
mod lists;

#[cfg(feature = "hydrate")]
pub use browser::{
    after_caret, before_caret, insert, is_at_top, is_low, replace_before, selected, settle, wrap,
};
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::{
    after_caret, before_caret, insert, is_at_top, is_low, replace_before, selected, settle, wrap,
};
pub use keys::{composes, forms, goes_on};
use leptos::web_sys::HtmlTextAreaElement;

/// Whether a text fits in the place of what is selected. The browser would cut it off, and say nothing.
pub fn fits(field: &HtmlTextAreaElement, text: &str) -> bool {
    let units = |text: &str| text.encode_utf16().count();
    let stays = units(&field.value()).saturating_sub(units(&selected(field)));
    let most = usize::try_from(field.max_length()).unwrap_or(usize::MAX);
    stays + units(text) <= most
}

/// What is selected, leading to the address that is pasted over it; nothing where no address is, or nothing is selected.
pub fn leading(field: &HtmlTextAreaElement, pasted: &str) -> Option<String> {
    let (selected, address) = (selected(field), pasted.trim());
    let leads = is_address(address) && !selected.is_empty() && !is_address(&selected);
    leads.then(|| format!("[{selected}]({address})"))
}

fn is_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(char::is_whitespace)
        && !text.contains(')')
}

/// The word that is being written at the end of a text, if it begins with one of these marks: the mark, and what
/// follows it. A mark inside a word, as in an e-mail address, is none.
pub fn marked_word<'a>(text: &'a str, marks: &[char]) -> Option<(char, &'a str)> {
    let word = text.rsplit(char::is_whitespace).next()?;
    let mark = word.chars().next().filter(|c| marks.contains(c))?;
    Some((mark, &word[mark.len_utf8()..]))
}

/// What may be the beginning of a name of several words at the end of a text, without the `@` before it: more than one word of
/// it, and at most four.
pub fn begun_name(text: &str) -> Option<&str> {
    let (before, begun) = text.rsplit_once('@')?;
    let apart = before.chars().next_back().is_none_or(char::is_whitespace);
    let several = (1..4).contains(&begun.matches(' ').count()) && !begun.ends_with(' ');
    (apart && several && !begun.contains('\n')).then_some(begun)
}

#[cfg(test)]
mod tests {
    use super::{begun_name, marked_word};

    #[test]
    fn a_name_may_have_several_words() {
        assert_eq!(begun_name("ask @ada l"), Some("ada l"));
        assert_eq!(begun_name("@Ana de la C"), Some("Ana de la C"));
        for other in ["@Ada", "@Ada ", "x@ada l", "ada l", "@Ada\nL x", "@one two three four five"]
        {
            assert_eq!(begun_name(other), None, "{other:?}");
        }
    }

    #[test]
    fn marks_begin_words() {
        assert_eq!(marked_word("hello @ad", &['@']), Some(('@', "ad")));
        assert_eq!(marked_word("#", &['@', '#']), Some(('#', "")));
        assert_eq!(marked_word("ada@example", &['@']), None);
        assert_eq!(marked_word("@ada ", &['@']), None);
        assert_eq!(marked_word("", &['@']), None);
    }
}
