//! Numbers of people or companies, and what two such sets have in common.

use roaring::RoaringTreemap;

/// How sets are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// Those who are in all.
    And,
    /// Those who are in any.
    Or,
}

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

    /// Those whose numbers these are, in any order.
    pub fn those(ids: Vec<u64>) -> Self {
        Self { ids: ids.into_iter().collect(), others: false }
    }

    /// Whether nobody is left, or everybody is in, so that nothing more of the same kind changes it.
    pub fn is_settled(&self, join: Join) -> bool {
        self.ids.is_empty() && self.others == (join == Join::Or)
    }

    /// Puts two together.
    pub fn join(self, join: Join, other: Self) -> Self {
        match join {
            Join::And => self.and(other),
            Join::Or => self.or(other),
        }
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

    use super::{Found, Join};

    #[test]
    fn sets_and_their_opposites_are_as_asking_each_number() {
        let numbers = || prop::collection::btree_set(0_i64..40, 0..20);
        proptest!(|(a in numbers(), b in numbers(), not_a: bool, not_b: bool)| {
            let set = |all: &std::collections::BTreeSet<i64>, not: bool| {
                let found = Found::those(all.iter().rev().map(|n| *n as u64).collect());
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
        assert!(Found::those(Vec::new()).ids().unwrap().is_empty());
        assert!(Found::nobody().is_settled(Join::And) && !Found::nobody().is_settled(Join::Or));
        assert!(
            Found::everybody().is_settled(Join::Or) && !Found::everybody().is_settled(Join::And)
        );
        assert!(!Found::those(vec![1]).is_settled(Join::And));
    }
}
