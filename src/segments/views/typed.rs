//! The rule of a form that failed, as it was typed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::attributes::Subject;
use crate::segments::tree::Row;
use crate::segments::{Choices, shape};
use crate::ui::flash::use_all_typed;

/// The rule with what was typed in the conditions of the form at this address, if it just failed: without JavaScript the
/// rule itself does not follow them.
pub fn typed_rule(path: &str, of: Subject, choices: &Choices) -> Option<String> {
    let fields = use_all_typed(path);
    let rule = fields.iter().find(|(name, _)| name == "rule").map(|(_, value)| value)?;
    let with_rows = shape(of, choices, rule, &rows(&fields), "");
    Some(with_rows.map_or_else(|_| rule.clone(), |predicate| predicate.text()))
}

/// The conditions among the fields of a form, each of which is called `rows[2][op]` or the like.
fn rows(fields: &[(String, String)]) -> Vec<Row> {
    let mut rows: BTreeMap<usize, Map<String, Value>> = BTreeMap::new();
    for (name, value) in fields {
        let part = name.strip_prefix("rows[").and_then(|rest| rest.strip_suffix(']'));
        let Some((n, field)) = part.and_then(|part| part.split_once("][")) else { continue };
        let Ok(n) = n.parse() else { continue };
        rows.entry(n).or_default().insert(field.to_owned(), value.clone().into());
    }
    let row = |fields| serde_json::from_value(Value::Object(fields)).ok();
    rows.into_values().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_come_back_as_they_were_sent() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let found = rows(&[
            field("rule", "{}"),
            field("rows[10][path]", "1"),
            field("rows[10][field]", "plan"),
            field("rows[2][path]", "0.1"),
            field("rows[2][value]", "a][b"),
            field("rows[x][path]", "3"),
            field("rows[3", "4"),
        ]);
        let of = |path: &str| Row { path: path.into(), ..Row::default() };
        let plan = Row { field: "plan".into(), ..of("1") };
        assert_eq!(found, [Row { value: "a][b".into(), ..of("0.1") }, plan]);
    }
}
