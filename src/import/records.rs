//! Reading CSV row by row in constant memory: a quote that nothing closes spoils its own row, not those that follow.

use std::io::BufRead;
use std::ops::ControlFlow;

use csv::ByteRecord;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most bytes of one row.
const LARGEST: usize = 1 << 20;
/// The most bytes that are read once more because a quote among them is not closed: then the quotes of the whole file
/// cannot be made sense of.
const AGAIN: usize = 1 << 30;

/// Where a byte stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    /// A field begins.
    Start,
    /// Within a field without quotes.
    Plain,
    /// Within quotes.
    Quoted,
    /// After a quote within quotes, which ends them or doubles.
    Closing,
}

/// A row as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Why it cannot be taken, if it cannot.
    pub wrong: Option<String>,
}

/// The rows of a text, empty lines apart.
pub struct Records<R> {
    input: R,
    separator: u8,
    parser: Reader,
    /// What has been read, from `next` on still to be taken.
    held: Vec<u8>,
    next: usize,
    /// The bytes of the row.
    raw: Vec<u8>,
    at: At,
    /// Where in the row the last quote opened, and on which line.
    opened: (usize, u64),
    line: u64,
    begun: u64,
    /// Whether the last byte was CR: then LF begins no other line.
    cr: bool,
    again: usize,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: BufRead> Records<R> {
    /// Reads from the beginning of a text.
    pub fn new(input: R, separator: u8) -> Self {
        Self {
            input,
            separator,
            parser: ReaderBuilder::new().delimiter(separator).build(),
            held: Vec::new(),
            next: 0,
            raw: Vec::new(),
            at: At::Start,
            opened: (0, 0),
            line: 1,
            begun: 1,
            cr: false,
            again: 0,
            output: vec![0; 1 << 12],
            ends: vec![0; 64],
        }
    }

    /// Reads the next row into `record`; `None` at the end.
    ///
    /// # Errors
    /// When the text cannot be read, and where so many quotes are not closed that nothing can be made of it.
    pub fn next(&mut self, record: &mut ByteRecord) -> std::io::Result<Option<Found>> {
        self.raw.clear();
        self.at = At::Start;
        let wrong = loop {
            if !self.fill()? {
                if self.raw.is_empty() {
                    return Ok(None);
                }
                break (self.at == At::Quoted).then(|| self.give_back("the end of the file"));
            }
            let byte = self.held[self.next];
            self.next += 1;
            match self.take(byte) {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(None) => break None,
                ControlFlow::Break(Some(Broken::Quote(until))) => {
                    break Some(self.give_back(until));
                }
                ControlFlow::Break(Some(Broken::Large)) => {
                    self.skip_line()?;
                    break Some(format!("longer than {} MB", LARGEST >> 20));
                }
            }
        };
        if self.again > AGAIN {
            let message = "too many quotes are not closed to make sense of the file";
            return Err(std::io::Error::other(message));
        }
        self.parse(record);
        Ok(Some(Found { line: self.begun, wrong }))
    }

    /// Holds what comes next; `false` at the end.
    fn fill(&mut self) -> std::io::Result<bool> {
        if self.next == self.held.len() {
            self.held.clear();
            self.next = 0;
            let block = self.input.fill_buf()?;
            let n = block.len();
            self.held.extend_from_slice(block);
            self.input.consume(n);
        }
        Ok(!self.held.is_empty())
    }

    /// Takes one byte into the row; breaks where the row ends with it, or cannot be one.
    fn take(&mut self, byte: u8) -> ControlFlow<Option<Broken>> {
        let ends_line = byte == b'\n' || byte == b'\r';
        let again = byte == b'\n' && self.cr;
        self.cr = byte == b'\r';
        if self.raw.is_empty() {
            if ends_line {
                self.line += u64::from(!again);
                return ControlFlow::Continue(());
            }
            self.begun = self.line;
        }
        if ends_line && self.at != At::Quoted {
            self.line += u64::from(!again);
            return ControlFlow::Break(None);
        }
        self.raw.push(byte);
        self.at = match (self.at, byte) {
            (At::Quoted, b'"') => At::Closing,
            (At::Closing, b'"') | (At::Quoted, _) => At::Quoted,
            (At::Start, b'"') => {
                self.opened = (self.raw.len() - 1, self.line);
                At::Quoted
            }
            (_, byte) if byte == self.separator => At::Start,
            // Text after quotes that span lines: they were meant to begin, not to end, and the one before never ended.
            (At::Closing, byte) if self.opened.1 < self.line && byte != b' ' => {
                return ControlFlow::Break(Some(Broken::Quote("the next one opens")));
            }
            _ => At::Plain,
        };
        self.line += u64::from(ends_line && !again);
        if self.raw.len() <= LARGEST {
            return ControlFlow::Continue(());
        }
        let spans = self.at == At::Quoted && self.opened.1 < self.line;
        ControlFlow::Break(Some(if spans { Broken::Quote("1 MB") } else { Broken::Large }))
    }

    /// Ends the row with the line on which its last quote opened; what follows is read once more.
    fn give_back(&mut self, until: &str) -> String {
        let (at, line) = self.opened;
        let ends = |b: &u8| *b == b'\n' || *b == b'\r';
        let mut end = self.raw[at..].iter().position(ends).map_or(self.raw.len(), |n| at + n + 1);
        if self.raw.get(end - 1) == Some(&b'\r') && self.raw.get(end) == Some(&b'\n') {
            end += 1;
        }
        let mut held = self.raw.split_off(end);
        self.again += held.len();
        held.extend_from_slice(&self.held[self.next..]);
        (self.held, self.next) = (held, 0);
        self.cr = self.raw.ends_with(b"\r");
        self.line = line;
        while self.raw.last().is_some_and(ends) {
            self.raw.pop();
            self.line = line + 1;
        }
        if line == self.begun {
            format!("a quote opens that is not closed before {until}")
        } else {
            format!("a quote opens on line {line} that is not closed before {until}")
        }
    }

    /// Leaves out what remains of a line.
    fn skip_line(&mut self) -> std::io::Result<()> {
        while self.fill()? {
            let rest = &self.held[self.next..];
            match rest.iter().position(|b| *b == b'\n' || *b == b'\r') {
                None => self.next = self.held.len(),
                Some(end) => {
                    self.cr = rest[end] == b'\r';
                    self.next += end + 1;
                    self.line += 1;
                    break;
                }
            }
        }
        Ok(())
    }

    fn parse(&mut self, record: &mut ByteRecord) {
        self.parser.reset();
        let (mut input, mut nout, mut nend) = (self.raw.as_slice(), 0, 0);
        loop {
            let (result, read, wrote, ended) =
                self.parser.read_record(input, &mut self.output[nout..], &mut self.ends[nend..]);
            input = &input[read..];
            (nout, nend) = (nout + wrote, nend + ended);
            match result {
                // With nothing left, the parser is told that the row ends here.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        record.clear();
        let mut from = 0;
        for end in &self.ends[..nend] {
            record.push_field(&self.output[from..*end]);
            from = *end;
        }
    }
}

enum Broken {
    Quote(&'static str),
    Large,
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, Records};

    type Rows = Vec<(u64, Vec<String>, Option<String>)>;

    fn rows(text: &[u8]) -> Rows {
        let mut rows: Rows = Vec::new();
        // In blocks of every size, a row, a quote and a line's end are cut anywhere.
        for size in [1, 2, 3, 7, 1 << 16] {
            let input = std::io::BufReader::with_capacity(size, text);
            let mut records = Records::new(input, b',');
            let (mut record, mut found) = (csv::ByteRecord::new(), Vec::new());
            while let Some(row) = records.next(&mut record).unwrap() {
                let fields = record.iter().map(|f| String::from_utf8_lossy(f).into_owned());
                found.push((row.line, fields.collect(), row.wrong));
            }
            assert!(size == 1 || rows == found, "blocks of {size}: {found:?}");
            rows = found;
        }
        rows
    }

    fn good(text: &str) -> Vec<(u64, Vec<String>)> {
        let all = rows(text.as_bytes()).into_iter();
        all.map(|(line, fields, wrong)| (wrong.is_none(), line, fields))
            .filter(|(good, ..)| *good)
            .map(|(_, line, fields)| (line, fields))
            .collect()
    }

    #[test]
    fn rows_are_what_they_were() {
        assert_eq!(
            good("a,b\r\n\r\n1,\"x \"\"y\"\", z\r\nw\"\r\n2,\"\"\r3, \"q\n4"),
            [
                (1, vec!["a".into(), "b".into()]),
                (3, vec!["1".into(), "x \"y\", z\r\nw".into()]),
                (5, vec!["2".into(), String::new()]),
                (6, vec!["3".into(), " \"q".into()]),
                (7, vec!["4".into()]),
            ]
        );
        assert_eq!(good("\"5\" disk,x\n\"a\" ,b\n").len(), 2);
        assert!(good("").is_empty());
    }

    #[test]
    fn a_quote_that_nothing_closes_spoils_its_row_alone() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,x", "2,\"y", "3,z", "4,w"].join(end);
            let all = rows(text.as_bytes());
            assert_eq!(all.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
            assert_eq!(
                all[2].2.as_deref(),
                Some("a quote opens that is not closed before the end of the file")
            );
            assert_eq!(all.iter().filter(|r| r.2.is_some()).count(), 1);
        }
        // One that follows is quoted properly, which would close it.
        let all = rows(b"1,\"x\n2,y\n3,\"z\"\n4,w\n");
        assert_eq!(
            all.iter().map(|r| (r.0, r.2.is_some())).collect::<Vec<_>>(),
            [(1, true), (2, false), (3, false), (4, false)]
        );
        // The row began before.
        let all = rows(b"1,\"x\ny\",\"z\n2,y\n");
        assert_eq!(
            all[0].2.as_deref(),
            Some("a quote opens on line 2 that is not closed before the end of the file")
        );
        assert_eq!((all[1].0, all[1].2.as_deref()), (3, None));
    }

    #[test]
    fn rows_are_bounded() {
        let long = "x".repeat(LARGEST + 10);
        let all = rows(
            format!("1,{long}\n2,\"{long}\n3,\"x\n{}\n4,y\n", "z\n".repeat(LARGEST / 2)).as_bytes(),
        );
        assert_eq!(all[0].2.as_deref(), Some("longer than 1 MB"));
        assert_eq!(all[1].2.as_deref(), Some("longer than 1 MB"));
        assert_eq!(all[2].2.as_deref(), Some("a quote opens that is not closed before 1 MB"));
        assert_eq!(all.len(), 3 + LARGEST / 2 + 1);
        assert!(all[3..].iter().all(|r| r.2.is_none()));
    }
}
