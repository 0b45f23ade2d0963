//! What shows segments: the list, the builder, and how someone stands to each.

mod builder;
mod conditions;
mod drag;
mod event_row;
mod fields;
mod filling;
mod finder;
mod group;
mod list;
mod look;
mod meanwhile;
mod missing;
mod moment;
mod next;
mod of_owner;
mod row;
mod ruled;
mod saved;
mod share;
mod state;
mod suggested;
mod tabs;
mod typed;
mod value;
mod written;

pub use builder::BuilderPage;
pub use conditions::Conditions;
pub use fields::RuleFields;
pub use list::SegmentsPage;
pub use of_owner::SegmentsOf;
pub use ruled::{NoList, Ruled};
pub use tabs::SegmentTabs;
pub use typed::typed_rule;
