//! Who was in which of two companies, when they become one.

use crate::time::Time;

/// How long someone was in a company: from when on, and until when; 0 for still.
pub(super) type Stay = (Time, Time);

/// Joins stays that overlap or touch, in order of time: together they are one.
pub(super) fn joined(mut all: Vec<Stay>) -> Vec<Stay> {
    all.sort_unstable();
    let mut out: Vec<Stay> = Vec::new();
    for (from, until) in all {
        match out.last_mut() {
            Some((_, end)) if end.0 == 0 || from <= *end => {
                *end = if end.0 == 0 || until.0 == 0 { Time(0) } else { (*end).max(until) };
            }
            _ => out.push((from, until)),
        }
    }
    out
}

/// In how many of these stays a moment lies.
pub(super) fn within(all: &[Stay], at: Time) -> i64 {
    let inside = |(from, until): &&Stay| at >= *from && (until.0 == 0 || at < *until);
    all.iter().filter(inside).count() as i64
}

#[cfg(test)]
mod tests {
    use super::{Stay, Time, joined, within};

    fn stays(all: &[(i64, i64)]) -> Vec<Stay> {
        all.iter().map(|(from, until)| (Time(*from), Time(*until))).collect()
    }

    #[test]
    fn what_overlaps_is_one_stay() {
        assert_eq!(joined(stays(&[(5, 0), (1, 9)])), stays(&[(1, 0)]));
        assert_eq!(joined(stays(&[(1, 5), (5, 9)])), stays(&[(1, 9)]));
        assert_eq!(joined(stays(&[(1, 4), (5, 9), (20, 0)])), stays(&[(1, 4), (5, 9), (20, 0)]));
        assert_eq!(joined(stays(&[(1, 0), (30, 40), (50, 0)])), stays(&[(1, 0)]));
        assert_eq!(joined(stays(&[(1, 9), (2, 3)])), stays(&[(1, 9)]));
    }

    #[test]
    fn a_moment_lies_in_a_stay_from_its_beginning_to_just_before_its_end() {
        let all = stays(&[(1, 5), (3, 0)]);
        let counts: Vec<_> = (0..6).map(|at| within(&all, Time(at))).collect();
        assert_eq!(counts, [0, 1, 1, 2, 2, 1]);
    }
}
