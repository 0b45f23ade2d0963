//! Where the parts of a rule stand in its JSON text as somebody wrote it.

use serde_json::Value;

use super::fault::Path;

/// The line, from 1, at which a part of a rule begins; for a text that is no JSON the one where it goes wrong. What cannot be
/// found stands where the nearest part does that has it in it.
pub fn line_of(text: &str, path: &Path) -> usize {
    if let Err(error) = serde_json::from_str::<Value>(text) {
        return error.line().max(1);
    }
    let mut walk = Walk { bytes: text.as_bytes(), at: 0 };
    let mut found = 0;
    if walk.member(&["rule"]).is_some() {
        found = walk.at;
        for n in &path.0 {
            if walk.part(*n).is_none() {
                break;
            }
            found = walk.at;
        }
    }
    1 + text.as_bytes()[..found].iter().filter(|b| **b == b'\n').count()
}

/// A place in a text that is known to be JSON.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.byte().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Past a sign, and to what follows it.
    fn past(&mut self, sign: u8) -> Option<()> {
        self.space();
        (self.byte()? == sign).then(|| self.at += 1)?;
        self.space();
        Some(())
    }

    /// Past a text in quotes.
    fn string(&mut self) -> Option<()> {
        self.at += 1;
        while self.byte()? != b'"' {
            self.at += if self.byte()? == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        Some(())
    }

    /// Past a value of any kind.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.byte()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                // The end of what the value stands in.
                b'}' | b']' | b',' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// From the beginning of an object to the value of the first of these members that it has.
    fn member(&mut self, names: &[&str]) -> Option<()> {
        self.past(b'{')?;
        loop {
            let begin = self.at;
            (self.byte()? == b'"').then(|| self.string())??;
            let name = self.bytes.get(begin + 1..self.at - 1)?;
            self.past(b':')?;
            if names.iter().any(|one| one.as_bytes() == name) {
                return Some(());
            }
            self.value()?;
            self.past(b',')?;
        }
    }

    /// From the beginning of a group to one of its parts.
    fn part(&mut self, n: usize) -> Option<()> {
        self.member(&["all", "any", "not", "company"])?;
        if self.byte()? != b'[' {
            return (n == 0).then_some(());
        }
        self.past(b'[')?;
        for _ in 0..n {
            self.value()?;
            self.past(b',')?;
        }
        (self.byte()? != b']').then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    const RULE: &str = r#"{
  "note": "a \"rule\": { in words",
  "rule": {
    "all": [
      { "field": "name", "op": "is", "value": "é, ] }" },
      { "not": {
        "any": [
          3,
          { "field": "x" }
        ]
      } }
    ]
  },
  "version": 1
}"#;

    #[test]
    fn a_part_is_found_in_the_line_where_it_was_written() {
        for (path, line) in [
            ("", 3),
            ("0", 5),
            ("1", 6),
            ("1.0", 6),
            ("1.0.0", 8),
            ("1.0.1", 9),
            // What there is not stands where the rest does.
            ("1.0.7", 6),
            ("0.4", 5),
            ("9", 3),
        ] {
            assert_eq!(line_of(RULE, &path.parse().unwrap()), line, "{path}");
        }
        assert_eq!(line_of("{\n \"rule\":\n }", &"1".parse().unwrap()), 3);
        assert_eq!(line_of("", &"".parse().unwrap()), 1);
        assert_eq!(line_of("[]", &"0".parse().unwrap()), 1);
    }
}
