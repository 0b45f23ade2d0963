//! What a workspace decides about its Messenger, and what is refused of it.

use serde::{Deserialize, Serialize};

use super::{Hours, hours_of};
use crate::error::Error;

/// The longest greeting, in characters.
const GREETING: usize = 200;
/// The most pages' origins that can be named.
const ORIGINS: usize = 50;
/// The most that the launcher stands away from the edges, in CSS pixels.
pub const PADDING: u16 = 300;

/// Which lower corner the launcher stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// The left one.
    Left,
    /// The right one.
    #[default]
    Right,
}

/// How soon the team expects to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyTime {
    /// Nothing is said of it.
    #[default]
    Unsaid,
    /// Within minutes.
    Minutes,
    /// Within hours.
    Hours,
    /// Within a day.
    Day,
}

impl ReplyTime {
    /// Every choice with its words for the settings page.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Unsaid, "unsaid", "Say nothing"),
        (Self::Minutes, "minutes", "In a few minutes"),
        (Self::Hours, "hours", "In a few hours"),
        (Self::Day, "day", "Within a day"),
    ];

    /// The word in forms.
    pub fn word(self) -> &'static str {
        // Every choice has a row; the fallback is for the compiler.
        Self::ALL.into_iter().find(|(t, ..)| *t == self).map_or("unsaid", |(_, word, _)| word)
    }
}

/// The Messenger's settings, as they are kept: JSON under the name `messenger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The launcher, buttons and what the person said: `#rrggbb`.
    pub action_color: String,
    /// The head of the Messenger: `#rrggbb`.
    pub background_color: String,
    /// The launcher's corner.
    pub alignment: Alignment,
    /// From the side, in CSS pixels, at most [`PADDING`].
    pub horizontal_padding: u16,
    /// From below, in CSS pixels, at most [`PADDING`].
    pub vertical_padding: u16,
    /// What the Messenger says first; empty for the words of its language.
    pub greeting: String,
    /// How soon an answer is to be expected.
    pub reply_time: ReplyTime,
    /// When someone is there, in the workspace's time zone; empty for always.
    pub office_hours: Vec<Hours>,
    /// Whether a user id or an e-mail address without proof is refused.
    pub require_identity: bool,
    /// Origins of the pages that may have the Messenger, such as `https://shop.example`; empty for all.
    pub origins: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            action_color: "#0b6375".into(),
            background_color: "#0b4a59".into(),
            alignment: Alignment::Right,
            horizontal_padding: 20,
            vertical_padding: 20,
            greeting: String::new(),
            reply_time: ReplyTime::Unsaid,
            office_hours: Vec::new(),
            require_identity: false,
            origins: Vec::new(),
        }
    }
}

impl Settings {
    /// Whether a page of this origin may have the Messenger.
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|o| o.eq_ignore_ascii_case(origin))
    }
}

/// Whether text is readable in white on this colour; else black is: by the contrast of WCAG 2.
pub fn is_dark(color: &str) -> bool {
    let channel = |at: usize| {
        let hex = color.get(at..at + 2).unwrap_or("00");
        let share = f64::from(u8::from_str_radix(hex, 16).unwrap_or(0)) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let light = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    1.05 / (light + 0.05) >= (light + 0.05) / 0.05
}

/// The settings' form, field by field as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// As [`Settings::action_color`].
    pub action_color: String,
    /// As [`Settings::background_color`].
    pub background_color: String,
    /// `left` or `right`.
    pub alignment: String,
    /// As [`Settings::horizontal_padding`].
    pub horizontal_padding: String,
    /// As [`Settings::vertical_padding`].
    pub vertical_padding: String,
    /// As [`Settings::greeting`].
    pub greeting: String,
    /// A word of [`ReplyTime::ALL`].
    pub reply_time: String,
    /// `hours` where office hours count.
    pub office: String,
    /// When each day begins, Monday first: `09:00`; empty for a day off.
    pub from: Vec<String>,
    /// When each day ends.
    pub to: Vec<String>,
    /// `on` for a proof of who somebody is.
    pub require_identity: String,
    /// Origins, one a line.
    pub origins: String,
}

