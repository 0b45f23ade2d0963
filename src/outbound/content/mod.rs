//! What a message says: Markdown with Liquid in it, looked at before it is saved and filled in for each reader.

mod filter;
mod review;
mod scan;

use std::sync::OnceLock;

use liquid::model::Value;
use liquid::{Object, Parser, ParserBuilder};
use liquid_lib::stdlib;

pub use review::review;
pub use scan::Known;
use scan::{FILTERS, Place, scan};

use super::LONGEST;
use crate::error::Error;

/// What the variables are for one reader.
#[derive(Debug, Clone, Default)]
pub struct Filled(pub Object);

/// Only what decides and words, nothing that repeats, takes in or remembers: a text ends as soon as it is written.
fn parser() -> Option<&'static Parser> {
    static PARSER: OnceLock<Option<Parser>> = OnceLock::new();
    let make = || {
        ParserBuilder::new()
            .block(stdlib::IfBlock)
            .block(stdlib::UnlessBlock)
            .block(stdlib::CaseBlock)
            .block(stdlib::CommentBlock)
            .block(stdlib::RawBlock)
            .filter(filter::Fallback)
            .filter(stdlib::Default)
            .filter(stdlib::Append)
            .filter(stdlib::Capitalize)
            .filter(stdlib::Date)
            .filter(stdlib::Downcase)
            .filter(stdlib::Prepend)
            .filter(stdlib::Replace)
            .filter(stdlib::Round)
            .filter(stdlib::Strip)
            .filter(stdlib::Truncate)
            .filter(stdlib::Upcase)
            .build()
            .ok()
    };
    PARSER.get_or_init(make).as_ref()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::invalid("body", message)
}

/// Looks whether a text can be sent: its length, every variable, tag and filter, and the whole, with the place of what
/// is wrong.
///
/// # Errors
/// [`Error::Invalid`] of `body`, at its place.
pub fn check(body: &str, known: &Known) -> Result<(), Error> {
    if body.trim().is_empty() {
        return Err(invalid("write something first"));
    }
    if body.chars().count() > LONGEST {
        return Err(invalid("write at most 20,000 characters"));
    }
    if body.contains('\0') {
        return Err(invalid("write plain text"));
    }
    scan(body, known).map_err(|fault| invalid(fault.sentence(body)))?;
    let parser = parser().ok_or(Error::Internal)?;
    let template = parser.parse(body).map_err(|error| invalid(placed(body, &error)))?;
    // Filters may refuse what they are given only when they run.
    template.render(&known.nothing()).map_err(|error| invalid(placed(body, &error)))?;
    Ok(())
}

/// Fills a text in for one reader.
///
/// # Errors
/// Why it cannot be, in words without anything of the reader's.
pub fn render(body: &str, filled: &Filled) -> Result<String, String> {
    let parser = parser().ok_or("the texts cannot be read")?;
    let template = parser.parse(body).map_err(|error| placed(body, &error))?;
    template.render(&filled.0).map_err(|error| placed(body, &error))
}

/// What the library says of an error, reduced to its place: its words are for programmers.
fn placed(body: &str, error: &liquid::Error) -> String {
    let text = error.to_string();
    let place = text.split_once("--> ").and_then(|(_, rest)| {
        let (line, rest) = rest.split_once(':')?;
        let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(Place { line: line.trim().parse().ok()?, column: column.parse().ok()? })
    });
    match place {
        Some(place) => {
            format!(
                "{}: this cannot be read: close every {{{{ and every {{% if %}}",
                place.near(body)
            )
        }
        None => {
            let first = text.lines().next().unwrap_or_default().trim_start_matches("liquid: ");
            let known = FILTERS.join(", ");
            format!("this cannot be read: {first}. Filters are {known}")
        }
    }
}

/// A text, or nothing, as a variable's value.
pub fn value(text: Option<&str>) -> Value {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    text.map_or(Value::Nil, |t| Value::scalar(t.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Filled, Known, check, render, value};

    fn known() -> Known {
        Known {
            contact: vec!["plan".into(), "Favourite colour".into()],
            company: vec!["size".into()],
        }
    }

    fn why(body: &str) -> String {
        check(body, &known()).err().map(|e| e.sentence()).unwrap_or_default()
    }

    #[test]
    fn what_is_good_is_filled_in_with_fallbacks() {
        let body = "Hi {{ first_name | fallback: \"there\" }}{% if custom_attributes.plan == \"pro\" %}, pro{% else %}!{% endif %} \
                    {{ custom_attributes[\"Favourite colour\"] | fallback: 'none' | upcase }}{% raw %}{{x}}{% endraw %}";
        assert_eq!(why(body), "");
        let mut filled = Filled(known().nothing());
        assert_eq!(render(body, &filled).as_deref(), Ok("Hi there! NONE{{x}}"));
        filled.0.insert("first_name".into(), value(Some("Grace {{ email }}")));
        assert_eq!(
            render("Hi {{first_name|fallback:\"there\"}}", &filled).as_deref(),
            Ok("Hi Grace {{ email }}"),
            "what a person is called is never read as a template"
        );
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        for (body, words) in [
            (
                "Hi\n  {{ frist_name }}",
                "Line 2, column 3, at “{{ frist_name }}”: there is no variable frist_name",
            ),
            (
                "{{ custom_attributes.plam }}",
                "Line 1, column 1, at “{{ custom_attributes.plam }}”: people have no data called plam",
            ),
            ("a {{ name", "Line 1, column 3, at “{{ name”: close it with }}"),
            ("a {% if name %}b", "Line 1, column 3, at “{% if name %}”: end it with {% endif %}"),
            (
                "{% for x in (1..1000000000) %}x{% endfor %}",
                "Line 1, column 1, at “{% for x in (1..1000000000) %}”: there is no tag for",
            ),
            (
                "{{ name | there }}",
                "Line 1, column 1, at “{{ name | there }}”: there is no filter there. For a fall-back write | fallback: \"there\"",
            ),
            ("{{ }}", "Line 1, column 1, at “{{ }}”: name a variable"),
            ("{% endif %}", "Line 1, column 1, at “{% endif %}”: nothing is open that it ends"),
            (
                "{% if name %}{% if typo %}x{% endif %}{% endif %}",
                "Line 1, column 14, at “{% if typo %}”: there is no variable typo",
            ),
            ("", "Write something first"),
        ] {
            assert!(why(body).starts_with(words), "{body}: {}", why(body));
        }
        assert!(!why("{{ name | truncate: }}").is_empty());
        assert!(!why("{% if name == %}x{% endif %}").is_empty());
    }
}
