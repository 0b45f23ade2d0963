//! Who is made up, and what they did: tracking calls, always the same for the same number.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::Plan;
use crate::error::Error;
use crate::time::Time;
use crate::tracking::{Arrival, Call, parse};

/// About how many calls a person has besides events.
pub const CALLS: i64 = 8;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// People of one language: how they are called, and from where and with what they come.
struct Region {
    first: &'static [(&'static str, &'static str)],
    last: &'static [&'static str],
    family_first: bool,
    locale: &'static str,
    /// The first three numbers of an address of a university there.
    network: &'static str,
    agent: &'static str,
}

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

const REGIONS: [Region; 9] = [
    Region {
        first: &[
            ("Grace", "grace"),
            ("Oliver", "oliver"),
            ("Maya", "maya"),
            ("Ruth", "ruth"),
            ("Ethan", "ethan"),
        ],
        last: &[
            "Walker",
            "Okafor",
            "Bennett",
            "Hughes",
            "Sullivan",
            "Featherstonehaugh-Cholmondeley",
        ],
        family_first: false,
        locale: "en-GB",
        network: "129.67.1",
        agent: CHROME,
    },
    Region {
        first: &[("Lena", "lena"), ("Jonas", "jonas"), ("Katrin", "katrin"), ("Jörg", "joerg")],
        last: &["Vogel", "Brandt", "Schröder", "Hofmann"],
        family_first: false,
        locale: "de-DE",
        network: "141.20.1",
        agent: FIREFOX,
    },
    Region {
        first: &[("Émilie", "emilie"), ("Hugo", "hugo"), ("Camille", "camille"), ("Théo", "theo")],
        last: &["Lefèvre", "Girard", "Moreau", "Chevalier"],
        family_first: false,
        locale: "fr-FR",
        network: "129.175.1",
        agent: SAFARI,
    },
    Region {
        first: &[("Lucía", "lucia"), ("Mateo", "mateo"), ("Íñigo", "inigo")],
        last: &["Navarro", "Castaño", "Ibáñez"],
        family_first: false,
        locale: "es-ES",
        network: "147.96.1",
        agent: CHROME,
    },
    Region {
        first: &[("نور", "nour"), ("ليلى", "layla"), ("عمر", "omar")],
        last: &["الحداد", "منصور", "الشريف"],
        family_first: false,
        locale: "ar-EG",
        network: "193.227.1",
        agent: PHONE,
    },
    Region {
        first: &[("美咲", "misaki"), ("健太", "kenta"), ("陽子", "yoko")],
        last: &["佐藤", "高橋", "渡辺"],
        family_first: true,
        locale: "ja-JP",
        network: "133.11.1",
        agent: SAFARI,
    },
    Region {
        first: &[("Ana", "ana"), ("João", "joao"), ("Beatriz", "beatriz")],
        last: &["Souza", "Araújo", "Figueiredo"],
        family_first: false,
        locale: "pt-BR",
        network: "143.107.1",
        agent: PHONE,
    },
    Region {
        first: &[("Priya", "priya"), ("Arjun", "arjun"), ("Meera", "meera")],
        last: &["Sharma", "Iyer", "Banerjee"],
        family_first: false,
        locale: "en-IN",
        network: "14.139.34",
        agent: CHROME,
    },
    Region {
        first: &[("Zofia", "zofia"), ("Łukasz", "lukasz"), ("Agnieszka", "agnieszka")],
        last: &["Wiśniewska", "Zieliński", "Wójcik"],
        family_first: false,
        locale: "pl-PL",
        network: "148.81.1",
        agent: FIREFOX,
    },
];
const FIRST_WORDS: [&str; 10] = [
    "Harbour", "Juniper", "Copper", "Meadow", "Lantern", "Granite", "Willow", "Saffron", "Cobalt",
    "Thistle",
];
const SECOND_WORDS: [&str; 8] =
    ["Labs", "Foods", "Logistics", "Studio", "Insurance", "Health", "Robotics", "Travel"];
const INDUSTRIES: [&str; 8] = [
    "Software",
    "Food",
    "Transport",
    "Design",
    "Finance",
    "Health care",
    "Manufacturing",
    "Tourism",
];
const PLANS: [(&str, f64); 4] =
    [("Free", 0.0), ("Starter", 49.0), ("Team", 199.5), ("Business", 890.0)];
const EVENTS: [&str; 6] = [
    "Report opened",
    "Order completed",
    "Colleague invited",
    "Export finished",
    "Filter saved",
    "Invoice paid",
];
const PAGES: [&str; 5] = ["", "reports", "orders", "settings/team", "billing"];

/// The customer's own id of person number `n`; visitors without one are every eleventh.
pub fn user_id(n: i64) -> Option<String> {
    (n % 11 != 10).then(|| format!("demo-{n}"))
}

