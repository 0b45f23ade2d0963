//! A rule while it is being built.

use leptos::prelude::*;

use super::drag;
use super::next::next;
use super::written::spread;
use crate::attributes::Subject;
use crate::error::Error;
use crate::id::SegmentId;
use crate::segments::fields::{Sort, standard};
use crate::segments::tree::{Row, Tree, is_shown_whole, sort_of};
use crate::segments::{Choices, Estimate, Fault, Path, Predicate, press};
use crate::ui::focus;

/// What the parts of the builder share.
#[derive(Clone, Copy)]
pub struct Build {
    /// People or companies.
    pub of: Subject,
    /// The segment whose rule it is; nothing for a new one.
    pub id: Option<SegmentId>,
    /// What can be chosen.
    pub choices: StoredValue<Choices>,
    tree: StoredValue<Tree>,
    /// The JSON text of a rule that only this form can say, as it stands in its field.
    written: StoredValue<Option<String>>,
    /// Goes up when parts come, go or move: what shows them is made anew.
    pub shaped: RwSignal<u32>,
    /// Goes up whenever anything changes.
    pub changed: RwSignal<u32>,
    /// Where the rule makes no sense, and why, as far as the server has looked.
    pub faults: RwSignal<Vec<(String, String)>>,
    /// Whether it was to be saved as it stands: then what is still to be written is missing.
    pub refused: RwSignal<bool>,
    /// About how many the rule holds for, and the number of the question.
    pub rough: RwSignal<Option<(u32, Estimate)>>,
    /// The part that somebody drags.
    pub carried: RwSignal<Option<String>>,
    /// The group into which it would be dropped, and before which of its parts.
    pub target: RwSignal<Option<(String, usize)>>,
    /// Where the pointer is that drags.
    point: StoredValue<(f32, f32)>,
    /// Whether the page scrolls for it.
    rolling: StoredValue<bool>,
    /// Whether a browser's script has taken over.
    pub started: RwSignal<bool>,
}

impl Build {
    /// A rule to build on, by its JSON text.
    pub fn new(of: Subject, id: Option<SegmentId>, choices: Choices, rule: &str) -> Self {
        let parsed = Predicate::parse(rule);
        let whole = parsed.as_ref().is_ok_and(is_shown_whole);
        let written = (!whole).then(|| spread(rule));
        let rule = parsed.unwrap_or_default();
        Self {
            of,
            id,
            choices: StoredValue::new(choices),
            tree: StoredValue::new(Tree::of(&rule)),
            written: StoredValue::new(written),
            shaped: RwSignal::new(0),
            changed: RwSignal::new(0),
            faults: RwSignal::new(Vec::new()),
            refused: RwSignal::new(false),
            rough: RwSignal::new(None),
            carried: RwSignal::new(None),
            target: RwSignal::new(None),
            point: StoredValue::new((0.0, 0.0)),
            rolling: StoredValue::new(false),
            started: RwSignal::new(false),
        }
    }

    /// The rule as it stands.
    pub fn tree(self) -> Tree {
        self.tree.get_value()
    }

    /// The JSON text of the rule as it stands.
    pub fn text(self) -> String {
        let Some(written) = self.written() else {
            return self.tree.with_value(|tree| tree.predicate().text());
        };
        // Without its lines and spaces, so that an address has room for it.
        Predicate::parse(&written).map_or(written, |rule| rule.text())
    }

    /// What stands in the field of the JSON form; nothing where rows show the rule.
    pub fn written(self) -> Option<String> {
        self.written.get_value()
    }

    /// Takes what somebody typed there.
    pub fn write(self, text: String) {
        self.written.set_value(Some(text));
        self.refused.set(false);
        self.changed.update(|n| *n += 1);
    }

    /// Where in the tree a place of the rule is.
    pub fn place(self, path: &Path) -> String {
        match self.written() {
            Some(_) => path.to_string(),
            None => self.tree.with_value(|tree| tree.place(path).to_string()),
        }
    }

    /// Whether the condition at a place is still being written.
    pub fn is_begun(self, place: &str) -> bool {
        if self.written.with_value(Option::is_some) {
            return false;
        }
        let Ok(path) = place.parse::<Path>() else { return false };
        let mut tree = self.tree();
        matches!(tree.at(&path.0), Some(Tree::Row(row)) if row.is_begun())
    }

    /// Does what a button says, as the server does for a page without JavaScript.
    pub fn press(self, act: &str) {
        let moved = self.tree.try_update_value(|tree| press(tree, self.of, act));
        self.unmark();
        self.shaped.update(|n| *n += 1);
        self.changed.update(|n| *n += 1);
        let mut tree = self.tree();
        if let Some(next) = next(&mut tree, act, moved.flatten().flatten()) {
            request_animation_frame(move || focus::focus(&next));
        }
    }

