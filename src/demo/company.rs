//! Companies that are made up: what they are called, and how it goes with them.

use std::ops::Range;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::people::{DAY, iso};
use super::world::{FIRST_WORDS, PLANS, SECOND_WORDS};
use crate::time::Time;

/// A company, always the same for the same number and the same moment.
pub struct Company {
    /// Its number, from 0.
    pub number: i64,
    /// How many days ago its first people began.
    pub oldest: i64,
    /// How many days ago its newest people began, at the least.
    pub newest: i64,
    /// How many days ago its people were last seen, if they ever were.
    pub quiet: Option<Range<i64>>,
    now: Time,
    random: StdRng,
}

impl Company {
    /// Company number `number`, as of `now`: some are new, some slip away, some never came.
    pub fn new(number: i64, now: Time) -> Self {
        let mut random = StdRng::seed_from_u64(number as u64 + 0x00c0_ffee);
        let (oldest, newest, quiet) = match number % 10 {
            5 => (random.random_range(5..13), 2, Some(0..2)),
            6 => (random.random_range(220..500), 200, Some(33..58)),
            7 => (random.random_range(320..540), 300, Some(70..180)),
            9 => (random.random_range(30..90), 20, None),
            _ => (random.random_range(90..540), 40, Some(0..25)),
        };
        Self { number, oldest, newest, quiet, now, random }
    }

    fn words(&self) -> (&'static str, (&'static str, &'static str), i64) {
        let (firsts, seconds) = (FIRST_WORDS.len() as i64, SECOND_WORDS.len() as i64);
        let first = FIRST_WORDS[(self.number % firsts) as usize];
        let second = SECOND_WORDS[(self.number / firsts % seconds) as usize];
        (first, second, self.number / (firsts * seconds))
    }

    /// Its name; no two have the same.
    pub fn name(&self) -> String {
        let (first, (second, _), more) = self.words();
        if more > 0 {
            format!("{first} {second} {}", more + 1)
        } else {
            format!("{first} {second}")
        }
    }

    /// The domain of its addresses.
    pub fn domain(&self) -> String {
        let (first, (second, _), more) = self.words();
        let number = if more > 0 { (more + 1).to_string() } else { String::new() };
        format!("{first}-{second}{number}.example").to_lowercase()
    }

    /// What its people's product says of it.
    pub fn traits(&mut self) -> Value {
        let (_, (_, industry), _) = self.words();
        let (plan, price) = PLANS[self.number as usize % PLANS.len()];
        let days = self.number % 40 + 3;
        json!({
            "name": self.name(), "plan": plan, "monthlySpend": price,
            "website": format!("https://{}", self.domain()), "industry": industry,
            "employees": 4 + self.number * self.number % 900,
            "createdAt": iso(self.now.plus(-(self.oldest + 1) * DAY)),
            "renewal_at": iso(self.now.plus(days * DAY)),
            "onboarded": self.number % 10 != 9, "projects": self.random.random_range(1..40),
            "discount": f64::from(self.random.random_range(0..300) * 10 + 5) / 10_000.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn companies_have_names_of_their_own_and_stay_the_same() {
        let now = Time(1_790_000_000_000);
        let names: HashSet<_> = (0..1_000).map(|n| Company::new(n, now).name()).collect();
        assert_eq!(names.len(), 1_000);
        for n in 0..50 {
            assert_eq!(Company::new(n, now).traits(), Company::new(n, now).traits());
        }
    }
}
