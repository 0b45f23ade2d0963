//! Lines of plain text, with what quotes and lists put before each.

use crate::ui::markdown::DEPTH;

/// What stands before the lines of a quote, or of an item of a list.
struct Inside {
    /// Before its first line, until that is written: the sign of an item.
    first: Option<String>,
    /// Before every other one.
    rest: String,
}

/// The lines that are written so far.
#[derive(Default)]
pub struct Lines {
    out: String,
    /// Whether something stands on the last one.
    begun: bool,
    /// Whether an empty one is due before the next.
    gap: bool,
    inside: Vec<Inside>,
    /// How deep it is beyond what is shown as deep.
    deeper: usize,
}

impl Lines {
    /// All of it.
    pub fn text(self) -> String {
        self.out.trim_end().to_owned()
    }

    /// Where words are written, on a line that is begun.
    pub fn here(&mut self) -> &mut String {
        if !std::mem::replace(&mut self.begun, true) {
            self.leave_gap();
            for inside in &mut self.inside {
                let before = inside.first.take();
                self.out.push_str(&before.unwrap_or_else(|| inside.rest.clone()));
            }
        }
        &mut self.out
    }

    /// Ends the line, if one is begun.
    pub fn end(&mut self) {
        if std::mem::take(&mut self.begun) {
            let end = self.out.trim_end_matches([' ', '\t']).len();
            self.out.truncate(end);
            self.out.push('\n');
        }
    }

    /// Ends what stands between empty lines.
    pub fn end_block(&mut self) {
        self.end();
        self.gap = true;
    }

    /// Goes into a quote. The empty line before it is none of it.
    pub fn quote(&mut self) {
        self.end();
        self.leave_gap();
        self.enter(None, "> ".into());
    }

    /// Goes into an item of a list, which begins with this sign.
    pub fn item(&mut self, sign: String) {
        self.end();
        let rest = " ".repeat(sign.len());
        self.enter(Some(sign), rest);
    }

    /// Leaves a quote or an item. One without words has its sign all the same.
    pub fn leave(&mut self) {
        if self.inside.last().is_some_and(|inside| inside.first.is_some()) {
            self.here();
        }
        self.end();
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.inside.pop();
        }
    }

    fn enter(&mut self, first: Option<String>, rest: String) {
        if self.inside.len() < DEPTH {
            self.inside.push(Inside { first, rest });
        } else {
            self.deeper += 1;
        }
    }

    /// Writes the empty line that is due, where there is anything before it.
    fn leave_gap(&mut self) {
        if !std::mem::take(&mut self.gap) || self.out.is_empty() {
            return;
        }
        let before = self.inside.iter().take_while(|inside| inside.first.is_none());
        let before: String = before.map(|inside| inside.rest.as_str()).collect();
        self.out.push_str(before.trim_end());
        self.out.push('\n');
    }
}
