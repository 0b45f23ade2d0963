//! Words as texts that PostgreSQL carries.

use serde::{Deserialize, Serialize};

use super::Word;

/// The most bytes that a text has; PostgreSQL takes fewer than 8,000.
const MOST: usize = 7_900;

/// A text as it is read.
#[derive(Deserialize)]
pub(super) struct Packet {
    /// The process that speaks.
    pub node: u64,
    /// What it says.
    pub words: Vec<Word>,
}

#[derive(Serialize)]
struct Written<'a> {
    node: u64,
    words: &'a [&'a Word],
}

/// The words of a process, in their order, in as few texts as they fit.
pub(super) fn texts(node: u64, words: &[Word]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest: &[&Word] = &words.iter().collect::<Vec<_>>();
    while !rest.is_empty() {
        let (mut size, mut n) = (60, 0);
        for word in rest {
            size += serde_json::to_string(word).map_or(0, |text| text.len()) + 1;
            if size > MOST {
                break;
            }
            n += 1;
        }
        if n > 0 {
            texts.extend(serde_json::to_string(&Written { node, words: &rest[..n] }).ok());
        } else {
            tracing::error!("a word to other processes is too long");
        }
        rest = &rest[n.max(1)..];
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::{MOST, Packet, texts};
    use crate::id::{ConversationId, TeammateId, WorkspaceId};
    use crate::live::Colleague;
    use crate::server::nodes::{Here, Word};

    fn here(socket: u64, name: &str) -> Word {
        let who = Colleague { id: TeammateId(3), name: name.into() };
        let (workspace, conversation) = (WorkspaceId(1), ConversationId(2));
        Word::Here(Here { workspace, conversation, socket, who, replies: 0 })
    }

    fn sockets(texts: &[String]) -> Vec<u64> {
        let packets = texts.iter().map(|text| serde_json::from_str::<Packet>(text).unwrap());
        let words = packets.flat_map(|packet| {
            assert_eq!(packet.node, u64::MAX);
            packet.words
        });
        words.filter_map(|w| if let Word::Here(h) = w { Some(h.socket) } else { None }).collect()
    }

    #[test]
    fn every_word_arrives_in_order_and_every_text_is_short_enough() {
        let words: Vec<_> = (0..500).map(|n| here(n, &"ü\"é".repeat(n as usize % 40))).collect();
        let texts = texts(u64::MAX, &words);
        assert!(texts.len() > 5 && texts.iter().all(|t| t.len() <= MOST), "{}", texts.len());
        assert_eq!(sockets(&texts), (0..500).collect::<Vec<_>>());
    }

    #[test]
    fn a_word_that_fits_nowhere_does_not_hold_up_the_others() {
        let words = [here(1, "a"), here(2, &"a".repeat(MOST)), here(3, "a")];
        assert_eq!(sockets(&texts(u64::MAX, &words)), [1, 3]);
    }
}
