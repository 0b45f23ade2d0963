//! Who is made up, and what they did: tracking calls, always the same for the same number and the same moment.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::Plan;
use super::company::Company;
use super::world::{EVENTS, JOBS, PAGES, REGIONS, Region};
use crate::contacts::IdentityKind;
use crate::error::Error;
use crate::time::Time;
use crate::tracking::{Arrival, Call, parse};

/// The milliseconds of a day.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// What the sender calls person number `n`: every eleventh is a visitor whom nobody knows by name yet.
pub fn identity(n: i64) -> (IdentityKind, String) {
    if n % 11 == 10 {
        (IdentityKind::AnonymousId, format!("demo-visitor-{n}"))
    } else {
        (IdentityKind::ExternalId, format!("demo-{n}"))
    }
}

/// The outline of a person, from which the rest follows.
pub struct Person {
    /// The company that they would belong to.
    pub company: Company,
    /// Where they live.
    pub region: &'static Region,
    /// When they began.
    pub since: Time,
    /// When they were last seen, if they ever were.
    pub last: Option<Time>,
    /// What else is left to chance.
    random: StdRng,
}

impl Person {
    /// Person number `n` of a plan, as of `now`.
    pub fn new(plan: Plan, n: i64, now: Time) -> Self {
        let mut random = StdRng::seed_from_u64(n as u64);
        let companies = plan.companies();
        // Neighbours are colleagues, so that a step meets few companies.
        let company = Company::new(n * companies / plan.people.max(1), now);
        let region = &REGIONS[(n as usize * 5 + company.number as usize) % REGIONS.len()];
        let began = company.oldest.min(company.newest + random.random_range(0..540));
        let since = now.plus(-began * DAY - random.random_range(0..DAY / 2));
        let last = company.quiet.clone().map(|days| {
            let ago = random.random_range(days) * DAY + random.random_range(0..DAY / 3);
            now.plus(-ago).max(since.plus(DAY / 24))
        });
        Self { company, region, since, last, random }
    }

    /// Their name, and how it begins in an address.
    fn name(&mut self) -> (String, &'static str) {
        let (given, ascii) =
            self.region.first[self.random.random_range(0..self.region.first.len())];
        let family = self.region.last[self.random.random_range(0..self.region.last.len())];
        let full = if self.region.family_first {
            format!("{family} {given}")
        } else {
            format!("{given} {family}")
        };
        (full, ascii)
    }

    fn visits(&mut self) -> Vec<Time> {
        let Some(last) = self.last else { return Vec::new() };
        let span = (last.0 - self.since.0).max(1);
        let some = self.random.random_range(1..6);
        let mut visits: Vec<_> =
            (0..some).map(|_| self.since.plus(self.random.random_range(0..span))).collect();
        visits.push(last);
        visits
    }
}

/// How many events person number `n` has: neighbours share what is theirs unevenly, and all of it comes to the plan.
fn share(plan: Plan, n: i64) -> i64 {
    let until = |n: i64| i128::from(n) * i128::from(plan.events) / i128::from(plan.people.max(1));
    let own = |n: i64| (until(n + 1) - until(n)) as i64;
    let first = n - n % 2;
    if first + 1 >= plan.people {
        return own(n);
    }
    let both = own(first) + own(first + 1);
    let part = both * StdRng::seed_from_u64(first as u64 + 7).random_range(5..95) / 100;
    if n == first { part } else { both - part }
}

/// The calls that make person number `n`, as of `now`.
///
/// # Errors
/// As [`parse`], which takes all that is made up here.
pub fn calls(plan: Plan, n: i64, now: Time) -> Result<Vec<Call>, Error> {
    let mut person = Person::new(plan, n, now);
    let since = person.since;
    let mut made = Made { n, at: 0, now, calls: Vec::new() };
    if identity(n).0 == IdentityKind::ExternalId {
        let id = format!("demo-{}", person.company.number);
        let traits = person.company.traits();
        made.add("group", since, json!({ "groupId": id, "traits": traits }))?;
        let (name, ascii) = person.name();
        let random = &mut person.random;
        let traits = json!({
            "name": name, "email": format!("{ascii}.{n}@{}", person.company.domain()), "createdAt": iso(since),
            "job_title": JOBS[random.random_range(0..JOBS.len())],
            "seats": random.random_range(1..60), "newsletter": random.random_bool(0.6),
            "credit": f64::from(random.random_range(1..9_000) * 10 + 1) / 1000.0,
            "trained_at": iso(since.plus(random.random_range(0..DAY))),
            "phone": format!("+44 20 7946 {:04}", n % 1000),
        });
        made.add("identify", since, json!({ "traits": traits }))?;
    }
    // Neighbours of one region live in different cities.
    let networks = person.region.networks;
    let network = networks[n as usize / REGIONS.len() % networks.len()];
    let address = format!("{network}.{}", person.random.random_range(1..250));
    for at in person.visits() {
        let page = PAGES[person.random.random_range(0..PAGES.len())];
        let mut context = json!({
            "ip": address, "userAgent": person.region.agent, "locale": person.region.locale,
            "page": { "url": format!("https://app.engines.example/{page}"), "referrer": "https://search.example/" },
        });
        if n % 4 == 0 {
            context["campaign"] =
                json!({ "name": "Spring", "source": "newsletter", "medium": "email" });
        }
        made.add("page", at, json!({ "context": context }))?;
    }
    let span = (person.last.unwrap_or(now).0 - since.0).max(1);
    for _ in 0..share(plan, n) {
        let at = since.plus(person.random.random_range(0..span));
        let (event, properties) = event(&mut person.random);
        made.add("track", at, json!({ "event": event, "properties": properties }))?;
    }
    Ok(made.calls)
}

fn event(random: &mut StdRng) -> (&'static str, Value) {
    let event = EVENTS[random.random_range(0..EVENTS.len())];
    let total = f64::from(random.random_range(500..90_000)) / 100.0;
    let properties = match event {
        "Order completed" | "Invoice paid" => {
            json!({ "total": total, "currency": "EUR", "number": random.random_range(1000..9999) })
        }
        "Colleague invited" => json!({ "role": "member" }),
        _ => json!({ "rows": random.random_range(1..5000) }),
    };
    (event, properties)
}

/// A moment as senders write it.
pub fn iso(at: Time) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

/// The calls of one person so far; each has an id of its own, so that it is written once.
struct Made {
    n: i64,
    at: i64,
    now: Time,
    calls: Vec<Call>,
}

impl Made {
    fn add(&mut self, kind: &str, at: Time, mut body: Value) -> Result<(), Error> {
        let (who, id) = identity(self.n);
        let field = if who == IdentityKind::ExternalId { "userId" } else { "anonymousId" };
        body[field] = json!(id);
        body["messageId"] = json!(format!("demo:{}:{}", self.n, self.at));
        body["timestamp"] = json!(iso(at));
        self.at += 1;
        self.calls.push(parse(kind, &body, Arrival::at(self.now))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_people_do_as_much_as_was_asked_for() {
        for (people, events) in [(1, 5), (7, 100), (40, 0), (301, 4_003), (1000, 10)] {
            let plan = Plan { people, events };
            assert_eq!((0..people).map(|n| share(plan, n)).sum::<i64>(), events, "{plan:?}");
        }
        let plan = Plan { people: 50, events: 300 };
        let now = Time(1_790_000_000_000);
        for n in 0..50 {
            let all = calls(plan, n, now).unwrap();
            assert_eq!(all, calls(plan, n, now).unwrap());
            assert!(all.iter().all(|c| c.at <= now), "nothing lies ahead");
        }
    }
}
