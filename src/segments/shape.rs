//! Changing the shape of a rule by a form, one press at a time.

use super::fault::Path;
use super::fields::Sort;
use super::predicate::Predicate;
use super::shown::Choices;
use super::tree::{Kind, Row, Tree, sort_of};
use crate::attributes::Subject;
use crate::error::Error;

/// The rule with the conditions as a form has them, and after a press of one of its buttons: `add PATH`, `event PATH`,
/// `group PATH`, `remove PATH`, `up PATH`, `down PATH`, `carry PATH GROUP BEFORE`, or `kind PATH KIND`; nothing is no
/// press.
///
/// # Errors
/// [`Error::Invalid`] for a rule that cannot be read and for an unknown press.
pub fn shape(
    of: Subject,
    choices: &Choices,
    rule: &str,
    rows: &[Row],
    act: &str,
) -> Result<Predicate, Error> {
    let predicate = Predicate::parse(rule)?;
    // What has no rows may be more than rows can say, and then it comes back as it was.
    if rows.is_empty() && matches!(act, "" | "show") {
        return Ok(predicate);
    }
    let mut tree = Tree::of(&predicate);
    tree.fill(rows, |field| own(of, choices, field));
    let pressed = press(&mut tree, of, act);
    pressed.ok_or_else(|| Error::invalid("act", "press one of the buttons"))?;
    Ok(tree.predicate())
}

/// Whether what a form has is the rule that is saved, as the form shows it: then the rule stays as it is, whether it makes
/// sense or not, and only the rest of the form is new.
pub fn is_as_saved(of: Subject, choices: &Choices, saved: &str, rule: &Predicate) -> bool {
    let Ok(saved) = Predicate::parse(saved) else { return false };
    if saved == *rule {
        return true;
    }
    let mut tree = Tree::of(&saved);
    let rows = tree.rows();
    tree.fill(&rows, |field| own(of, choices, field));
    tree.predicate() == *rule
}

fn own(of: Subject, choices: &Choices, field: &str) -> Option<Sort> {
    let of_kind = |of| sort_of(of, &choices.own, field);
    of_kind(of).or_else(|| of_kind(Subject::Company))
}

/// Does what a button of the builder says, and answers where the part is then that was moved; `None` for a press that
/// there is not.
pub fn press(tree: &mut Tree, of: Subject, act: &str) -> Option<Option<Path>> {
    if act.is_empty() || act == "show" {
        return Some(None);
    }
    let mut words = act.split(' ');
    let what = words.next()?;
    let path: Path = words.next().unwrap_or_default().parse().ok()?;
    match what {
        "remove" => tree.remove(&path.0),
        "up" => return Some(tree.step(&path.0, -1).map(Path)),
        "down" => return Some(tree.step(&path.0, 1).map(Path)),
        "carry" => {
            let group: Path = words.next()?.parse().ok()?;
            let before = words.next()?.parse().ok()?;
            return Some(tree.carry(&path.0, &group.0, before).map(Path));
        }
        _ => change(tree, of, what, &path, words.next())?,
    }
    Some(None)
}

fn change(tree: &mut Tree, of: Subject, what: &str, path: &Path, word: Option<&str>) -> Option<()> {
    let company = of == Subject::Company || asks_company(tree, path);
    let Tree::Group(kind, parts) = tree.at(&path.0)? else { return None };
    match what {
        "add" => parts.push(first_row(company)),
        "event" => parts.push(Tree::Row(Box::new(Row::of_event()))),
        "group" => parts.push(Tree::Group(Kind::Any, vec![first_row(company)])),
        "kind" => *kind = Kind::from_word(word?)?,
        _ => return None,
    }
    Some(())
}

/// The condition that a group begins with.
pub fn first_row(company: bool) -> Tree {
    let (field, sort) = if company { ("plan", Sort::Text) } else { ("last_seen_at", Sort::Date) };
    Tree::Row(Box::new(Row::about(field, sort)))
}

/// Whether the group at a place asks about companies, by itself or by a group that it is in.
pub fn asks_company(tree: &Tree, path: &Path) -> bool {
    let mut here = tree;
    let mut rest = path.0.iter();
    loop {
        let Tree::Group(kind, parts) = here else { return false };
        if kind.of_company() {
            return true;
        }
        match rest.next().and_then(|n| parts.get(*n)) {
            Some(part) => here = part,
            None => return false,
        }
    }
}
