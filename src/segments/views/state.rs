//! A rule while it is being built.

use leptos::prelude::*;

use crate::attributes::Subject;
use crate::id::SegmentId;
use crate::segments::fields::{Sort, standard};
use crate::segments::tree::{Row, Tree, sort_of};
use crate::segments::{Choices, Estimate, Path, Predicate, press};
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
    /// Goes up when parts come, go or move: what shows them is made anew.
    pub shaped: RwSignal<u32>,
    /// Goes up whenever anything changes.
    pub changed: RwSignal<u32>,
    /// Where the rule makes no sense, and why, as far as the server has looked.
    pub fault: RwSignal<Option<(String, String)>>,
    /// About how many the rule holds for, and the number of the question.
    pub rough: RwSignal<Option<(u32, Estimate)>>,
    /// The part that somebody drags.
    pub carried: RwSignal<Option<String>>,
    /// The group into which it would be dropped, and before which of its parts.
    pub target: RwSignal<Option<(String, usize)>>,
    /// Whether a browser's script has taken over.
    pub started: RwSignal<bool>,
}

impl Build {
    /// A rule to build on.
    pub fn new(of: Subject, id: Option<SegmentId>, choices: Choices, rule: &Predicate) -> Self {
        Self {
            of,
            id,
            choices: StoredValue::new(choices),
            tree: StoredValue::new(Tree::of(rule)),
            shaped: RwSignal::new(0),
            changed: RwSignal::new(0),
            fault: RwSignal::new(None),
            rough: RwSignal::new(None),
            carried: RwSignal::new(None),
            target: RwSignal::new(None),
            started: RwSignal::new(false),
        }
    }

    /// The rule as it stands.
    pub fn tree(self) -> Tree {
        self.tree.get_value()
    }

    /// The JSON text of the rule as it stands.
    pub fn text(self) -> String {
        self.tree.with_value(|tree| tree.predicate().text())
    }

    /// Where in the tree a place of the rule is.
    pub fn place(self, path: &Path) -> String {
        self.tree.with_value(|tree| tree.place(path).to_string())
    }

    /// Whether the condition at a place is still being written.
    pub fn is_begun(self, place: &str) -> bool {
        let Ok(path) = place.parse::<Path>() else { return false };
        let mut tree = self.tree();
        matches!(tree.at(&path.0), Some(Tree::Row(row)) if row.is_begun())
    }

    /// Does what a button says, as the server does for a page without JavaScript.
    pub fn press(self, act: &str) {
        let moved = self.tree.try_update_value(|tree| press(tree, self.of, act));
        self.fault.set(None);
        self.shaped.update(|n| *n += 1);
        self.changed.update(|n| *n += 1);
        // The button that was pressed is made anew with the part: who pressed it can press it again.
        if let (Some(Some(Some(path))), Some(word)) = (moved, act.split(' ').next())
            && matches!(word, "up" | "down")
        {
            let button = format!("button[value=\"{word} {path}\"]");
            request_animation_frame(move || focus::focus(&button));
        }
    }

    /// Adds a condition to the group at a place, and moves the focus to it.
    pub fn add(self, group: &str, row: Row) {
        let Ok(path) = group.parse::<Path>() else { return };
        let added = self.tree.try_update_value(|tree| tree.add(&path.0, row)).flatten();
        let Some(n) = added else { return };
        self.fault.set(None);
        self.shaped.update(|n| *n += 1);
        self.changed.update(|n| *n += 1);
        let place = if group.is_empty() { n.to_string() } else { format!("{group}.{n}") };
        let field = format!(".rule-row[data-place=\"{place}\"] select");
        request_animation_frame(move || focus::focus(&field));
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
