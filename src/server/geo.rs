//! Where an IP address is, by databases in MaxMind's format.

use std::net::IpAddr;
use std::path::Path;

use maxminddb::{Mmap, Reader};
use serde_json::Value;

use crate::contacts::{Credit, Place};

/// The open databases: IPv4 and IPv6 may come in files of their own.
#[derive(Default)]
pub struct Geo {
    files: Vec<Reader<Mmap>>,
}

impl Geo {
    /// Opens every file; they stay mapped, not loaded. An empty name is none: a setting that is there and says nothing.
    ///
    /// # Errors
    /// A sentence that names the file which is not such a database.
    pub fn open<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> Result<Self, String> {
        let open = |file: P| {
            let path = file.as_ref();
            // SAFETY: the operator names the file and replaces it by renaming, never by writing into it.
            let reader = unsafe { Reader::open_mmap(path) };
            reader.map_err(|e| {
                format!("{}: {e}; expected a database in MaxMind's format", path.display())
            })
        };
        let named = files.into_iter().filter(|file| !file.as_ref().as_os_str().is_empty());
        Ok(Self { files: named.map(open).collect::<Result<_, _>>()? })
    }

    /// Whether there is a database to ask.
    pub fn is_set_up(&self) -> bool {
        !self.files.is_empty()
    }

    /// Who made the databases, each once.
    pub fn credits(&self) -> Vec<Credit> {
        let mut all: Vec<Credit> = Vec::new();
        for file in &self.files {
            let about = file.metadata();
            let english = about.description.get("en").map(String::as_str);
            let credit = credit(&about.database_type, english.unwrap_or_default());
            if !all.contains(&credit) {
                all.push(credit);
            }
        }
        all
    }

    /// The place of an address; `None` when no database knows it.
    pub fn locate(&self, ip: IpAddr) -> Option<Place> {
        self.files.iter().find_map(|file| {
            let found: Value = file.lookup(ip).ok()?.decode().ok()??;
            place(&found)
        })
    }
}

/// Makers of databases by how the types of theirs begin, with the words and the address that their licences ask for
/// (<https://db-ip.com/db/lite.php>, <https://dev.maxmind.com/geoip/geolite2-free-geolocation-data>,
/// <https://ipinfo.io/developers/ipinfo-lite-database>).
const MAKERS: [(&str, &str, &str); 4] = [
    ("DBIP", "IP geolocation by DB-IP", "https://db-ip.com"),
    (
        "GeoLite2",
        "This product includes GeoLite2 data created by MaxMind",
        "https://www.maxmind.com",
    ),
    ("GeoIP2", "IP geolocation by MaxMind", "https://www.maxmind.com"),
    ("ipinfo", "IP address data is powered by IPinfo", "https://ipinfo.io"),
];

/// The credit of a database by its own type and description; one of an unknown maker is named as it names itself.
fn credit(database_type: &str, description: &str) -> Credit {
    let known = |(begin, ..): &&(&str, _, _)| {
        database_type.get(..begin.len()).is_some_and(|b| b.eq_ignore_ascii_case(begin))
    };
    match MAKERS.iter().find(known) {
        Some((_, words, href)) => Credit { words: (*words).into(), href: Some((*href).into()) },
        None => {
            let name = if description.trim().is_empty() { database_type } else { description };
            let name: String = name.trim().chars().take(200).collect();
            Credit { words: format!("Places by {name}"), href: None }
        }
    }
}

/// A country's name in English by its two letters (ISO 3166-1), or the letters.
pub fn country(code: &str) -> String {
    rust_iso3166::from_alpha2(code).map_or_else(|| code.to_owned(), |c| c.name.to_owned())
}

/// Reads both layouts: MaxMind's nested one and the flat one of DB-IP's files.
fn place(found: &Value) -> Option<Place> {
    let text = |value: &Value| value.as_str().filter(|s| !s.is_empty()).map(str::to_owned);
    let first = |paths: &[&str]| paths.iter().find_map(|p| found.pointer(p).and_then(text));
    let number = |paths: &[&str]| {
        paths.iter().find_map(|p| {
            let value = found.pointer(p)?;
            value.as_f64().or_else(|| value.as_str()?.parse().ok())
        })
    };
    let code = first(&["/country/iso_code", "/country_code"]).map(|c| c.to_uppercase());
    let place = Place {
        country: first(&["/country/names/en", "/country_name"])
            .or_else(|| code.as_deref().map(country)),
        country_code: code,
        region: first(&["/subdivisions/0/names/en", "/state1", "/region"]),
        city: first(&["/city/names/en", "/city"]),
        continent_code: first(&["/continent/code", "/continent"]),
        latitude: number(&["/location/latitude", "/latitude"]),
        longitude: number(&["/location/longitude", "/longitude"]),
        time_zone: first(&["/location/time_zone", "/timezone"]),
    };
    (place.country_code.is_some() || place.latitude.is_some()).then_some(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Geo, credit, place};

    #[test]
    fn the_credit_is_that_of_the_database() {
        let words = |kind: &str, text: &str| credit(kind, text).words;
        assert_eq!(words("DBIP-City-Lite", ""), "IP geolocation by DB-IP");
        assert!(words("GeoLite2-City", "x").contains("GeoLite2 data created by MaxMind"));
        assert_eq!(words("Offices", ""), "Places by Offices");
        let own = credit("Offices", "Our own offices");
        assert_eq!((own.words.as_str(), own.href), ("Places by Our own offices", None));
        let both = Geo::open(["tests/data/places.mmdb", "tests/data/places.mmdb"]).unwrap();
        assert_eq!(both.credits(), [credit("GeoIP2-City", "")], "each maker once");
        assert!(Geo::default().credits().is_empty());
    }

    #[test]
    fn both_layouts_are_read() {
        let nested = json!({"city": {"names": {"en": "Zürich"}}, "country": {"iso_code": "CH", "names": {"en": "Switzerland"}},
            "location": {"latitude": 47.37, "longitude": 8.54, "time_zone": "Europe/Zurich"}, "subdivisions": [{"names": {"en": "Zurich"}}]});
        let flat = json!({"city": "Zürich", "country_code": "CH", "state1": "Zurich", "latitude": 47.37, "longitude": 8.54});
        let (a, b) = (place(&nested).unwrap(), place(&flat).unwrap());
        assert_eq!((a.city.as_deref(), a.country_code.as_deref()), (Some("Zürich"), Some("CH")));
        assert_eq!((b.city, b.latitude), (a.city, a.latitude));
        assert_eq!(place(&json!({})), None);
    }
}
