//! Lists and quotes that go on by themselves when a new line begins.

use leptos::web_sys::HtmlTextAreaElement;

use super::{after_caret, before_caret, insert, replace_before, selected};

/// Begins a new line as the last one began: another item of its list, another box, a quote that goes on. One that has no words yet ends
/// the list instead. False where it is a line like any other, which is the browser's to begin.
pub fn go_on(field: &HtmlTextAreaElement) -> bool {
    if !selected(field).is_empty() {
        return false;
    }
    let before = before_caret(field);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let rest = after_caret(field);
    match next(line, rest.split('\n').next().unwrap_or_default()) {
        Some(Next::Line(begin)) => insert(field, &format!("\n{begin}")),
        Some(Next::End) => replace_before(field, line.encode_utf16().count(), ""),
        None => return false,
    }
    true
}

/// What follows a line of a list.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// A line that begins so.
    Line(String),
    /// Nothing: the list is over.
    End,
}

/// What follows a line that has this before the cursor and that after it.
fn next(before: &str, after: &str) -> Option<Next> {
    let words = before.trim_start_matches([' ', '\t']);
    let indent = &before[..before.len() - words.len()];
    let (sign, words) = sign(words)?;
    let ticks = ["[ ] ", "[x] ", "[X] "].into_iter().any(|mark| words.starts_with(mark));
    let (mark, words) = if ticks && sign != "> " { ("[ ] ", &words[4..]) } else { ("", words) };
    match (words.trim().is_empty(), after.trim().is_empty()) {
        (true, true) => Some(Next::End),
        // The cursor stands before the words: the line moves down as it is.
        (true, false) => None,
        (false, _) => Some(Next::Line(format!("{indent}{sign}{mark}"))),
    }
}

/// The sign of the item after one that begins a line so, and what follows on that line.
fn sign(line: &str) -> Option<(String, &str)> {
    for sign in ["- ", "* ", "+ ", "> "] {
        if let Some(words) = line.strip_prefix(sign) {
            return Some((sign.to_owned(), words));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = line.get(..digits).filter(|_| digits <= 9)?.parse().ok()?;
    let stop = [". ", ") "].into_iter().find(|stop| line[digits..].starts_with(stop))?;
    Some((format!("{}{stop}", number + 1), &line[digits + stop.len()..]))
}

#[cfg(test)]
mod tests {
    use super::{Next, next};

    #[test]
    fn a_list_goes_on_until_an_item_has_no_words() {
        for (line, begin) in [
            ("- one", "- "),
            ("  * one", "  * "),
            ("+ 🙂", "+ "),
            ("9. nine", "10. "),
            ("1) one", "2) "),
            ("- [x] done", "- [ ] "),
            ("\t- [ ] open", "\t- [ ] "),
            ("2. [ ] two", "3. [ ] "),
            ("> said", "> "),
            ("> [ ] said", "> "),
        ] {
            assert_eq!(next(line, " and more"), Some(Next::Line(begin.into())), "{line:?}");
            assert_eq!(next(begin, ""), Some(Next::End), "{begin:?}");
            assert_eq!(next(begin, "words"), None, "{begin:?}");
        }
        for line in [
            "",
            "words",
            "-",
            "-one",
            "1.",
            "2026 was good",
            "- ",
            "99999999999. x",
            "1.5 x",
            "é- x",
        ] {
            assert_eq!(next(line, "x"), None, "{line:?}");
        }
    }
}
