//! The `query` of a search, read into a tree of conditions.

use serde_json::Value;

use crate::error::Error;
use crate::server::db::Statement;

/// The most conditions of a group, and how deep groups stand in groups.
const MOST: usize = 15;
const DEEPEST: usize = 3;
/// The most values of a list.
const VALUES: usize = 500;

/// A tree of conditions.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them hold.
    All(Vec<Filter>),
    /// At least one of them holds.
    Any(Vec<Filter>),
    /// A single condition.
    One(Condition),
}

/// A field compared with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field's name.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// The opposite is asked for.
    pub not: bool,
    /// With what: a list for [`Operator::In`], else text, a number, true or false, or null for nothing known.
    pub value: Value,
}

/// How a field is compared. `!=`, `NIN` and `!~` are the opposites of the first, the second and the seventh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Is,
    /// `IN`
    In,
    /// `<`
    Under,
    /// `>`
    Over,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `~`
    Contains,
    /// `^`
    Starts,
    /// `$`
    Ends,
}

impl Operator {
    fn read(word: &str) -> Option<(Self, bool)> {
        Some(match word {
            "=" => (Self::Is, false),
            "!=" => (Self::Is, true),
            "IN" => (Self::In, false),
            "NIN" => (Self::In, true),
            "<" => (Self::Under, false),
            ">" => (Self::Over, false),
            "<=" => (Self::AtMost, false),
            ">=" => (Self::AtLeast, false),
            "~" => (Self::Contains, false),
            "!~" => (Self::Contains, true),
            "^" => (Self::Starts, false),
            "$" => (Self::Ends, false),
            _ => return None,
        })
    }
}

impl Filter {
    /// Reads a tree.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the part that makes no sense, such as `query.value[1].operator`.
    pub fn read(query: Option<&Value>) -> Result<Self, Error> {
        let query = query.ok_or_else(|| Error::invalid("query", "say what to search for"))?;
        part(query, "query", 1)
    }

    /// Adds the tree to a statement; `one` adds a single condition.
    ///
    /// # Errors
    /// Those of `one`.
    pub fn write(
        &self,
        sql: &mut Statement,
        one: &impl Fn(&mut Statement, &Condition) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (parts, word) = match self {
            Self::One(condition) => return one(sql, condition),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        sql.push("(");
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                sql.push(word);
            }
            part.write(sql, one)?;
        }
        sql.push(")");
        Ok(())
    }
}

impl Condition {
    /// Why it makes no sense.
    pub fn refuse(&self, message: &str) -> Error {
        Error::invalid(&self.field, message)
    }

    /// The values that it names: those of a list, or the one.
    pub fn values(&self) -> &[Value] {
        match &self.value {
            Value::Array(items) => items,
            value => std::slice::from_ref(value),
        }
    }

    /// Adds that a column is one of the numbers that `read` makes of the values.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another comparison.
    pub fn one_of(
        &self,
        sql: &mut Statement,
        column: &'static str,
        read: impl Fn(&Value) -> Result<i64, Error>,
    ) -> Result<(), Error> {
        if !matches!(self.operator, Operator::Is | Operator::In) {
            return Err(self.refuse("use =, !=, IN or NIN"));
        }
        let ids: Result<Vec<_>, _> = self.values().iter().map(|v| read(v).map(|id| [id])).collect();
        let ids = serde_json::to_string(&ids?).map_err(|_| Error::Internal)?;
        sql.push(column).push(" in (select cast(value ->> 0 as bigint) from json_each(");
        sql.text(ids).push("))");
        Ok(())
    }
}

fn part(source: &Value, path: &str, depth: usize) -> Result<Filter, Error> {
    let object = source.as_object().ok_or_else(|| Error::invalid(path, "send an object"))?;
    let word = object.get("operator").and_then(Value::as_str);
    let word =
        word.ok_or_else(|| Error::invalid(format!("{path}.operator"), "send an operator"))?;
    let value = object.get("value").cloned().unwrap_or_default();
    if matches!(word, "AND" | "OR") {
        let at = format!("{path}.value");
        let items = value.as_array().ok_or_else(|| Error::invalid(&at, "send a list"))?;
        if items.is_empty() || items.len() > MOST {
            return Err(Error::invalid(at, format!("send 1 to {MOST} conditions")));
        }
        if depth > DEEPEST {
            return Err(Error::invalid(at, format!("groups stand at most {DEEPEST} deep")));
        }
        let items = items.iter().enumerate();
        let parts: Result<Vec<_>, _> =
            items.map(|(n, item)| part(item, &format!("{at}[{n}]"), depth + 1)).collect();
        return parts.map(if word == "AND" { Filter::All } else { Filter::Any });
    }
    let known = Operator::read(word);
    let (operator, not) = known.ok_or_else(|| {
        let message = "send one of = != IN NIN < > <= >= ~ !~ ^ $, or AND or OR with a list";
        Error::invalid(format!("{path}.operator"), message)
    })?;
    let field = object.get("field").and_then(Value::as_str);
    let field = field.ok_or_else(|| Error::invalid(format!("{path}.field"), "name a field"))?;
    let fits = match (&value, operator) {
        (Value::Array(items), Operator::In) => {
            let plain = items.iter().all(|i| !i.is_array() && !i.is_object() && !i.is_null());
            plain && (1..=VALUES).contains(&items.len())
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Operator::In) => false,
        (Value::Null, _) => operator == Operator::Is,
        (Value::String(text), _) => text.chars().count() <= 1_000,
        _ => true,
    };
    if !fits {
        let message = match operator {
            Operator::In => "send a list of 1 to 500 values",
            Operator::Is => {
                "send a text of at most 1,000 characters, a number, true or false, or null"
            }
            _ => "send a text of at most 1,000 characters or a number",
        };
        return Err(Error::invalid(format!("{path}.value"), message));
    }
    Ok(Filter::One(Condition { field: field.to_owned(), operator, not, value }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;

    #[test]
    fn a_tree_is_read_and_each_mistake_is_named() {
        let single = json!({"field": "email", "operator": "=", "value": "a@b.c"});
        assert!(matches!(Filter::read(Some(&single)), Ok(Filter::One(_))));
        let tree = json!({"operator": "OR", "value": [single.clone(), {"operator": "AND", "value": [single.clone()]}]});
        assert!(matches!(Filter::read(Some(&tree)), Ok(Filter::Any(parts)) if parts.len() == 2));
        let named = |query| Filter::read(Some(&query)).unwrap_err().to_string();
        assert!(
            named(json!({"field": "a", "operator": "like", "value": 1}))
                .starts_with("query.operator")
        );
        assert!(named(json!({"operator": "=", "value": 1})).starts_with("query.field"));
        assert!(
            named(json!({"field": "a", "operator": "IN", "value": 1})).starts_with("query.value")
        );
        assert!(
            named(json!({"operator": "AND", "value": [{"operator": "AND", "value": []}]}))
                .starts_with("query.value[0].value")
        );
        let many = json!({"operator": "AND", "value": vec![single.clone(); 16]});
        assert!(named(many).contains("15"));
        let mut deep = single;
        for _ in 0..4 {
            deep = json!({"operator": "AND", "value": [deep]});
        }
        assert!(named(deep).contains("deep"));
    }
}
