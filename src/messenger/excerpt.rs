//! The beginning of what was said, as text.

use crate::outbound::Channel;
use crate::ui::markdown;

/// How much of the newest part a list shows, in characters.
const BEGINNING: usize = 140;
/// How much of a post is shown before it is opened, in characters.
const LINES: usize = 600;

/// Whether the message that a part is, by the word of its channel, is a post.
pub fn is_post(channel: Option<&str>) -> bool {
    channel.and_then(Channel::from_word) == Some(Channel::Post)
}

/// The first words of Markdown, as text: at most 140 characters.
pub fn beginning(body: &str) -> String {
    markdown::words(body).chars().take(BEGINNING).collect()
}

/// The first lines of Markdown, as text: at most 600 characters.
pub fn first_lines(body: &str) -> String {
    markdown::lines(body).chars().take(LINES).collect()
}

#[cfg(test)]
mod tests {
    use super::{beginning, first_lines};

    #[test]
    fn a_preview_is_words_without_marks() {
        assert_eq!(
            beginning("**Hello** [there](https://x.example)\n\n- a < b & c"),
            "Hello there a < b & c"
        );
        assert_eq!(
            beginning("<script>alert(1)</script>"),
            "<script>alert(1)</script>",
            "text, for a text node"
        );
        assert_eq!(beginning(&"long ".repeat(1_000)).chars().count(), 140);
        let table = "# News\n\n| Thing | Price |\n|---|---|\n| Kettle | 48 |";
        assert_eq!(beginning(table), "News Thing Price Kettle 48");
        assert_eq!(first_lines(table), "News\nThing Price\nKettle 48");
    }
}
