//! Several names in one field, between semicolons.

/// The names in a field: between semicolons or commas, in quotes where a name has one of these itself.
pub fn split(text: &str) -> Vec<String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => name.extend(letters.next()),
            '"' if quoted => quoted = false,
            '"' if name.trim().is_empty() => (quoted, name) = (true, String::new()),
            ';' | ',' if !quoted => names.push(std::mem::take(&mut name)),
            letter => name.push(letter),
        }
    }
    names.push(name);
    names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Writes names so that [`split`] reads them.
pub fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quote = |name: &str| {
        if name.contains([';', ',', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.to_owned()
        }
    };
    names.map(quote).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn what_is_joined_is_split() {
        assert_eq!(split("vip; big spender,,new ;"), ["vip", "big spender", "new"]);
        assert_eq!(split(" "), Vec::<String>::new());
        assert_eq!(split("5\" disk"), ["5\" disk"]);
        for names in [&["a"][..], &["a;b", "c, d", "say \"x\"", "plain name"], &["\"", ";"]] {
            assert_eq!(split(&join(names.iter().copied())), names);
        }
    }
}
