//! Reading what is on the clipboard, in a browser. The page that it is read into belongs to no window: nothing in it
//! runs, and nothing is fetched.

use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{DEPTH, Element, Node, visible, written};

/// The Markdown of a page; `None` where it has no words, or the code for it does not come.
pub async fn markdown(html: String) -> Option<String> {
    converted(html).await.ok().filter(|text| !text.trim().is_empty())
}

#[wasm_split(note_editor, fallible)]
fn converted(html: String) -> Result<String, SplitLoaderError> {
    Ok(read(&html).map(|nodes| written(&nodes)).unwrap_or_default())
}

fn read(html: &str) -> Option<Vec<Node>> {
    let parser = web_sys::DomParser::new().ok()?;
    let page = parser.parse_from_string(html, web_sys::SupportedType::TextHtml).ok()?;
    Some(children(page.body()?.as_ref(), 0))
}

fn children(of: &web_sys::Node, depth: usize) -> Vec<Node> {
    let list = of.child_nodes();
    (0..list.length()).filter_map(|n| node(&list.get(n)?, depth)).collect()
}

fn node(of: &web_sys::Node, depth: usize) -> Option<Node> {
    let words = || visible(&of.text_content().unwrap_or_default());
    match of.node_type() {
        web_sys::Node::TEXT_NODE => return Some(Node::Text(words())),
        web_sys::Node::ELEMENT_NODE => {}
        _ => return None,
    }
    let element: &web_sys::Element = of.dyn_ref()?;
    let attribute = |name| element.get_attribute(name);
    let style = attribute("style").unwrap_or_default().to_ascii_lowercase();
    let style: String = style.split_whitespace().collect();
    if style.contains("display:none") || attribute("hidden").is_some() {
        return None;
    }
    if depth >= DEPTH {
        return Some(Node::Text(words()));
    }
    let tag = element.tag_name().to_ascii_lowercase();
    let is_box = tag == "input" && attribute("type").as_deref() == Some("checkbox");
    Some(Node::Element(Element {
        to: attribute(if tag == "img" { "src" } else { "href" }),
        alt: attribute("alt").map(|alt| visible(&alt)),
        bold: said(&style, "font-weight:")
            .map(|w| w.starts_with("bold") || w.parse::<u32>().is_ok_and(|weight| weight >= 600)),
        italic: said(&style, "font-style:").map(|s| s.starts_with("italic")),
        ticked: is_box.then(|| attribute("checked").is_some()),
        children: children(of, depth + 1),
        tag,
    }))
}

/// What a style says of something.
fn said<'a>(style: &'a str, what: &str) -> Option<&'a str> {
    let (_, said) = style.split_once(what)?;
    Some(said.split([';', '!']).next().unwrap_or(said))
}
