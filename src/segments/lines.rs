//! Where the parts of a rule stand in its JSON text as somebody wrote it.

use serde_json::Value;

use super::fault::{Fault, Member};

/// The line, from 1, of what a fault is about: a part of a rule, or the name or the value in it that is wrong. Of a text that
/// is no JSON it is the one where that goes wrong. What cannot be found stands where the nearest does that has it in it.
pub fn line_of(text: &str, fault: &Fault) -> usize {
    if let Err(error) = serde_json::from_str::<Value>(text) {
        return error.line().max(1);
    }
    let mut walk = Walk { bytes: text.as_bytes(), at: 0 };
    let mut found = 0;
    if walk.member(&["rule"]).is_some() {
        found = walk.at;
        let whole = fault.path.0.iter().all(|n| {
            let there = walk.part(*n).is_some();
            if there {
                found = walk.at;
            }
            there
        });
        if whole {
            found = walk.within(&fault.member).unwrap_or(found);
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

    /// From the beginning of an object to the value of its member that is called one of these: the last, which is what counts
    /// where a name stands there twice. Answers where the name is.
    fn member(&mut self, names: &[&str]) -> Option<usize> {
        self.past(b'{')?;
        let mut found = None;
        // An object that has nothing more ends here.
        while self.byte() == Some(b'"') {
            let begin = self.at;
            self.string()?;
            let name: String = serde_json::from_slice(self.bytes.get(begin..self.at)?).ok()?;
            self.past(b':')?;
            if names.contains(&name.as_str()) {
                found = Some((begin, self.at));
            }
            self.value()?;
            if self.past(b',').is_none() {
                break;
            }
        }
        let (name, value) = found?;
        self.at = value;
        Some(name)
    }

    /// From the beginning of a list to one of what it has.
    fn item(&mut self, n: usize) -> Option<()> {
        self.past(b'[')?;
        for _ in 0..n {
            self.value()?;
            self.past(b',')?;
        }
        (self.byte()? != b']').then_some(())
    }

    /// From the beginning of a group to one of its parts.
    fn part(&mut self, n: usize) -> Option<()> {
        self.member(&["all", "any", "not", "company"])?;
        if self.byte()? == b'[' { self.item(n) } else { (n == 0).then_some(()) }
    }

    /// Where what is meant of a part stands, or as much of the way to it as there is; from the beginning of the part.
    fn within(&mut self, member: &Member) -> Option<usize> {
        let mut found = None;
        for (n, step) in member.way.iter().enumerate() {
            let name = match self.byte()? {
                b'[' => step.parse().ok().and_then(|n| self.item(n)).map(|()| self.at),
                _ => self.member(&[step.as_str()]),
            };
            let Some(name) = name else { break };
            let last = n + 1 == member.way.len();
            found = Some(if last && member.name { name } else { self.at });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::{Fault, Path};
    use super::line_of;

    fn at(path: &str) -> Fault {
        path.parse::<Path>().unwrap().fault("wrong")
    }

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
            assert_eq!(line_of(RULE, &at(path)), line, "{path}");
        }
        assert_eq!(line_of("{\n \"rule\":\n }", &at("1")), 3);
        assert_eq!(line_of("", &at("")), 1);
        assert_eq!(line_of("[]", &at("0")), 1);
    }

    #[test]
    fn what_is_wrong_of_a_part_is_found_in_its_own_line() {
        const PAID: &str = r#"{ "rule": { "all": [
  {
    "event": "Paid",
    "when": [],
    "op":
      "occured",
    "metadata": [
      { "field": "sku", "op": "is" },
      {
        "field": "total",
        "\u006fp": "is",
        "op": "has"
      }
    ],
    "metdata": []
  }
] } }"#;
        for (fault, line) in [
            (at("0").inside("event"), 3),
            (at("0").inside("op"), 6),
            (at("0").named("op"), 5),
            (at("0").named("metdata"), 15),
            (at("0").inside("op").inside(1).inside("metadata"), 12),
            (at("0").inside("field").inside(1).inside("metadata"), 10),
            (at("0").named("field").inside(0).inside("metadata"), 8),
            (at("0").inside(1).inside("metadata"), 9),
            // What is missing stands where the rest does.
            (at("0").inside("count"), 2),
            (at("0").inside("value").inside(1).inside("metadata"), 9),
            (at("0").inside("op").inside(0).inside("when"), 4),
            (at("0.3").inside("event"), 2),
            (at("4").inside("event"), 1),
        ] {
            assert_eq!(line_of(PAID, &fault), line, "{fault:?}");
        }
    }
}