/// What a company's people are like, by its number: when they began and when they were last seen, in days ago.
fn fate(company: i64, random: &mut StdRng) -> (i64, Option<i64>) {
    match company % 10 {
        5 => (random.random_range(2..13), Some(random.random_range(0..2))),
        6 => (random.random_range(200..500), Some(random.random_range(33..58))),
        7 => (random.random_range(300..700), Some(random.random_range(70..180))),
        9 => (random.random_range(20..90), None),
        _ => (random.random_range(60..700), Some(random.random_range(0..25))),
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
    let mut random = StdRng::seed_from_u64(n as u64);
    let companies = (plan.people / 8).max(1);
    let company = (n * 7 + n / companies) % companies;
    let (began, quiet) = fate(company, &mut random);
    let region = &REGIONS[(n as usize * 5 + company as usize) % REGIONS.len()];
    let ago =
        |days: i64, random: &mut StdRng| now.plus(-days * DAY - random.random_range(0..DAY / 2));
    let since = ago(began, &mut random);
    let mut made = Made { n, at: 0, now, calls: Vec::new() };
    let words = SECOND_WORDS.len() as i64;
    let (first, second) = (company % 10, (company / 10 + company) % words);
    let word = FIRST_WORDS[first as usize];
    let more = company / (10 * words);
    let mut name = format!("{word} {}", SECOND_WORDS[second as usize]);
    let mut domain = format!("{}-{}.example", word, SECOND_WORDS[second as usize]).to_lowercase();
    if more > 0 {
        name = format!("{name} {}", more + 1);
        domain = format!("{}{}", more + 1, domain);
    }
    if user_id(n).is_some() {
        let (given, ascii) = region.first[random.random_range(0..region.first.len())];
        let family = region.last[random.random_range(0..region.last.len())];
        let full = if region.family_first {
            format!("{family} {given}")
        } else {
            format!("{given} {family}")
        };
        let jobs = ["Owner", "Engineer", "Accountant", "Support lead"];
        let job = jobs[random.random_range(0..jobs.len())];
        let (plan_name, price) = PLANS[company as usize % PLANS.len()];
        made.add("group", since, json!({ "groupId": format!("demo-{company}"), "traits": {
            "name": name, "plan": plan_name, "monthlySpend": price, "website": format!("https://{domain}"),
            "industry": INDUSTRIES[second as usize], "employees": 4 + company * company % 900,
            "createdAt": iso(since.plus(-DAY)), "renewal_at": iso(now.plus((company % 40 + 3) * DAY)),
        } }))?;
        made.add(
            "identify",
            since,
            json!({ "traits": {
            "name": full, "email": format!("{ascii}.{n}@{domain}"), "createdAt": iso(since),
            "job_title": job,
            "seats": random.random_range(1..60), "newsletter": random.random_bool(0.6),
            "credit": f64::from(random.random_range(0..9_000)) / 100.0,
            "phone": format!("+44 20 7946 {:04}", n % 1000),
        } }),
        )?;
    }
    let last = quiet.map(|days| now.plus(-days * DAY - random.random_range(0..DAY / 3)));
    let mut visits: Vec<Time> = Vec::new();
    if let Some(last) = last.filter(|last| *last > since) {
        let span = (last.0 - since.0).max(1);
        visits.extend(
            (0..random.random_range(2..6)).map(|_| since.plus(random.random_range(0..span))),
        );
        visits.push(last);
    }
    let address = format!("{}.{}", region.network, random.random_range(1..250));
    for at in visits {
        let page = PAGES[random.random_range(0..PAGES.len())];
        let mut context = json!({
            "ip": address, "userAgent": region.agent, "locale": region.locale,
            "page": { "url": format!("https://app.engines.example/{page}"), "referrer": "https://search.example/" },
        });
        if n % 4 == 0 {
            context["campaign"] =
                json!({ "name": "Spring", "source": "newsletter", "medium": "email" });
        }
        made.add("page", at, json!({ "context": context }))?;
    }
    let end = last.unwrap_or(now);
    let span = (end.0 - since.0).max(1);
    for _ in 0..share(plan, n) {
        let at = since.plus(random.random_range(0..span));
        let event = EVENTS[random.random_range(0..EVENTS.len())];
        let total = f64::from(random.random_range(500..90_000)) / 100.0;
        let properties = match event {
            "Order completed" | "Invoice paid" => {
                json!({ "total": total, "currency": "EUR", "number": random.random_range(1000..9999) })
            }
            "Colleague invited" => json!({ "role": "member" }),
            _ => json!({ "rows": random.random_range(1..5000) }),
        };
        made.add("track", at, json!({ "event": event, "properties": properties }))?;
    }
    Ok(made.calls)
}

fn iso(at: Time) -> String {
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
        match user_id(self.n) {
            Some(id) => body["userId"] = json!(id),
            None => body["anonymousId"] = json!(format!("demo-visitor-{}", self.n)),
        }
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
