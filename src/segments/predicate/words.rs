//! The words of rules: how values are compared, and what is asked of events.

use crate::words::words;

words! {
    /// How a field is compared.
    Op {
        /// The same.
        Is = "is", "is";
        /// Anything else, nothing included.
        IsNot = "is_not", "is not";
        /// Text begins so.
        StartsWith = "starts_with", "starts with";
        /// Text ends so.
        EndsWith = "ends_with", "ends with";
        /// Text has this in it.
        Contains = "contains", "contains";
        /// Text does not, or there is none.
        DoesNotContain = "does_not_contain", "does not contain";
        /// A larger number.
        Greater = "greater", "is greater than";
        /// A smaller number.
        Less = "less", "is less than";
        /// This number or a larger one.
        AtLeast = "at_least", "is at least";
        /// This number or a smaller one.
        AtMost = "at_most", "is at most";
        /// Yes.
        IsTrue = "is_true", "is yes";
        /// No.
        IsFalse = "is_false", "is no";
        /// At least N times 24 hours back.
        MoreThanDaysAgo = "more_than_days_ago", "is more than";
        /// In the last N times 24 hours.
        LessThanDaysAgo = "less_than_days_ago", "is less than";
        /// Between N and N + 1 times 24 hours back.
        ExactlyDaysAgo = "exactly_days_ago", "is exactly";
        /// After a day in the workspace's time zone has ended.
        After = "after", "is after";
        /// On a day in the workspace's time zone.
        On = "on", "is on";
        /// Before a day in the workspace's time zone begins.
        Before = "before", "is before";
        /// Nothing is known.
        IsUnknown = "is_unknown", "is unknown";
        /// Something is known.
        HasAnyValue = "has_any_value", "has any value";
    }
}

words! {
    /// What is asked of an event.
    EventOp {
        /// It occurred.
        Occurred = "occurred", "has occurred";
        /// It did not.
        NotOccurred = "not_occurred", "has not occurred";
        /// So often or more.
        AtLeast = "at_least", "has occurred at least";
        /// So often or less, never included.
        AtMost = "at_most", "has occurred at most";
        /// Just so often.
        Exactly = "exactly", "has occurred exactly";
        /// The first time was then.
        First = "first", "first occurred";
        /// The last time was then.
        Last = "last", "last occurred";
    }
}

impl Op {
    /// Whether it compares with nothing.
    pub const fn is_bare(self) -> bool {
        matches!(self, Self::IsTrue | Self::IsFalse | Self::IsUnknown | Self::HasAnyValue)
    }

    /// Whether it counts days back from now.
    pub const fn is_relative(self) -> bool {
        matches!(self, Self::MoreThanDaysAgo | Self::LessThanDaysAgo | Self::ExactlyDaysAgo)
    }
}

impl EventOp {
    /// Whether it needs a number.
    pub const fn counts(self) -> bool {
        matches!(self, Self::AtLeast | Self::AtMost | Self::Exactly)
    }
}
