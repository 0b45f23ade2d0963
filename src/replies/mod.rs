//! Saved replies: answers that are given often, with places for who reads and who writes.

pub mod api;
#[cfg(feature = "ssr")]
mod store;
pub mod views;

use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
pub use store::{all, delete, edit, filled, make};

use crate::error::Error;
use crate::id::ReplyId;

/// The variables that a reply may have, each with what it is.
pub const VARIABLES: [(&str, &str); 5] = [
    ("first_name", "their first name"),
    ("name", "their name"),
    ("email", "their e-mail address"),
    ("company", "their company"),
    ("my_name", "your name"),
];
/// The longest name, in characters.
const NAME: usize = 100;
/// The longest text, in characters.
pub const BODY: usize = 20_000;

/// An answer that is given often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Reply {
    /// Which.
    pub id: ReplyId,
    /// What it is found by.
    pub name: String,
    /// The text, in Markdown with variables; where it is to be inserted, with their values.
    pub body: String,
    /// Its first words, without the signs of Markdown.
    #[cfg_attr(feature = "ssr", sqlx(default))]
    pub words: String,
}

/// The replies of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replies {
    /// The number up to which this is true.
    pub seq: i64,
    /// At most 500, by name.
    pub replies: Vec<Reply>,
}

/// A name and a text as they are kept.
///
/// # Errors
/// [`Error::Invalid`] for an empty or too long one, and for a variable that there is not.
pub fn clean(name: &str, body: &str) -> Result<(String, String), Error> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = body.replace("\r\n", "\n").trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME || name.contains('\0') {
        return Err(Error::invalid("name", "write a name of 1 to 100 characters"));
    }
    if body.is_empty() || body.chars().count() > BODY || body.contains('\0') {
        return Err(Error::invalid("body", "write a text of 1 to 20,000 characters"));
    }
    check(&body)?;
    Ok((name, body))
}

/// Looks whether a text has known variables only.
///
/// # Errors
/// [`Error::Invalid`] for a variable that there is not, by its name.
pub fn check(body: &str) -> Result<(), Error> {
    for piece in pieces(body) {
        if let Piece::Variable { name, .. } = piece
            && VARIABLES.iter().all(|(known, _)| *known != name)
        {
            let known = VARIABLES.map(|(name, _)| name).join(", ");
            let message = format!("there is no variable {name:?}. Use one of {known}");
            return Err(Error::invalid("body", message));
        }
    }
    Ok(())
}

/// What the variables are for one reader and one writer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// The reader's name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their company's name.
    pub company: Option<String>,
    /// The writer's name.
    pub my_name: String,
}

impl Values {
    /// A text with these values in the place of its variables, as [`fill`] does.
    pub fn fill(&self, body: &str) -> String {
        fill(body, |variable| match variable {
            "first_name" => self.name.as_deref()?.split_whitespace().next().map(str::to_owned),
            "name" => self.name.clone(),
            "email" => self.email.clone(),
            "company" => self.company.clone(),
            "my_name" => Some(self.my_name.clone()),
            _ => None,
        })
    }
}

/// A text with the values of its variables. One without a value is its fallback, `{{first_name | there}}`, or nothing.
pub fn fill(body: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let text = pieces(body).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Variable { name, fallback } => {
            let value = value(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
            value.unwrap_or_else(|| fallback.to_owned())
        }
    });
    text.collect()
}

enum Piece<'a> {
    Text(&'a str),
    Variable { name: &'a str, fallback: &'a str },
}

/// A text cut at its variables. Braces that do not close are text.
fn pieces(body: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), body);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, after)) = after.split_once("}}") else { break };
        let (name, fallback) = inside.split_once('|').unwrap_or((inside, ""));
        // `fallback: "there"`, as other tools write it, means the same as `there`.
        let fallback = fallback.trim();
        let fallback = fallback.strip_prefix("fallback:").map_or(fallback, str::trim);
        let fallback = fallback.trim_matches(['"', '\'']);
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Variable { name: name.trim(), fallback });
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::{clean, fill};

    #[test]
    fn variables_have_values_and_fallbacks() {
        let value = |name: &str| (name == "first_name").then(|| "Grace".to_owned());
        assert_eq!(
            fill("Hi {{first_name}}, {{ company | your team }}!", value),
            "Hi Grace, your team!"
        );
        assert_eq!(fill("{{company | fallback: \"you\"}} {{email}}.", value), "you .");
        assert_eq!(fill("a {{ b", value), "a {{ b");
        assert_eq!(fill("{{first_name}}", |_| Some("{{email}}".into())), "{{email}}", "once only");
    }

    #[test]
    fn names_and_texts_are_bounded() {
        assert_eq!(clean(" a  b ", " x\r\ny "), Ok(("a b".into(), "x\ny".into())));
        assert!(clean("", "x").is_err() && clean("a", " ").is_err());
        assert!(clean("a", "{{frist_name}}").is_err());
        assert!(clean(&"x".repeat(101), "x").is_err());
        assert!(clean("a", &"x".repeat(20_001)).is_err());
    }
}
