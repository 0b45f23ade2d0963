//! Taking parts of a rule away and putting them elsewhere.

use super::Tree;

impl Tree {
    /// Takes a part away; the top stays.
    pub fn remove(&mut self, path: &[usize]) {
        self.take(path);
    }

    fn take(&mut self, path: &[usize]) -> Option<Self> {
        let (last, group) = path.split_last()?;
        let Self::Group(_, parts) = self.at(group)? else { return None };
        (*last < parts.len()).then(|| parts.remove(*last))
    }

    fn len(&mut self, group: &[usize]) -> Option<usize> {
        match self.at(group)? {
            Self::Group(_, parts) => Some(parts.len()),
            Self::Row(_) => None,
        }
    }

    /// Whether what is in a group is asked of companies.
    fn of_company(&self, group: &[usize]) -> bool {
        let Self::Group(kind, parts) = self else { return false };
        let deeper = || {
            let (first, rest) = group.split_first()?;
            parts.get(*first).map(|part| part.of_company(rest))
        };
        kind.of_company() || deeper().unwrap_or_default()
    }

    /// Moves a part one step up (-1) or down (1) as one reads: past its neighbour, into one that is a group, and out of
    /// its group at the end. What is asked of people stays outside of what is asked of companies. Answers where it is.
    pub fn step(&mut self, path: &[usize], by: isize) -> Option<Vec<usize>> {
        let (last, group) = path.split_last()?;
        let many = self.len(group)?;
        if let Some(to) = last.checked_add_signed(by).filter(|to| *to < many) {
            let inner = [group, &[to]].concat();
            return match self.len(&inner) {
                Some(parts) if self.of_company(group) == self.of_company(&inner) => {
                    self.carry(path, &inner, if by < 0 { parts } else { 0 })
                }
                _ => self.carry(path, group, if by < 0 { to } else { to + 1 }),
            };
        }
        let (place, outer) = group.split_last()?;
        self.carry(path, outer, if by < 0 { *place } else { place + 1 })
    }

    /// Puts a part into a group, before the part that has this number now. Nothing happens where it would be put into
    /// itself, or what is asked of people among what is asked of companies. Answers where it is then.
    pub fn carry(&mut self, path: &[usize], group: &[usize], before: usize) -> Option<Vec<usize>> {
        let (last, from) = path.split_last()?;
        let fits = before <= self.len(group)?
            && !group.starts_with(path)
            && self.of_company(from) == self.of_company(group);
        if !fits {
            return None;
        }
        let (mut group, mut before) = (group.to_vec(), before);
        let part = self.take(path)?;
        // What stood behind it is one place nearer.
        if group == from {
            before -= usize::from(before > *last);
        } else if group.starts_with(from)
            && let Some(n) = group.get_mut(from.len())
        {
            *n -= usize::from(*n > *last);
        }
        let Some(Self::Group(_, parts)) = self.at(&group) else { return None };
        parts.insert(before, part);
        group.push(before);
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Row};
    use super::Tree;
    use crate::segments::fields::Sort;

    fn row(name: &str) -> Tree {
        Tree::Row(Box::new(Row::about(name, Sort::Text)))
    }

    /// `a (b c) [d]`: round brackets are a group, square ones are about companies.
    fn said(tree: &Tree) -> String {
        match tree {
            Tree::Row(row) => row.field.clone(),
            Tree::Group(kind, parts) => {
                let parts: Vec<_> = parts.iter().map(said).collect();
                let (open, shut) = if kind.of_company() { ('[', ']') } else { ('(', ')') };
                format!("{open}{}{shut}", parts.join(" "))
            }
        }
    }

    fn tree() -> Tree {
        let any = Tree::Group(Kind::Any, vec![row("b"), row("c")]);
        let firm = Tree::Group(Kind::CompanyAll, vec![row("d")]);
        Tree::Group(Kind::All, vec![row("a"), any, firm, row("e")])
    }

    #[test]
    fn a_part_goes_step_by_step_through_the_whole_rule_and_back() {
        let mut tree = tree();
        let mut at = vec![0];
        for expected in [
            "((a b c) [d] e)",
            "((b a c) [d] e)",
            "((b c a) [d] e)",
            "((b c) a [d] e)",
            "((b c) [d] a e)",
            "((b c) [d] e a)",
        ] {
            at = tree.step(&at, 1).unwrap();
            assert_eq!(said(&tree), expected);
        }
        assert_eq!(tree.step(&at, 1), None, "there is nothing after the end");
        for _ in 0..6 {
            at = tree.step(&at, -1).unwrap();
        }
        assert_eq!((said(&tree), at), ("(a (b c) [d] e)".into(), vec![0]));
        assert_eq!(tree.step(&[2, 0], -1), None, "what is asked of companies stays among itself");
    }

    #[test]
    fn a_part_is_put_where_it_is_dropped_unless_that_is_within_itself() {
        for (from, group, before, expected) in [
            (vec![0], vec![1], 2, "((b c a) [d] e)"),
            (vec![3], vec![1], 0, "(a (e b c) [d])"),
            (vec![1, 1], vec![], 0, "(c a (b) [d] e)"),
            (vec![1], vec![], 4, "(a [d] e (b c))"),
            (vec![0], vec![], 1, "(a (b c) [d] e)"),
        ] {
            let mut tree = tree();
            let at = tree.carry(&from, &group, before).unwrap();
            assert_eq!(said(&tree), expected);
            assert!(tree.at(&at).is_some());
        }
        for (from, group, before) in [
            (vec![1], vec![1], 0),
            (vec![0], vec![2], 0),
            (vec![], vec![1], 0),
            (vec![0], vec![1], 9),
        ] {
            let mut tree = tree();
            assert_eq!(tree.carry(&from, &group, before), None);
            assert_eq!(said(&tree), "(a (b c) [d] e)");
        }
    }
}
