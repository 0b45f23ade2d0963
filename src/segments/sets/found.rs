//! Numbers of people or companies, and what two such sets have in common.

use roaring::RoaringTreemap;

/// Those whose numbers are here, or all but them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    ids: RoaringTreemap,
    /// Whether it is all but those numbers.
    others: bool,
}

impl Found {
    /// Nobody.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Everybody.
    pub fn everybody() -> Self {
        Self { ids: RoaringTreemap::new(), others: true }
    }

    /// Reads numbers with commas between them.
    pub fn read(text: &str) -> Self {
        let ids = text.split(',').filter_map(|id| id.parse::<u64>().ok()).collect();
        Self { ids, others: false }
    }

    /// All others.
    pub fn not(self) -> Self {
        Self { others: !self.others, ..self }
    }

    /// Those who are in both.
    pub fn and(self, other: Self) -> Self {
        match (self.others, other.others) {
            (false, false) => Self { ids: self.ids & other.ids, others: false },
            (false, true) => Self { ids: self.ids - other.ids, others: false },
            (true, false) => Self { ids: other.ids - self.ids, others: false },
            (true, true) => Self { ids: self.ids | other.ids, others: true },
        }
    }

    /// Those who are in at least one.
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// The numbers, in order, where it is not all but them.
    pub fn ids(&self) -> Option<&RoaringTreemap> {
        (!self.others).then_some(&self.ids)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Found;

    #[test]
    fn sets_and_their_opposites_are_as_asking_each_number() {
        let numbers = || prop::collection::btree_set(0_i64..40, 0..20);
        proptest!(|(a in numbers(), b in numbers(), not_a: bool, not_b: bool)| {
            let set = |all: &std::collections::BTreeSet<i64>, not: bool| {
                let text: Vec<_> = all.iter().rev().map(i64::to_string).collect();
                let found = Found::read(&text.join(","));
                if not { found.not() } else { found }
            };
            let has = |found: Found, n: i64| {
                let all = Found::everybody().and(found);
                match all.ids() {
                    Some(ids) => ids.contains(n as u64),
                    None => !all.not().ids().unwrap().contains(n as u64),
                }
            };
            for n in 0..41 {
                let (in_a, in_b) = (a.contains(&n) != not_a, b.contains(&n) != not_b);
                prop_assert_eq!(has(set(&a, not_a).and(set(&b, not_b)), n), in_a && in_b);
                prop_assert_eq!(has(set(&a, not_a).or(set(&b, not_b)), n), in_a || in_b);
                prop_assert_eq!(has(set(&a, not_a).not(), n), !in_a);
            }
        });
        prop_assert_nobody();
    }

    fn prop_assert_nobody() {
        assert!(Found::read("").ids().unwrap().is_empty());
        assert!(Found::nobody().ids().unwrap().is_empty());
    }
}
