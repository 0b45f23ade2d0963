//! Tables as plain values: what both engines can hold, how a row is written, and sums over rows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

/// A type that both engines have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// A whole number of 64 bits.
    Integer,
    /// A number of 64 bits.
    Float,
    /// Text in UTF-8.
    Text,
    /// Bytes.
    Bytes,
}

impl Type {
    /// The type that a catalog calls so.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "bigint" => Some(Self::Integer),
            "double precision" => Some(Self::Float),
            "text" => Some(Self::Text),
            "blob" | "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }
}

/// A table and its columns by name, the same on both engines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of their names.
    pub columns: Vec<(String, Type)>,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(Option<i64>),
    /// A number.
    Float(Option<f64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

/// The values of one row, in the order of its table's columns.
pub type Row = Vec<Value>;

/// A row as one line of JSON. Numbers with a fraction and bytes are written as text, so that they come back exactly.
pub fn written(row: &[Value]) -> String {
    let json = |value: &Value| match value {
        Value::Integer(n) => n.map_or(Json::Null, Json::from),
        Value::Float(f) => f.map_or(Json::Null, |f| Json::from(f.to_string())),
        Value::Text(t) => t.as_deref().map_or(Json::Null, Json::from),
        Value::Bytes(b) => b.as_ref().map_or(Json::Null, |b| Json::from(STANDARD.encode(b))),
    };
    Json::Array(row.iter().map(json).collect()).to_string()
}

/// Reads what [`written`] wrote; `None` for anything else.
pub fn read(table: &Table, line: &str) -> Option<Row> {
    let values: Vec<Json> = serde_json::from_str(line).ok()?;
    if values.len() != table.columns.len() {
        return None;
    }
    let value = |(value, (_, kind)): (Json, &(String, Type))| {
        let text = |value: Json| match value {
            Json::Null => Some(None),
            Json::String(text) => Some(Some(text)),
            _ => None,
        };
        match kind {
            Type::Integer if value.is_null() => Some(Value::Integer(None)),
            Type::Integer => value.as_i64().map(|n| Value::Integer(Some(n))),
            Type::Float => text(value)?
                .map(|t| t.parse().ok())
                .map_or(Some(Value::Float(None)), |f| f.map(|f| Value::Float(Some(f)))),
            Type::Text => text(value).map(Value::Text),
            Type::Bytes => text(value)?
                .map(|t| STANDARD.decode(t).ok())
                .map_or(Some(Value::Bytes(None)), |b| b.map(|b| Value::Bytes(Some(b)))),
        }
    };
    values.into_iter().zip(&table.columns).map(value).collect()
}

/// A checksum over things in any order: the sum of their SHA-256, cut to 128 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum(u128);

impl Sum {
    /// Adds one thing.
    pub fn add(&mut self, bytes: &[u8]) {
        let hash = Sha256::digest(bytes);
        let mut part = [0; 16];
        part.copy_from_slice(&hash[..16]);
        self.0 = self.0.wrapping_add(u128::from_be_bytes(part));
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Sum {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        u128::from_str_radix(&text, 16).map(Self).map_err(serde::de::Error::custom)
    }
}

/// How many rows a table has, and their checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The table's name.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// Their checksum, in whatever order they are read.
    pub sum: Sum,
}

impl Tally {
    /// Nothing of a table yet.
    pub fn new(table: &Table) -> Self {
        Self { table: table.name.clone(), rows: 0, sum: Sum::default() }
    }

    /// Counts a row as [`written`].
    pub fn add(&mut self, line: &str) {
        self.rows += 1;
        self.sum.add(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::{Sum, Table, Type, Value, read, written};

    #[test]
    fn rows_come_back_exactly() {
        let kinds = [Type::Integer, Type::Float, Type::Text, Type::Bytes];
        let columns = kinds.iter().map(|kind| ("c".to_owned(), *kind)).collect();
        let table = Table { name: "t".into(), columns };
        let some = vec![
            Value::Integer(Some(i64::MIN)),
            Value::Float(Some(0.1 + 0.2)),
            Value::Text(Some("Zürich \"ü\"\n日本".into())),
            Value::Bytes(Some(vec![0, 255])),
        ];
        let none =
            vec![Value::Integer(None), Value::Float(None), Value::Text(None), Value::Bytes(None)];
        for row in [some, none] {
            let line = written(&row);
            assert!(!line.contains('\n'));
            assert_eq!(read(&table, &line), Some(row));
        }
        for wrong in ["[]", "[1,2,3,4]", "[1.5,null,null,null]", "[1,\"x\",null,null]", "nonsense"]
        {
            assert_eq!(read(&table, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sums_do_not_depend_on_the_order() {
        let sum = |parts: &[&str]| {
            let mut sum = Sum::default();
            parts.iter().for_each(|p| sum.add(p.as_bytes()));
            sum
        };
        assert_eq!(sum(&["a", "b"]), sum(&["b", "a"]));
        assert_ne!(sum(&["a", "b"]), sum(&["a", "c"]));
        assert_ne!(sum(&["a", "a"]), sum(&["a"]));
        let text = serde_json::to_string(&sum(&["a"])).unwrap();
        assert_eq!(serde_json::from_str::<Sum>(&text).unwrap(), sum(&["a"]));
    }
}
