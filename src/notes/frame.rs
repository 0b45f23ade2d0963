//! How notes that are written together travel over a tab's socket: binary messages, each with a note's number and then
//! messages of the Yjs protocols (sync, awareness, auth) about it. Numbers are written as those protocols write them.

use yrs::encoding::read::{Cursor, Read as _};
use yrs::encoding::write::Write as _;
use yrs::sync::Message;
use yrs::updates::encoder::Encode as _;

use crate::id::NoteId;

/// The message with which the server says how many updates of this socket it has kept, as a number. The protocols leave
/// tags of their own to who uses them.
pub const KEPT: u8 = 100;
/// The most bytes of one message; a note's longest text and what it takes to merge it fit well.
pub const LARGEST: usize = 1024 * 1024;

/// Writes messages about a note.
pub fn written(note: NoteId, messages: &[Message]) -> Vec<u8> {
    let mut out = Vec::new();
    out.write_var(note.0.unsigned_abs());
    for message in messages {
        out.extend(message.encode_v1());
    }
    out
}

/// Which note a message is about, and the rest of it; `None` for what is none.
pub fn read(bytes: &[u8]) -> Option<(NoteId, &[u8])> {
    let mut cursor = Cursor::new(bytes);
    let note = cursor.read_var::<u64>().ok()?;
    Some((NoteId(i64::try_from(note).ok()?), &bytes[cursor.next..]))
}

/// Says how many updates are kept.
pub fn kept(count: u64) -> Message {
    let mut bytes = Vec::new();
    bytes.write_var(count);
    Message::Custom(KEPT, bytes)
}

/// How many updates the server says that it kept.
pub fn kept_count(bytes: &[u8]) -> Option<u64> {
    Cursor::new(bytes).read_var().ok()
}

#[cfg(test)]
mod tests {
    use yrs::sync::Message;

    use super::{kept, kept_count, read, written};
    use crate::id::NoteId;

    #[test]
    fn a_message_names_its_note() {
        let bytes = written(NoteId(20_001), &[Message::AwarenessQuery]);
        assert_eq!(read(&bytes), Some((NoteId(20_001), &[3][..])));
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0xff; 20]), None);
        let Message::Custom(_, count) = kept(300) else { panic!() };
        assert_eq!(kept_count(&count), Some(300));
    }
}
