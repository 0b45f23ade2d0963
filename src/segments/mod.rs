//! Segments: saved rules, and for whom they hold, kept as data changes.

#[cfg(feature = "ssr")]
mod aims;
pub mod api;
#[cfg(feature = "ssr")]
pub mod audience;
#[cfg(feature = "ssr")]
mod change;
#[cfg(feature = "ssr")]
mod compile;
#[cfg(feature = "ssr")]
mod defaults;
mod draft;
#[cfg(feature = "ssr")]
mod estimate;
#[cfg(feature = "ssr")]
mod explain;
#[cfg(feature = "ssr")]
mod facts;
mod fault;
pub mod fields;
#[cfg(feature = "ssr")]
mod fill;
#[cfg(feature = "ssr")]
mod filter;
mod findable;
#[cfg(feature = "ssr")]
mod judge;
#[cfg(feature = "ssr")]
mod known;
mod lines;
#[cfg(feature = "ssr")]
mod members;
#[cfg(feature = "ssr")]
mod note;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod pairs;
#[cfg(feature = "ssr")]
mod portion;
mod predicate;
#[cfg(feature = "ssr")]
mod query;
#[cfg(feature = "ssr")]
mod resolve;
#[cfg(feature = "ssr")]
mod rest;
#[cfg(feature = "ssr")]
mod rule;
#[cfg(feature = "ssr")]
mod sentence;
#[cfg(feature = "ssr")]
mod sets;
mod shape;
mod shown;
#[cfg(feature = "ssr")]
mod store;
pub mod tree;
#[cfg(feature = "ssr")]
mod values;
pub mod views;
#[cfg(feature = "ssr")]
mod watch;
#[cfg(feature = "ssr")]
mod work;

/// How long the database may think about a rule that somebody has just written.
pub const LONGEST: std::time::Duration = std::time::Duration::from_secs(5);

#[cfg(feature = "ssr")]
pub use aims::{Aim, met_before};
#[cfg(feature = "ssr")]
pub use change::update;
pub use draft::Draft;
#[cfg(feature = "ssr")]
pub use estimate::estimate;
#[cfg(feature = "ssr")]
pub use explain::{explain, in_and_out, outside, standings};
pub use fault::{Fault, Faults, Path};
#[cfg(feature = "ssr")]
pub use fill::{pause, step};
#[cfg(feature = "ssr")]
pub use filter::{Ruled, holding, reader};
#[cfg(feature = "ssr")]
pub use known::{known, known_once};
pub use lines::line_of;
#[cfg(feature = "ssr")]
pub use note::{changes_of, fill_again, note};
#[cfg(feature = "ssr")]
pub use overview::{choices, detail, preview, segments};
pub use predicate::{DateTest, EventOp, EventTest, FieldTest, Op, Predicate};
#[cfg(feature = "ssr")]
pub use query::{Along, all, count, first, ids};
#[cfg(feature = "ssr")]
pub use resolve::{Known, resolve, resolve_once, sort_once};
#[cfg(feature = "ssr")]
pub use rest::router as rest;
#[cfg(feature = "ssr")]
pub use rule::{Asks, Rule};
#[cfg(feature = "ssr")]
pub use sentence::sentence;
pub use shape::{asks_company, first_row, is_as_saved, press, shape};
pub use shown::{
    Brief, Choice, Choices, Detail, Estimate, Example, Explanation, InAndOut, Preview, Reason,
    Segments, Standing,
};
#[cfg(feature = "ssr")]
pub use store::{Row, archive, archived, create, find, make_defaults};
#[cfg(feature = "ssr")]
pub use values::{metadata, values};
#[cfg(feature = "ssr")]
pub use watch::{EVERYTHING, Rules, Watch, Watched};
#[cfg(feature = "ssr")]
pub use work::{run_due, watch};
