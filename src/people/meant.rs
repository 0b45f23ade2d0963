//! Whom a list means, in the words of a message: a rule where one says the same, else one by one.

use super::Filter;
use crate::error::Error;
use crate::id::{ContactId, WorkspaceId};
use crate::segments::fields::{SEGMENT, TAG};
use crate::segments::{FieldTest, Op, Predicate};
use crate::server::db::Conn;
use crate::time::Time;
use crate::ui::thousands;

/// Whom a list means: those of whom it is true when it is asked, or those who are in it now.
#[derive(Debug, Clone, PartialEq)]
pub enum Meant {
    /// For whom this holds, whoever that will be.
    Rule(Predicate),
    /// These, one by one, at least one.
    People(Vec<ContactId>),
}

/// Whom a filter means: a rule where one says the same, else at most `most` people by number.
///
/// # Errors
/// [`Error::Invalid`] for more people than that, for nobody, and for a rule that makes no sense.
pub async fn meant(
    c: &mut Conn,
    workspace: WorkspaceId,
    filter: &Filter,
    now: Time,
    most: usize,
) -> Result<Meant, Error> {
    if let Some(rule) = as_rule(filter)? {
        return Ok(Meant::Rule(rule));
    }
    let people = super::ids(c, workspace, filter, now).await?;
    match people.len() as usize {
        0 => Err(Error::invalid("people", "nobody is in this list any more")),
        n if n > most => {
            let (n, most) = (thousands(n as i64), thousands(most as i64));
            let said = format!(
                "these are {n} people, and at most {most} can be chosen one by one: filter the list by a tag, a segment or a rule alone"
            );
            Err(Error::invalid("people", said))
        }
        _ => Ok(Meant::People(people.iter().map(|id| ContactId(id.cast_signed())).collect())),
    }
}

/// The rule that holds for those whom a filter means. There is none for words that begin so, for places within a
/// country, for companies and for the archive.
fn as_rule(filter: &Filter) -> Result<Option<Predicate>, Error> {
    let said = Filter {
        tag: filter.tag,
        segment: filter.segment,
        rule: filter.rule.clone(),
        country: filter.country.clone(),
        ..Filter::default()
    };
    if said != *filter {
        return Ok(None);
    }
    let is = |field: &str, value: String| {
        let (op, value) = (Op::Is, value.into());
        Predicate::Field(FieldTest { field: field.into(), op, value, exact_case: false })
    };
    let tag = filter.tag.map(|tag| is(TAG, tag.to_string()));
    let segment = filter.segment.map(|segment| is(SEGMENT, segment.to_string()));
    let country = Some(&filter.country).filter(|country| !country.is_empty());
    let country = country.map(|country| is("location.country_code", country.clone()));
    let rule = match filter.rule.as_str() {
        "" => None,
        text => Some(Predicate::parse(text)?),
    };
    Ok(Some(Predicate::All([tag, segment, country, rule].into_iter().flatten().collect())))
}

#[cfg(test)]
mod tests {
    use super::as_rule;
    use crate::id::{SegmentId, TagId};
    use crate::people::Filter;
    use crate::segments::Predicate;

    #[test]
    fn what_a_rule_can_say_becomes_one() {
        let rule = r#"{"version":1,"rule":{"field":"email","op":"has_any_value"}}"#;
        let filter = Filter {
            tag: Some(TagId(7)),
            segment: Some(SegmentId(9)),
            country: "PT".into(),
            rule: rule.into(),
            ..Filter::default()
        };
        let Some(Predicate::All(parts)) = as_rule(&filter).unwrap() else { panic!("no rule") };
        assert_eq!(parts.len(), 4);
        assert_eq!(as_rule(&Filter::default()).unwrap(), Some(Predicate::All(Vec::new())));
        for other in [
            Filter { find: "ada".into(), ..filter.clone() },
            Filter { firm: "acme".into(), ..filter.clone() },
            Filter { archived: true, ..filter.clone() },
            Filter { place: "por".into(), ..filter },
        ] {
            assert_eq!(as_rule(&other).unwrap(), None, "{other:?}");
        }
    }
}
