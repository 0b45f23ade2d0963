//! What an attribute of text offers to people to choose from.

use super::{DataType, Subject, Value};
use crate::error::Error;
use crate::id::WorkspaceId;
use crate::run;
use crate::server::db::Conn;

/// The most choices of an attribute.
const MOST: usize = 250;
/// The most characters of a choice.
const LONGEST: usize = 255;
/// How many choices a refusal names.
const NAMED: usize = 12;

/// Choices as they are kept: trimmed, none twice.
///
/// # Errors
/// [`Error::Invalid`] at the choice that cannot be one, and beyond 250.
pub(crate) fn clean(options: Vec<String>) -> Result<Vec<String>, Error> {
    let mut clean: Vec<String> = Vec::new();
    if options.len() > MOST {
        return Err(Error::invalid("options", "give at most 250 choices"));
    }
    for (n, option) in options.into_iter().enumerate() {
        let option = option.trim();
        let refuse = |message: &str| Err(Error::invalid(format!("options[{n}].value"), message));
        if option.is_empty() || option.chars().count() > LONGEST {
            return refuse("write a choice of 1 to 255 characters");
        }
        if option.chars().any(char::is_control) {
            return refuse("write a choice as plain text, on one line");
        }
        if !clean.iter().any(|known| known == option) {
            clean.push(option.to_owned());
        }
    }
    Ok(clean)
}

/// The choices that the database keeps as JSON.
pub(crate) fn kept(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Choices as the database keeps them.
pub(crate) fn text(options: &[String]) -> Result<String, Error> {
    serde_json::to_string(options).map_err(|_| Error::Internal)
}

/// Choices as a form has them, one a line.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The choice that somebody means, in whatever case they write it; all is right where there is nothing to choose from.
///
/// # Errors
/// [`Error::Invalid`] names `field` and what there is to choose from.
pub(super) fn choose(options: &[String], field: &str, text: &str) -> Result<String, Error> {
    if options.is_empty() || options.iter().any(|option| option == text) {
        return Ok(text.to_owned());
    }
    let folded = text.to_lowercase();
    if let Some(option) = options.iter().find(|option| option.to_lowercase() == folded) {
        return Ok(option.clone());
    }
    let named = options.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match options.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    Err(Error::invalid(field, format!("choose one of these: {named}{more}")))
}

/// Attributes that offer something to choose from, each without a value, as far as teammates may write them.
///
/// # Errors
/// [`Error::Internal`] when the database fails.
pub(super) async fn offered(
    c: &mut Conn,
    workspace: WorkspaceId,
    subject: Subject,
) -> Result<Vec<Value>, Error> {
    let sql = "select name, label, options from attributes where workspace_id = $1 and subject = $2 and archived_at = 0 \
               and ui_writable = 1 and data_type = 'string' and options <> '[]' order by name";
    type Row = (String, String, String);
    let rows: Vec<Row> = run!(c, |x| {
        sqlx::query_as::<_, Row>(sql).bind(workspace).bind(subject.word()).fetch_all(x)
    })?;
    let value = |(name, label, options): Row| Value {
        name,
        label,
        data_type: DataType::String,
        number: None,
        text: String::new(),
        editable: true,
        options: kept(&options),
    };
    Ok(rows.into_iter().map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::{choose, clean, of_lines};

    #[test]
    fn choices_are_clean_and_chosen_in_any_case() {
        let options = clean(of_lines(" Free\n\nPro \r\nFree\nÜber")).unwrap();
        assert_eq!(options, ["Free", "Pro", "Über"]);
        assert_eq!(choose(&options, "f", "über").as_deref(), Ok("Über"));
        assert_eq!(choose(&[], "f", "whatever").as_deref(), Ok("whatever"));
        let refused = choose(&options, "f", "Gold").unwrap_err().sentence();
        assert_eq!(refused, "Choose one of these: Free, Pro, Über.");
        let many: Vec<_> = (0..20).map(|n| n.to_string()).collect();
        assert!(choose(&many, "f", "x").unwrap_err().sentence().ends_with("11 and 8 more."));
        for bad in
            [vec![String::new()], vec!["a\nb".into()], vec!["x".repeat(256)], vec!["x".into(); 251]]
        {
            assert!(clean(bad).is_err());
        }
    }
}