impl Form {
    /// The settings that were typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the first field that is refused.
    pub fn read(&self) -> Result<Settings, Error> {
        let greeting = self.greeting.trim();
        if greeting.chars().count() > GREETING || greeting.chars().any(char::is_control) {
            return Err(Error::invalid(
                "greeting",
                "a greeting is one line of at most 200 characters",
            ));
        }
        let reply_time = ReplyTime::ALL.into_iter().find(|(_, word, _)| *word == self.reply_time);
        Ok(Settings {
            action_color: color("action_color", &self.action_color)?,
            background_color: color("background_color", &self.background_color)?,
            alignment: if self.alignment == "left" { Alignment::Left } else { Alignment::Right },
            horizontal_padding: padding("horizontal_padding", &self.horizontal_padding)?,
            vertical_padding: padding("vertical_padding", &self.vertical_padding)?,
            greeting: greeting.to_owned(),
            reply_time: reply_time.map(|(time, ..)| time).unwrap_or_default(),
            office_hours: if self.office == "hours" {
                hours_of(&self.from, &self.to)?
            } else {
                Vec::new()
            },
            require_identity: self.require_identity == "on",
            origins: origins(&self.origins)?,
        })
    }
}

/// A colour that a page or a form names, as `#rrggbb` in small letters.
///
/// # Errors
/// [`Error::Invalid`] for what is not one.
pub fn color(field: &str, text: &str) -> Result<String, Error> {
    let text = text.trim().to_lowercase();
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_hex = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex { Ok(text) } else { Err(Error::invalid(field, "write a colour such as #0b6375")) }
}

fn padding(field: &str, text: &str) -> Result<u16, Error> {
    let number = text.trim().parse::<u16>().ok().filter(|n| *n <= PADDING);
    number.ok_or_else(|| Error::invalid(field, "write a whole number from 0 to 300"))
}

fn origins(text: &str) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let origin = line.trim_end_matches('/').to_lowercase();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
        if !host.is_some_and(|h| !h.is_empty() && h.bytes().all(plain)) {
            let message =
                format!("{line} is no origin: write one such as https://shop.example a line");
            return Err(Error::invalid("origins", message));
        }
        if !all.contains(&origin) {
            all.push(origin);
        }
    }
    if all.len() > ORIGINS {
        return Err(Error::invalid("origins", "name at most 50"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::{Form, Hours, Settings, is_dark};
    use crate::messenger::clock;

    fn typed() -> Form {
        Form {
            action_color: "#0B6375".into(),
            background_color: "#ffffff".into(),
            horizontal_padding: "20".into(),
            vertical_padding: " 0 ".into(),
            ..Form::default()
        }
    }

    #[test]
    fn a_form_is_read_or_refused_by_field() {
        let mut form = typed();
        form.origins =
            "https://Shop.example/\n\nhttp://localhost:8080\nhttps://shop.example".into();
        form.office = "hours".into();
        (form.from, form.to) = (
            vec!["09:00".into(), String::new(), "18:00".into()],
            vec!["17:30".into(), String::new(), "00:00".into()],
        );
        let settings = form.read().unwrap();
        assert_eq!(settings.action_color, "#0b6375");
        assert_eq!(settings.origins, ["https://shop.example", "http://localhost:8080"]);
        let hours =
            [Hours { day: 0, from: 540, to: 1_050 }, Hours { day: 2, from: 1_080, to: 1_440 }];
        assert_eq!(settings.office_hours, hours);
        assert_eq!((clock(540), clock(1_440)), ("09:00".into(), "00:00".into()));
        for (field, change) in [
            ("action_color", (|f| f.action_color = "red; x".into()) as fn(&mut Form)),
            ("horizontal_padding", |f| f.horizontal_padding = "-1".into()),
            ("greeting", |f| f.greeting = "x".repeat(201)),
            ("origins", |f| f.origins = "https://a.example/path".into()),
            ("origins", |f| f.origins = "*; script-src *".into()),
            ("from[1]", |f| f.from[1] = "10:00".into()),
            ("from[0]", |f| f.to[0] = "08:00".into()),
        ] {
            let mut form = form.clone();
            change(&mut form);
            let refused = form.read().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{field}:")), "{field}: {refused}");
        }
    }

    #[test]
    fn text_on_a_colour_is_readable_and_origins_are_whole() {
        assert!(
            is_dark("#0b6375") && is_dark("#000000") && !is_dark("#ffffff") && !is_dark("#ffd400")
        );
        let settings =
            Settings { origins: vec!["https://a.example".into()], ..Settings::default() };
        assert!(
            settings.allows("https://A.example")
                && !settings.allows("https://a.example.evil.example")
        );
        assert!(Settings::default().allows("null"));
    }
}
