//! Looking a message through before it goes out: what reads badly, is hard to use, or makes mail servers wary. Nothing of it
//! forbids sending; each is told with its line.
//!
//! Colours need no look: a text cannot set any, and those of the layout are readable in light and dark.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::scan::VARIABLES;
use crate::outbound::{Channel, Finding};

/// A subject longer than this is cut on most phones, in characters.
const SUBJECT: usize = 60;
/// Words of a link that say nothing of where it leads.
const EMPTY_WORDS: [&str; 12] = [
    "here",
    "click",
    "click here",
    "this",
    "this link",
    "link",
    "more",
    "read more",
    "learn more",
    "hier",
    "mehr",
    "ici",
];
/// Services that hide where a link leads.
const SHORTENERS: [&str; 6] = ["bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd"];

/// What there is to say of a message, in the order of its lines, the subject first.
pub fn review(channel: Channel, subject: &str, body: &str) -> Vec<Finding> {
    let mut out = Vec::new();
    if channel == Channel::Email {
        of_subject(subject, &mut out);
    }
    of_text(channel, body, &mut out);
    fallbacks("In the subject: ", subject, None, &mut out);
    for (line, text) in (1..).zip(body.lines()) {
        fallbacks("", text, Some(line), &mut out);
        if shouts(text) {
            add(
                &mut out,
                Some(line),
                "This line is all capitals, which reads as shouting and as spam",
            );
        }
    }
    out.sort_by_key(|finding| finding.line);
    out.dedup();
    out
}

fn add(out: &mut Vec<Finding>, line: Option<usize>, said: impl Into<String>) {
    out.push(Finding { line, said: said.into() });
}

fn of_subject(subject: &str, out: &mut Vec<Finding>) {
    let length = without_liquid(subject).chars().count();
    if length > SUBJECT {
        add(
            out,
            None,
            format!("The subject has {length} characters: phones cut it after about {SUBJECT}"),
        );
    }
    if shouts(subject) {
        add(out, None, "The subject is all capitals, which mail servers take for spam");
    }
    if subject.matches(['!', '！']).count() > 1 {
        add(
            out,
            None,
            "The subject has several exclamation marks, which mail servers take for spam",
        );
    }
    let lower = subject.to_lowercase();
    if ["re:", "fwd:", "fw:", "aw:", "wg:"].iter().any(|lead| lower.starts_with(lead)) {
        add(out, None, "The subject pretends to be an answer or a forwarded e-mail");
    }
}

/// At least three words' worth of capitals and not one small letter.
fn shouts(text: &str) -> bool {
    let text = without_liquid(text);
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    capitals >= 10 && !text.chars().any(char::is_lowercase) && !text.contains("://")
}

/// A text without what is in braces: how it is filled in differs.
fn without_liquid(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("{{") { "}}" } else { "%}" };
        rest = rest[at..].split_once(end).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Variables about the reader that say nothing where nothing is known of them.
fn fallbacks(lead: &str, text: &str, line: Option<usize>, out: &mut Vec<Finding>) {
    for part in text.split("{{").skip(1) {
        let Some((inside, _)) = part.split_once("}}") else { continue };
        let name: String = inside
            .trim()
            .trim_start_matches('-')
            .trim()
            .chars()
            .take_while(|c| c.is_alphanumeric() || "_.".contains(*c))
            .collect();
        let of_reader = VARIABLES.contains(&name.as_str()) && name != "my_name"
            || name.starts_with("custom_attributes")
            || name.starts_with("company_attributes");
        if of_reader && !inside.contains("fallback") && !inside.contains("default") {
            let said = format!(
                "{lead}{name} says nothing where it is not known: add | fallback: \"…\", or decide with {{% if {name} %}}"
            );
            // Who decides before has thought of it.
            if !text.contains("{%") {
                add(out, line, said);
            }
        }
    }
}

/// A link or a picture that is being read.
struct Open {
    at: usize,
    to: String,
    words: String,
    picture: bool,
}

fn of_text(channel: Channel, body: &str, out: &mut Vec<Finding>) {
    let line_of = |at: usize| Some(body.get(..at).unwrap_or(body).matches('\n').count() + 1);
    let mut open: Vec<Open> = Vec::new();
    let (mut pictures, mut words, mut links) = (0, 0, 0);
    for (event, range) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                links += 1;
                let to = dest_url.to_string();
                open.push(Open { at: range.start, to, words: String::new(), picture: false });
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                pictures += 1;
                let to = dest_url.to_string();
                open.push(Open { at: range.start, to, words: String::new(), picture: true });
            }
            Event::Text(text) | Event::Code(text) => match open.last_mut() {
                Some(open) => open.words.push_str(&text),
                None => words += text.split_whitespace().count(),
            },
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(one) = open.pop() {
                    let line = line_of(one.at);
                    of_link(&one, line, out);
                    // A picture in a link speaks for the link.
                    if let (true, Some(around)) = (one.picture, open.last_mut()) {
                        around.words.push_str(&one.words);
                    }
                }
            }
            _ => {}
        }
    }
    if channel == Channel::Email && pictures > 0 && words < 5 {
        add(
            out,
            None,
            "There is next to nothing to read but pictures: who does not load them gets an empty e-mail, and mail servers take it for spam",
        );
    }
    if channel == Channel::Email && links > 10 {
        add(
            out,
            None,
            format!(
                "There are {links} links: mail servers take that many for spam, and readers follow none of them"
            ),
        );
    }
}

