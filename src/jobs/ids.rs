//! The people or companies of a job, packed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roaring::RoaringTreemap;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Numbers of people or companies, in order. A million take some hundred thousand characters, so that a job for all who
/// match is kept, read at each step and shown like any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ids {
    /// A set of numbers (<https://github.com/RoaringBitmap/RoaringFormatSpec>, its extension for 64 bits) in base64.
    Packed(String),
    /// As earlier versions wrote them, in their order.
    Plain(Vec<i64>),
}

impl Ids {
    /// Packs a set.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be written.
    pub fn pack(ids: &RoaringTreemap) -> Result<Self, Error> {
        let mut bytes = Vec::with_capacity(ids.serialized_size());
        ids.serialize_into(&mut bytes).map_err(|_| Error::Internal)?;
        Ok(Self::Packed(STANDARD.encode(bytes)))
    }

    /// Packs numbers, each once; those that nothing has are left out.
    ///
    /// # Errors
    /// As [`pack`](Self::pack).
    pub fn of(ids: impl IntoIterator<Item = i64>) -> Result<Self, Error> {
        Self::pack(&ids.into_iter().filter_map(|id| u64::try_from(id).ok()).collect())
    }

    fn set(text: &str) -> Result<RoaringTreemap, Error> {
        let bytes = STANDARD.decode(text).map_err(|_| Error::Internal)?;
        RoaringTreemap::deserialize_from(bytes.as_slice()).map_err(|_| Error::Internal)
    }

    /// How many they are.
    ///
    /// # Errors
    /// [`Error::Internal`] for what was not packed here.
    pub fn count(&self) -> Result<i64, Error> {
        Ok(match self {
            Self::Packed(text) => Self::set(text)?.len() as i64,
            Self::Plain(ids) => ids.len() as i64,
        })
    }

    /// At most so many of them after the first `at`, and how many there are in all.
    ///
    /// # Errors
    /// As [`count`](Self::count).
    pub fn part(&self, at: usize, most: usize) -> Result<(Vec<i64>, usize), Error> {
        Ok(match self {
            Self::Packed(text) => {
                let set = Self::set(text)?;
                let mut rest = set.iter();
                match set.select(at as u64) {
                    Some(first) => rest.advance_to(first),
                    None => return Ok((Vec::new(), set.len() as usize)),
                }
                (rest.take(most).map(|id| id as i64).collect(), set.len() as usize)
            }
            Self::Plain(ids) => (ids.iter().skip(at).take(most).copied().collect(), ids.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn numbers_come_back_in_parts_and_in_order() {
        let many: Vec<i64> =
            (0..3_000).map(|n| 20_012 + n * 7 % 5_003 + (n % 2) * (1 << 40)).collect();
        let packed = Ids::of(many.iter().copied().chain([-1, many[0]])).unwrap();
        let text = serde_json::to_string(&packed).unwrap();
        let read: Ids = serde_json::from_str(&text).unwrap();
        let mut expected = many;
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(read.count().unwrap(), expected.len() as i64);
        let mut all = Vec::new();
        while all.len() < expected.len() {
            let (part, total) = read.part(all.len(), 499).unwrap();
            assert_eq!(total, expected.len());
            all.extend(part);
        }
        assert_eq!(all, expected);
        assert_eq!(read.part(expected.len(), 10).unwrap().0, [0; 0]);
        let before: Ids = serde_json::from_str("[3,1,2]").unwrap();
        assert_eq!(before.part(1, 2).unwrap(), (vec![1, 2], 3));
        let dense = Ids::of(1..=1_000_000).unwrap();
        assert!(serde_json::to_string(&dense).unwrap().len() < 400_000);
    }
}