    /// Marks the parts for which a save was refused.
    pub fn refuse(self, error: &Error) {
        let refused = match error {
            Error::Invalid { field, message } => vec![(field.clone(), message.clone())],
            Error::Several(all) => all.clone(),
            _ => return,
        };
        let part = |(field, why): (String, String)| {
            let path = field.strip_prefix("rule.")?.parse().ok()?;
            Some((self.place(&path), why))
        };
        let parts: Vec<_> = refused.into_iter().filter_map(part).collect();
        self.refused.set(!parts.is_empty());
        self.faults.set(parts);
    }

    /// Marks the parts where the rule makes no sense, as it stands now.
    pub fn mark(self, faults: &[Fault]) {
        let part = |fault: &Fault| (self.place(&fault.path), fault.message.clone());
        self.faults.set(self.wrong(faults).map(part).collect());
    }

    /// Those of these that are wrong: what is still being written is not.
    pub fn wrong(self, faults: &[Fault]) -> impl Iterator<Item = &Fault> {
        let refused = self.refused.get_untracked();
        faults.iter().filter(move |fault| refused || !self.is_begun(&self.place(&fault.path)))
    }

    fn unmark(self) {
        self.refused.set(false);
        self.faults.set(Vec::new());
    }

    /// Adds a condition to the group at a place, and moves the focus to it.
    pub fn add(self, group: &str, row: Row) {
        let Ok(path) = group.parse::<Path>() else { return };
        let added = self.tree.try_update_value(|tree| tree.add(&path.0, row)).flatten();
        let Some(n) = added else { return };
        self.unmark();
        self.shaped.update(|n| *n += 1);
        self.changed.update(|n| *n += 1);
        let place = if group.is_empty() { n.to_string() } else { format!("{group}.{n}") };
        let field = format!(".rule-row[data-place=\"{place}\"] select");
        request_animation_frame(move || focus::focus(&field));
    }

    /// What is carried is over this point of the window: it would be dropped there, if it may. Near the edge the page scrolls,
    /// for as long as it stays there.
    pub fn point_at(self, point: (f32, f32)) {
        let Some(carried) = self.carried.get_untracked() else { return };
        self.point.set_value(point);
        let (was, found) = (self.target.get_untracked(), drag::under(point));
        if found != was {
            let found = found.filter(|to| self.may_carry(&carried, to));
            if found != was {
                self.target.set(found);
            }
        }
        if !self.rolling.get_value() {
            self.rolling.set_value(true);
            self.roll();
        }
    }

    fn roll(self) {
        request_animation_frame(move || {
            let carries = self.carried.try_get_untracked().flatten().is_some();
            let point = self.point.try_get_value().filter(|_| carries);
            let rolls = point.filter(|point| drag::scroll(*point));
            self.rolling.try_set_value(false);
            if let Some(point) = rolls {
                self.point_at(point);
            }
        });
    }

    /// Not into itself, and what is asked of people not among what is asked of companies.
    fn may_carry(self, carried: &str, (group, before): &(String, usize)) -> bool {
        let (Ok(path), Ok(group)) = (carried.parse::<Path>(), group.parse::<Path>()) else {
            return false;
        };
        self.tree().carry(&path.0, &group.0, *before).is_some()
    }

    /// Puts the part that is carried where it would be dropped.
    pub fn drop_part(self) {
        let (carried, target) = (self.carried.get_untracked(), self.target.get_untracked());
        self.let_go();
        if let (Some(path), Some((group, before))) = (carried, target) {
            self.press(&format!("carry {path} {group} {before}"));
        }
    }

    /// Nothing is carried any more.
    pub fn let_go(self) {
        self.carried.set(None);
        self.target.set(None);
    }

    /// Puts a condition that was typed into the rule.
    pub fn put(self, row: Row) {
        self.tree.update_value(|tree| tree.fill(&[row], |field| self.sort(field)));
        self.refused.set(false);
        self.changed.update(|n| *n += 1);
    }

    /// The kind of a field, of people or of companies.
    pub fn sort(self, field: &str) -> Option<Sort> {
        self.choices.with_value(|c| {
            sort_of(self.of, &c.own, field).or_else(|| sort_of(Subject::Company, &c.own, field))
        })
    }

    /// The fields that may be asked of a kind, in two groups, as their names and what people read.
    pub fn fields(self, of: Subject) -> [(&'static str, Vec<(String, String)>); 2] {
        let own = self.choices.with_value(|c| {
            let own = c.own.iter().filter(|c| c.of == of);
            own.map(|c| (c.key.clone(), c.label.clone())).collect()
        });
        let standard = standard(of).iter().map(|(key, label, _)| ((*key).into(), (*label).into()));
        [("Facts", standard.collect()), ("Your data", own)]
    }
}