fn of_link(one: &Open, line: Option<usize>, out: &mut Vec<Finding>) {
    let words = one.words.trim().trim_end_matches(['.', '!', '>', '→', '…']).trim().to_lowercase();
    if one.picture {
        if words.is_empty() {
            let said = "This picture has no words: write what it shows between the brackets, for who does not see it";
            add(out, line, said);
        }
        return;
    }
    if words.is_empty() {
        add(
            out,
            line,
            "This link has no words: who hears the page read does not know where it leads",
        );
    } else if EMPTY_WORDS.contains(&words.as_str()) {
        add(
            out,
            line,
            format!("“{}” does not say where the link leads: name what is there", one.words.trim()),
        );
    }
    let host = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['/', '?', '#'])
            .next()
            .unwrap_or_default()
            .trim_start_matches("www.")
            .to_lowercase()
    };
    let to = host(&one.to);
    if SHORTENERS.contains(&to.as_str()) {
        add(
            out,
            line,
            format!(
                "{to} hides where the link leads, which mail servers take for spam: write the whole address"
            ),
        );
    }
    if one.to.starts_with("http://") {
        add(out, line, "This link is not encrypted: write https:// if the page has it");
    }
    // Words that are an address themselves lead there, or they deceive.
    let named = words.contains('.') && !words.contains(char::is_whitespace);
    if named && !one.to.contains("{{") && host(&words) != to && !one.to.starts_with("mailto:") {
        add(
            out,
            line,
            format!("The link reads {} and leads to {to}, as fraud does", one.words.trim()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, review};

    #[test]
    fn what_reads_badly_is_told_with_its_line_and_good_words_are_left_alone() {
        let good = "Hi {{ first_name | fallback: \"there\" }},\n\n[our plans](https://us.example/plans) changed: see https://us.example.\n\n{% if company %}{{ company }}{% endif %}\n\n![A chart of our prices](https://us.example/a.png)\n\nAll the best, {{ my_name }}";
        let found = review(Channel::Email, "What is new in March", good);
        assert!(found.is_empty(), "{found:?}");
        for (subject, body, line, words) in [
            ("x".repeat(61).as_str(), "Hi", None, "61 characters"),
            ("BUY OUR THINGS", "Hi", None, "all capitals"),
            ("Now!!", "Hi", None, "exclamation"),
            ("Re: your order", "Hi", None, "pretends"),
            ("{{ company }} news", "Hi", None, "In the subject: company says nothing"),
            ("Hi", "Hello\n{{ first_name }}", Some(2), "first_name says nothing"),
            ("Hi", "a\n\n[Click here](https://us.example)", Some(3), "does not say where"),
            ("Hi", "a\n[](https://us.example)", Some(2), "no words"),
            ("Hi", "a b c d e f\n![](https://us.example/a.png)", Some(2), "picture has no words"),
            ("Hi", "![A picture](https://us.example/a.png)", None, "nothing to read but pictures"),
            ("Hi", "[our plans](https://bit.ly/x)", Some(1), "hides where"),
            ("Hi", "[our plans](http://us.example)", Some(1), "not encrypted"),
            ("Hi", "[bank.example](https://evil.example)", Some(1), "as fraud does"),
            ("Hi", "Hello\nBUY THIS RIGHT NOW", Some(2), "shouting"),
        ] {
            let found = review(Channel::Email, subject, body);
            assert!(
                found.iter().any(|f| f.line == line && f.said.contains(words)),
                "{subject} {body}: {found:?}"
            );
            assert_eq!(found.len(), 1, "{subject} {body}: {found:?}");
        }
        assert!(review(Channel::Chat, &"x".repeat(90), "Hi").is_empty(), "a chat has no subject");
    }
}
