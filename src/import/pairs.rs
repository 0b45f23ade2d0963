//! What columns mean, as it is written in one text: `id=user_id,"Name, first"=name`.

/// The pairs of a column's name and what it means, between commas. A name or a meaning that has a comma, a quote or `=`
/// itself stands in quotes, as it does in a CSV file: a quote within is doubled.
///
/// # Errors
/// What is expected, for a pair that has no `=` and for a quote that does not close where it should.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let (mut all, mut rest) = (Vec::new(), text);
    loop {
        let (column, after) = part(rest, &['=', ','])?;
        let after = after.strip_prefix('=').ok_or("expected COLUMN=MEANING")?;
        let (meaning, after) = part(after, &[','])?;
        all.push((column, meaning));
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(all),
        }
    }
}

/// What stands before the first of these signs, outside of quotes, and the rest from that sign on.
fn part<'a>(text: &'a str, ends: &[char]) -> Result<(String, &'a str), String> {
    let Some(mut quoted) = text.trim_start().strip_prefix('"') else {
        let end = text.find(ends).unwrap_or(text.len());
        return Ok((text[..end].trim().to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let rest = loop {
        let (before, after) = quoted.split_once('"').ok_or("a quote opens that is not closed")?;
        name.push_str(before);
        let Some(next) = after.strip_prefix('"') else { break after.trim_start() };
        name.push('"');
        quoted = next;
    };
    if !rest.is_empty() && !rest.starts_with(ends) {
        return Err("a quote closes before the end of a name; one within is doubled".into());
    }
    Ok((name.trim().to_owned(), rest))
}

/// A name as [`pairs`] reads it.
pub fn quoted(name: &str) -> String {
    if name.contains([',', '=']) || name.starts_with('"') {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{pairs, quoted};

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text).unwrap()
    }

    fn pair(column: &str, meaning: &str) -> (String, String) {
        (column.to_owned(), meaning.to_owned())
    }

    #[test]
    fn plain_names_need_no_quotes() {
        assert_eq!(read("id=user_id"), [pair("id", "user_id")]);
        assert_eq!(read("id=user_id, notes = -"), [pair("id", "user_id"), pair("notes", "-")]);
        assert_eq!(read("a=b=c"), [pair("a", "b=c")], "the first sign is the one between");
        assert_eq!(read("5\" disk=size"), [pair("5\" disk", "size")]);
        assert_eq!(read("email=attribute:email"), [pair("email", "attribute:email")]);
    }

    #[test]
    fn in_quotes_a_name_may_have_anything() {
        let text = "\"Name, first\"=name, \"Price = net\" =price,id=user_id";
        let found =
            [pair("Name, first", "name"), pair("Price = net", "price"), pair("id", "user_id")];
        assert_eq!(read(text), found);
        assert_eq!(read("\"say \"\"x\"\"\"=\"a, b=c\""), [pair("say \"x\"", "a, b=c")]);
    }

    #[test]
    fn what_makes_no_pair_is_refused() {
        for text in ["", "id", "id=user_id,", "a,b=c", "\"a,b\"", "\"a,b"] {
            assert!(pairs(text).is_err(), "{text}");
        }
        assert_eq!(pairs("\"a=b").unwrap_err(), "a quote opens that is not closed");
        assert!(pairs("\"a\"b=c").unwrap_err().contains("doubled"));
    }

    #[test]
    fn a_name_is_quoted_as_it_is_read() {
        for name in ["plain", "a, b", "a=b", "\"quoted\"", "5\" disk", "a \"b\", c"] {
            assert_eq!(read(&format!("{}=x", quoted(name))), [pair(name, "x")]);
        }
        assert_eq!(quoted("5\" disk"), "5\" disk");
    }
}
