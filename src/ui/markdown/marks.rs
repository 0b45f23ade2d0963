//! What stands out among plain words: names after `@`, and bare web addresses.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

pub(super) fn link<'a>(dest_url: CowStr<'a>, title: CowStr<'a>) -> Tag<'a> {
    Tag::Link { link_type: LinkType::Inline, dest_url, title, id: "".into() }
}

/// Where a text names one of these with `@`, as ranges of bytes: whole names only, the longest first.
pub fn names_in(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let word_before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if word_before || found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &text[at + 1..];
        let ends = |name: &&&str| !rest[name.len()..].starts_with(char::is_alphanumeric);
        let here = names.iter().filter(|n| !n.is_empty() && rest.starts_with(**n)).filter(ends);
        if let Some(name) = here.max_by_key(|name| name.len()) {
            found.push(at..at + 1 + name.len());
        }
    }
    found
}

pub(super) fn naming<'a>(words: &str, names: &[(&str, &str)]) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    let mut done = 0;
    let written: Vec<_> = names.iter().map(|(written, _)| *written).collect();
    for range in names_in(words, &written) {
        let name = &words[range.start + 1..range.end];
        let shown = names.iter().find(|(written, _)| *written == name).map_or(name, |n| n.1);
        events.push(Event::Text(words[done..range.start].to_owned().into()));
        events.push(Event::InlineHtml("<span class=\"mention\">".into()));
        events.push(Event::Text(format!("@{shown}").into()));
        events.push(Event::InlineHtml("</span>".into()));
        done = range.end;
    }
    events.push(Event::Text(words[done..].to_owned().into()));
    events
}

/// Web addresses that stand bare among words become links; the full stop behind one is not part of it.
pub(super) fn addresses<'a>(words: &str) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    for word in words.split_inclusive(char::is_whitespace) {
        let start = ["https://", "http://"].into_iter().find_map(|scheme| word.find(scheme));
        let Some(start) = start else {
            events.push(Event::Text(word.to_owned().into()));
            continue;
        };
        let (before, rest) = word.split_at(start);
        let address =
            rest.trim_end_matches(|c: char| c.is_whitespace() || ".,;:!?)]}\"'»”".contains(c));
        let after = &rest[address.len()..];
        let address: CowStr<'a> = address.to_owned().into();
        events.push(Event::Text(before.to_owned().into()));
        events.push(Event::Start(link(address.clone(), "".into())));
        events.push(Event::Text(address));
        events.push(Event::End(TagEnd::Link));
        events.push(Event::Text(after.to_owned().into()));
    }
    events
}
