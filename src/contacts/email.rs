//! What an e-mail address is.

/// Whether a text can be written to: an address as [`lettre`] sends to it, such as `ada@example.com`, of at most 320
/// characters. Everything that takes in an address asks this.
pub fn is_email(text: &str) -> bool {
    text.chars().count() <= 320 && text.parse::<lettre::Address>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for good in
            ["ada@example.com", "a.b+c@d.co", "Grace@Example.COM", "用户@例子.公司", "a@localhost"]
        {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(320));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@c.d",
            "a@b@c.d",
            "a@b c",
            "a@b\n.c",
            long.as_str(),
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
