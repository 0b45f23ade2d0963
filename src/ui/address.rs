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

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_has_a_meaning_in_an_address_is_encoded() {
        assert_eq!(escape("a b&c=é"), "a%20b%26c%3D%C3%A9");
    }
}
