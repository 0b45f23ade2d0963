//! Parts of addresses.

/// Percent-encodes everything but letters, digits and `-._~` (RFC 3986, unreserved).
pub fn escape(text: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(b).to_string()
        }
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The address that a website leads to: itself where it says how it is read, `https` where it is the name of a host that has
/// a dot, with what follows; `None` for any other text.
pub fn web(site: &str) -> Option<String> {
    if site.starts_with("https://") || site.starts_with("http://") {
        return Some(site.to_owned());
    }
    let end = site.find(['/', '?', '#']).unwrap_or(site.len());
    let host = &site[..end];
    let named = host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
    let dotted = host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty());
    (named && dotted && !site.contains(char::is_whitespace)).then(|| format!("https://{site}"))
}

#[cfg(test)]
mod tests {
    use super::{escape, web};

    #[test]
    fn a_website_leads_somewhere_where_it_can() {
        assert_eq!(web("http://navy.example/a b").as_deref(), Some("http://navy.example/a b"));
        assert_eq!(web("navy.example").as_deref(), Some("https://navy.example"));
        assert_eq!(web("bücher.example/a?b").as_deref(), Some("https://bücher.example/a?b"));
        for text in [
            "",
            "navy",
            "javascript:alert(1)",
            "javascript://a.b",
            "a@b.example",
            "not. known",
            ".example",
            "//evil.example",
        ] {
            assert_eq!(web(text), None, "{text}");
        }
    }

    #[test]
    fn what_has_a_meaning_in_an_address_is_encoded() {
        assert_eq!(escape("a b&c=é"), "a%20b%26c%3D%C3%A9");
    }
}
