//! On the server.

/// A text that stays text between the tags of a `textarea`. A line break at its beginning, which HTML drops, stays.
pub fn in_field(text: impl Into<Option<String>>) -> Option<String> {
    let text = text.into()?;
    let first = if text.starts_with('\n') { "\n" } else { "" };
    Some(format!("{first}{}", text.replace('&', "&amp;").replace('<', "&lt;")))
}

#[cfg(test)]
mod tests {
    use super::in_field;

    #[test]
    fn nothing_ends_the_field() {
        let evil = "</textarea><script>alert(1)</script> &lt;".to_owned();
        assert_eq!(
            in_field(evil).as_deref(),
            Some("&lt;/textarea>&lt;script>alert(1)&lt;/script> &amp;lt;")
        );
        assert_eq!(in_field("\nx".to_owned()).as_deref(), Some("\n\nx"));
        assert_eq!(in_field(None), None);
    }
}
