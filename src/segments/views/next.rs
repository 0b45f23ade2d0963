//! Where the focus goes when a rule that is built is drawn anew.

use crate::segments::Path;
use crate::segments::tree::Tree;

/// Where the focus goes after a press, by a selector: the button that was pressed is made anew with what it is in, or gone.
/// What was added is written next, what moved can be moved on, and what stands where something was taken away is the next to go.
pub(super) fn next(tree: &mut Tree, act: &str, moved: Option<Path>) -> Option<String> {
    let (word, place) = act.split_once(' ')?;
    let within = |group: &str, n: usize| match group {
        "" => n.to_string(),
        group => format!("{group}.{n}"),
    };
    let mut many = |group: &str| match tree.at(&group.parse::<Path>().ok()?.0)? {
        Tree::Group(_, parts) => Some(parts.len()),
        Tree::Row(_) => None,
    };
    Some(match word {
        "up" | "down" => format!("button[value=\"{word} {}\"]", moved?),
        "add" | "event" | "group" => {
            let new = within(place, many(place)?.checked_sub(1)?);
            let row = if word == "group" { within(&new, 0) } else { new };
            format!(".rule-row[data-place=\"{row}\"] :is(select, input:not([type=hidden]))")
        }
        "kind" => {
            let (place, _) = place.split_once(' ')?;
            format!(".rule-group[data-place=\"{place}\"] > .rule-group-head select")
        }
        "remove" => {
            let (group, last) = place.rsplit_once('.').unwrap_or(("", place));
            match many(group)?.checked_sub(1) {
                Some(end) => {
                    let n = last.parse::<usize>().ok()?.min(end);
                    format!("button[value=\"remove {}\"]", within(group, n))
                }
                None => format!("button[value=\"add {group}\"]"),
            }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segments::fields::Sort;
    use crate::segments::tree::{Kind, Row};

    #[test]
    fn the_focus_goes_on_where_something_was_pressed() {
        let row = || Tree::Row(Box::new(Row::about("name", Sort::Text)));
        let inner = Tree::Group(Kind::Any, vec![row(), row()]);
        let mut tree = Tree::Group(Kind::All, vec![row(), inner, Tree::Group(Kind::All, vec![])]);
        let first = |row: &str| {
            format!(".rule-row[data-place=\"{row}\"] :is(select, input:not([type=hidden]))")
        };
        for (act, expected) in [
            ("add 1", Some(first("1.1"))),
            ("event ", Some(first("2"))),
            ("group ", Some(first("2.0"))),
            ("remove 3", Some("button[value=\"remove 2\"]".into())),
            ("remove 1.0", Some("button[value=\"remove 1.0\"]".into())),
            ("remove 2.0", Some("button[value=\"add 2\"]".into())),
            ("kind 1 all", Some(".rule-group[data-place=\"1\"] > .rule-group-head select".into())),
            ("kind  all", Some(".rule-group[data-place=\"\"] > .rule-group-head select".into())),
            ("carry 0 1 0", None),
            ("up 0", None),
        ] {
            assert_eq!(next(&mut tree, act, None), expected, "{act}");
        }
        let moved = Some("1.2".parse().unwrap());
        assert_eq!(next(&mut tree, "down 0", moved).unwrap(), "button[value=\"down 1.2\"]");
    }
}
