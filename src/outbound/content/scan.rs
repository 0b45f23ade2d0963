//! Reading a text for what it names, so that what is wrong is told at its place before anything is sent.

use liquid::Object;
use liquid::model::Value;

/// The variables.
pub const VARIABLES: [&str; 6] = ["first_name", "name", "email", "phone", "company", "my_name"];
/// The filters.
pub const FILTERS: [&str; 12] = [
    "fallback",
    "default",
    "append",
    "capitalize",
    "date",
    "downcase",
    "prepend",
    "replace",
    "round",
    "strip",
    "truncate",
    "upcase",
];
/// The blocks, each with what else may stand in it.
const BLOCKS: [(&str, &str); 5] = [
    ("if", "endif"),
    ("unless", "endunless"),
    ("case", "endcase"),
    ("comment", "endcomment"),
    ("raw", "endraw"),
];
/// Words of conditions that are no variables.
const WORDS: [&str; 10] =
    ["and", "or", "contains", "true", "false", "nil", "null", "blank", "empty", "not"];

/// What a text may name besides [`VARIABLES`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Names of the data of people.
    pub contact: Vec<String>,
    /// Names of the data of companies.
    pub company: Vec<String>,
}

impl Known {
    /// Every variable, without a value: a name that is known never fails for want of one.
    pub fn nothing(&self) -> Object {
        let none = |names: &[String]| {
            let all = names.iter().map(|name| (name.clone().into(), Value::Nil));
            Value::Object(all.collect())
        };
        let mut out: Object = VARIABLES.iter().map(|name| ((*name).into(), Value::Nil)).collect();
        out.insert("custom_attributes".into(), none(&self.contact));
        out.insert("company_attributes".into(), none(&self.company));
        out
    }
}

/// A place in a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    fn of(body: &str, at: usize) -> Self {
        let before = body.get(..at).unwrap_or(body);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }

    /// In words, with what stands there.
    pub fn near(self, body: &str) -> String {
        let line = body.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let there: String = line.chars().skip(self.column.saturating_sub(1)).collect();
        let end = ["}}", "%}"].iter().filter_map(|end| there.find(end).map(|n| n + 2)).min();
        let there: String =
            end.and_then(|n| there.get(..n)).unwrap_or(&there).chars().take(60).collect();
        format!("line {}, column {}, at “{there}”", self.line, self.column)
    }
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    at: usize,
    message: String,
}

impl Fault {
    /// In words, with the place.
    pub fn sentence(&self, body: &str) -> String {
        format!("{}: {}", Place::of(body, self.at).near(body), self.message)
    }
}

/// Reads every variable, tag and filter of a text.
pub fn scan(body: &str, known: &Known) -> Result<(), Fault> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut from = 0;
    while let Some((at, output)) = next(body, from) {
        let fault = |message: String| Fault { at, message };
        let (begin, end) = if output { ("{{", "}}") } else { ("{%", "%}") };
        let rest = &body[at + begin.len()..];
        let Some(length) = closing(rest, end) else {
            return Err(fault(format!("close it with {end}")));
        };
        let inside = rest[..length].trim_matches('-').trim();
        from = at + begin.len() + length + end.len();
        if output {
            expression(inside, known, true).map_err(fault)?;
            continue;
        }
        let (tag, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        if let Some((_, close)) = BLOCKS.iter().find(|(name, _)| *name == tag) {
            if matches!(tag, "comment" | "raw") {
                // What stands inside is not read.
                let Some(after) = body[from..].find(close) else {
                    return Err(fault(format!("end it with {{% {close} %}}")));
                };
                from += after + body[from + after..].find("%}").map_or(close.len(), |n| n + 2);
                continue;
            }
            expression(rest, known, false).map_err(fault)?;
            open.push((close, at));
        } else if BLOCKS.iter().any(|(_, close)| *close == tag) {
            if open.pop().is_none_or(|(close, _)| close != tag) {
                return Err(fault("nothing is open that it ends".into()));
            }
        } else if matches!(tag, "elsif" | "when" | "else") {
            if open.is_empty() {
                return Err(fault(format!("{tag} stands between {{% if %}} and {{% endif %}}")));
            }
            expression(rest, known, false).map_err(fault)?;
        } else {
            return Err(fault(format!(
                "there is no tag {tag}. A message has if, unless, case, comment and raw"
            )));
        }
    }
    match open.last() {
        Some((close, at)) => {
            Err(Fault { at: *at, message: format!("end it with {{% {close} %}}") })
        }
        None => Ok(()),
    }
}

/// Where the next variable or tag begins, and whether it is a variable.
fn next(body: &str, from: usize) -> Option<(usize, bool)> {
    let rest = body.get(from..)?;
    let output = rest.find("{{").map(|n| (from + n, true));
    let tag = rest.find("{%").map(|n| (from + n, false));
    output.into_iter().chain(tag).min()
}

/// Where it ends: not within quotes.
fn closing(text: &str, end: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, _) if text[at..].starts_with(end) => return Some(at),
            _ => {}
        }
    }
    None
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '\'' => {
                out.push(Token::Quoted(letters.by_ref().take_while(|l| *l != letter).collect()));
            }
            l if l.is_alphanumeric() || l == '_' => {
                let mut word = String::from(l);
                while let Some(l) =
                    letters.next_if(|l| l.is_alphanumeric() || *l == '_' || *l == '-')
                {
                    word.push(l);
                }
                out.push(Token::Word(word));
            }
            l if l.is_whitespace() => {}
            l => out.push(Token::Sign(l)),
        }
    }
    out
}

/// Reads an expression and its filters for what they name.
fn expression(text: &str, known: &Known, output: bool) -> Result<(), String> {
    let tokens = tokens(text);
    if output && matches!(tokens.first(), None | Some(Token::Sign(_))) {
        return Err("name a variable".into());
    }
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Sign('|') => {
                let Some(Token::Word(name)) = tokens.get(at) else {
                    return Err(format!("name a filter after |: {}", FILTERS.join(", ")));
                };
                if !FILTERS.contains(&name.as_str()) {
                    return Err(format!(
                        "there is no filter {name}. For a fall-back write | fallback: \"{name}\""
                    ));
                }
                at += 1;
            }
            Token::Word(word) => at = path(word, &tokens, at, known)?,
            Token::Quoted(_) | Token::Sign(_) => {}
        }
    }
    Ok(())
}

/// Reads a variable and what is asked of it; answers where it ends.
fn path(word: &str, tokens: &[Token], mut at: usize, known: &Known) -> Result<usize, String> {
    let is_number = word.chars().all(|l| l.is_ascii_digit());
    if is_number || WORDS.contains(&word) {
        return Ok(at);
    }
    let names = match word {
        "custom_attributes" => Some((&known.contact, "people have")),
        "company_attributes" => Some((&known.company, "companies have")),
        _ if VARIABLES.contains(&word) => None,
        _ => {
            let all = VARIABLES.join(", ");
            return Err(format!(
                "there is no variable {word}. There are {all}, custom_attributes.NAME and company_attributes.NAME"
            ));
        }
    };
    let Some((names, have)) = names else { return Ok(at) };
    let key = match (tokens.get(at), tokens.get(at + 1)) {
        (Some(Token::Sign('.')), Some(Token::Word(key))) => {
            at += 2;
            key
        }
        (Some(Token::Sign('[')), Some(Token::Quoted(key))) => {
            at += 3;
            key
        }
        _ => return Err(format!("say which: {word}.plan, or {word}[\"a name with spaces\"]")),
    };
    if names.iter().any(|name| name == key) {
        return Ok(at);
    }
    Err(format!("{have} no data called {key}"))
}
