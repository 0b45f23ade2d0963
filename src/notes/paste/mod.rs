//! What is pasted from other pages, as Markdown: read by the browser as a page that does nothing, written here.

mod blocks;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(not(feature = "hydrate"))]
mod elsewhere;
mod inline;
#[cfg(feature = "ssr")]
mod sent;

#[cfg(feature = "hydrate")]
pub use browser::markdown;
#[cfg(not(feature = "hydrate"))]
pub use elsewhere::markdown;
#[cfg(feature = "ssr")]
pub use sent::from_html;

/// The most of a page that is read, in bytes; of more only the plain text is taken.
pub const LARGEST: usize = 2 * 1024 * 1024;
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser reads pages"))]
/// How deep elements may lie in one another; what lies deeper is words without formatting.
pub const DEPTH: usize = 48;

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser reads pages"))]
pub enum Node {
    /// Words.
    Text(String),
    /// An element around others.
    Element(Element),
}

/// What is known of an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name, in small letters.
    pub tag: String,
    /// Where it leads, or where its picture is.
    pub to: Option<String>,
    /// What stands for its picture.
    pub alt: Option<String>,
    /// Whether its own style makes its words bold, or not bold.
    pub bold: Option<bool>,
    /// Whether its own style makes them italic, or not.
    pub italic: Option<bool>,
    /// Whether a box is ticked; nothing for what is no box.
    pub ticked: Option<bool>,
    /// What is in it.
    pub children: Vec<Node>,
}

/// What a page writes of a formatting that Markdown has.
const MARKS: [&str; 21] = [
    "<a ",
    "<b>",
    "<b ",
    "<strong",
    "<em>",
    "<em ",
    "<i>",
    "<i ",
    "<h1",
    "<h2",
    "<h3",
    "<h4",
    "<h5",
    "<h6",
    "<ul",
    "<ol",
    "<table",
    "<blockquote",
    "<pre",
    "<code",
    "<del",
];

/// Whether a page has any formatting that Markdown has too. Where it has none the plain text is what is meant.
pub fn is_formatted(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    // Editors for programs say of each line that it is not bold.
    let weighs = |style: &str| {
        let weight = style.trim_start_matches([' ', ':']);
        weight.starts_with("bold") || weight.starts_with(['6', '7', '8', '9'])
    };
    MARKS.iter().any(|mark| html.contains(mark)) || html.split("font-weight").skip(1).any(weighs)
}

/// The Markdown of a page.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser reads pages"))]
fn written(nodes: &[Node]) -> String {
    blocks::blocks(nodes).join("\n\n")
}

/// Whether a line is more than words.
fn is_block(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    ["#", "- ", "> ", "| ", "```"].iter().any(|sign| line.starts_with(sign))
        || (digits > 0 && line[digits..].starts_with(". "))
}

/// What is written of a page, to be put between these: headings, items and the like stand on lines of their own.
pub fn apart(before: &str, written: &str, after: &str) -> String {
    let ends = |line: Option<&str>| line.is_some_and(|line| !line.trim().is_empty());
    let first = written.lines().next().is_some_and(is_block);
    let last = written.lines().next_back().is_some_and(is_block) || written.contains("\n\n");
    let ahead = if first && ends(before.rsplit('\n').next()) { "\n\n" } else { "" };
    let behind = if last && ends(after.split('\n').next()) { "\n\n" } else { "" };
    format!("{ahead}{written}{behind}")
}

/// A text without what nobody can see: control characters, marks of invisible places. Line ends are LF.
pub fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || *c == '\u{feff}'))
        .collect()
}

#[cfg(test)]
mod tests;
