//! What entries say, grouped by day.

use serde_json::Value;

use super::changes::changes;
use super::detail::facts;
use super::names::{Names, whose};
use super::rows::Row;
use super::{Day, Facet, Fold, Kind, Line};
use crate::companies::Health;
use crate::contacts::title_of;
use crate::owner::Owner;
use crate::server::dates::Dates;
use crate::time::Time;
use crate::ui::Fact;

/// The line of an entry in the stream of somebody; `None` for a kind that is not known.
pub(super) fn line(row: Row, dates: &Dates, owner: Owner, names: &Names) -> Option<Line> {
    let kind = Kind::from_word(&row.kind)?;
    let person = (matches!(owner, Owner::Company(_)) && row.person.0 > 0)
        .then(|| (row.person, title_of(row.person, [&row.name, &row.email, &row.external_id])));
    let data: Value = serde_json::from_str(&row.data).unwrap_or_default();
    let (name, detail) = match kind {
        Kind::Event => (row.event.unwrap_or_default(), facts(&data, dates)),
        Kind::TagAdded | Kind::TagRemoved => {
            (data["name"].as_str().unwrap_or_default().to_owned(), Vec::new())
        }
        Kind::CompanyHealthChanged => {
            let word = data["to"].as_str().and_then(Health::from_word);
            let why = data["why"].as_str().unwrap_or_default().to_owned();
            (
                word.map(|h| h.name().to_lowercase()).unwrap_or_default(),
                vec![plain("why".into(), why)],
            )
        }
        Kind::SegmentEntered | Kind::SegmentLeft => {
            let why = data["why"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let why = why.map(|why| plain("why".into(), why.to_owned())).collect();
            (data["name"].as_str().unwrap_or_default().to_owned(), why)
        }
        Kind::AttributesChanged | Kind::CompanyChanged => {
            let whose = whose(owner, kind, row.person).map(|whose| (whose, row.occurred_at));
            let said = changes(kind, &data, names, dates, whose);
            (String::new(), said.into_iter().map(|(name, text)| plain(name, text)).collect())
        }
        Kind::ConversationSnoozed => {
            let until = data["until"].as_i64().unwrap_or(0);
            let until = if until == 0 { "they write".into() } else { dates.short(Time(until)) };
            (until, Vec::new())
        }
        _ => (data["name"].as_str().unwrap_or_default().to_owned(), Vec::new()),
    };
    Some(Line {
        seq: row.seq,
        kind,
        actor: row.actor,
        person,
        name,
        html: String::new(),
        deleted: None,
        href: match kind.facet() {
            Facet::Conversation => Some(format!("/inbox/{}", row.ref_id)),
            Facet::Outbound => Some(format!("/outbound/{}", row.ref_id)),
            _ => None,
        },
        at: dates.stamp(row.occurred_at),
        detail,
    })
}

fn plain(label: String, value: String) -> Fact {
    Fact { label, value, ..Fact::default() }
}

/// Lines under the headings of their days, equal events in a row folded.
pub(super) fn days(lines: impl Iterator<Item = Line>, dates: &Dates) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for line in lines {
        let title = dates.day(line.at.at);
        if days.last().is_none_or(|d| d.title != title) {
            days.push(Day { title, folds: Vec::new() });
        }
        let Some(day) = days.last_mut() else { continue };
        match day.folds.last_mut() {
            Some(fold)
                if line.kind == Kind::Event
                    && fold.newest.kind == Kind::Event
                    && fold.newest.name == line.name
                    && fold.newest.person == line.person =>
            {
                fold.rest.push(line);
            }
            _ => day.folds.push(Fold { newest: line, rest: Vec::new() }),
        }
    }
    days
}
