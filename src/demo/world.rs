//! The world that made-up people live in: names, languages, companies, and what they do.

/// People of one language: how they are called, and from where and with what they come.
pub struct Region {
    /// Given names, and the same in plain letters for addresses.
    pub first: &'static [(&'static str, &'static str)],
    /// Family names.
    pub last: &'static [&'static str],
    /// Whether the family name comes first.
    pub family_first: bool,
    /// The language of their browsers.
    pub locale: &'static str,
    /// The first three numbers of addresses of universities there, each in a city of its own.
    pub networks: &'static [&'static str],
    /// Their browser.
    pub agent: &'static str,
}

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

/// Where people come from.
pub const REGIONS: [Region; 9] = [
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
        networks: &["129.67.1", "131.111.1", "129.215.1", "130.88.1"],
        agent: CHROME,
    },
    Region {
        first: &[("Lena", "lena"), ("Jonas", "jonas"), ("Katrin", "katrin"), ("Jörg", "joerg")],
        last: &["Vogel", "Brandt", "Schröder", "Hofmann"],
        family_first: false,
        locale: "de-DE",
        networks: &["141.20.1", "129.187.1", "134.100.1", "129.69.1"],
        agent: FIREFOX,
    },
    Region {
        first: &[("Émilie", "emilie"), ("Hugo", "hugo"), ("Camille", "camille"), ("Théo", "theo")],
        last: &["Lefèvre", "Girard", "Moreau", "Chevalier"],
        family_first: false,
        locale: "fr-FR",
        networks: &["129.175.1", "130.79.1", "129.20.1"],
        agent: SAFARI,
    },
    Region {
        first: &[("Lucía", "lucia"), ("Mateo", "mateo"), ("Íñigo", "inigo")],
        last: &["Navarro", "Castaño", "Ibáñez"],
        family_first: false,
        locale: "es-ES",
        networks: &["147.96.1", "161.116.1"],
        agent: CHROME,
    },
    Region {
        first: &[("نور", "nour"), ("ليلى", "layla"), ("عمر", "omar")],
        last: &["الحداد", "منصور", "الشريف"],
        family_first: false,
        locale: "ar-EG",
        networks: &["193.227.1"],
        agent: PHONE,
    },
    Region {
        first: &[("美咲", "misaki"), ("健太", "kenta"), ("陽子", "yoko")],
        last: &["佐藤", "高橋", "渡辺"],
        family_first: true,
        locale: "ja-JP",
        networks: &["133.11.1", "130.54.1", "133.1.1", "133.87.1"],
        agent: SAFARI,
    },
    Region {
        first: &[("Ana", "ana"), ("João", "joao"), ("Beatriz", "beatriz")],
        last: &["Souza", "Araújo", "Figueiredo"],
        family_first: false,
        locale: "pt-BR",
        networks: &["143.107.1", "146.164.1"],
        agent: PHONE,
    },
    Region {
        first: &[("Priya", "priya"), ("Arjun", "arjun"), ("Meera", "meera")],
        last: &["Sharma", "Iyer", "Banerjee"],
        family_first: false,
        locale: "en-IN",
        networks: &["14.139.34"],
        agent: CHROME,
    },
    Region {
        first: &[("Zofia", "zofia"), ("Łukasz", "lukasz"), ("Agnieszka", "agnieszka")],
        last: &["Wiśniewska", "Zieliński", "Wójcik"],
        family_first: false,
        locale: "pl-PL",
        networks: &["148.81.1", "149.156.1", "156.17.1", "150.254.1"],
        agent: FIREFOX,
    },
];

/// The first words of companies' names.
pub const FIRST_WORDS: [&str; 16] = [
    "Harbour", "Juniper", "Copper", "Meadow", "Lantern", "Granite", "Willow", "Saffron", "Cobalt",
    "Thistle", "Marble", "Orchard", "Falcon", "Cinder", "Pepper", "Aurora",
];
/// The second words, each with the industry that it stands for.
pub const SECOND_WORDS: [(&str, &str); 10] = [
    ("Labs", "Software"),
    ("Foods", "Food"),
    ("Logistics", "Transport"),
    ("Studio", "Design"),
    ("Insurance", "Finance"),
    ("Health", "Health care"),
    ("Robotics", "Manufacturing"),
    ("Travel", "Tourism"),
    ("Books", "Publishing"),
    ("Energy", "Energy"),
];
/// Plans and what they cost a month.
pub const PLANS: [(&str, f64); 4] =
    [("Free", 0.0), ("Starter", 49.0), ("Team", 199.5), ("Business", 890.0)];
/// What people do in the product.
pub const EVENTS: [&str; 6] = [
    "Report opened",
    "Order completed",
    "Colleague invited",
    "Export finished",
    "Filter saved",
    "Invoice paid",
];
/// The product's pages.
pub const PAGES: [&str; 5] = ["", "reports", "orders", "settings/team", "billing"];
/// What people do for a living.
pub const JOBS: [&str; 6] =
    ["Owner", "Engineer", "Accountant", "Support lead", "Head of operations", "Designer"];
