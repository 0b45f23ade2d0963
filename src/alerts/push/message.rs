//! What a browser is told, in the form that its service worker reads.

use serde_json::json;

use crate::alerts::Item;
use crate::server::assets;

/// The most bytes of a text and of a name: push services take 4,096 bytes with everything around them (RFC 8291, 4).
const TEXT: usize = 1_500;
const TITLE: usize = 600;

/// One thing that is new, as JSON.
pub fn written(item: &Item, sound: bool) -> String {
    let (title, text) = (shortened(&item.title, TITLE), shortened(&item.text, TEXT));
    json!({
        "title": title,
        "text": text,
        "address": item.place.address(),
        "sound": sound,
        "icon": assets::url("icon-192.png"),
    })
    .to_string()
}

/// The beginning of a text, cut between two characters.
fn shortened(text: &str, most: usize) -> String {
    // Quotes and line feeds take two bytes in JSON, other control characters six.
    let weight = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        c if c.is_control() => 6,
        c => c.len_utf8(),
    };
    let mut size = 0;
    let fits = text.chars().take_while(|c| {
        size += weight(*c);
        size <= most
    });
    let mut short: String = fits.collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::alerts::{Item, Place};
    use crate::id::ConversationId;

    #[test]
    fn the_longest_message_fits_and_ends_between_two_characters() {
        for text in ["a", "\"", "ü", "👩‍👩‍👧", "\u{1}", "\u{202e}"] {
            let long = text.repeat(9_000);
            let item = Item {
                seq: 1,
                place: Place::Conversation(ConversationId(i64::MAX)),
                title: long.clone(),
                text: long,
            };
            let json = written(&item, true);
            assert!(json.len() < 3_500, "{text}: {}", json.len());
            let read: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert!(read["text"].as_str().unwrap().ends_with('…'));
        }
    }

    #[test]
    fn a_short_message_is_whole() {
        let item = Item {
            seq: 1,
            place: Place::Conversation(ConversationId(7)),
            title: "Ida".into(),
            text: "Hello".into(),
        };
        let mut read: serde_json::Value = serde_json::from_str(&written(&item, false)).unwrap();
        assert!(read.as_object_mut().unwrap().remove("icon").is_some());
        let expected = serde_json::json!({"title": "Ida", "text": "Hello", "address": "/inbox/7", "sound": false});
        assert_eq!(read, expected);
    }
}
