//! What a made-up team notes down: tags, and notes about people and companies.

/// What people are tagged with.
pub const PEOPLE_TAGS: [&str; 6] =
    ["vip", "beta", "at risk", "decision maker", "newsletter idea", "تدريب"];
/// What companies are tagged with.
pub const COMPANY_TAGS: [&str; 4] = ["key account", "renewal soon", "partner", "pilot"];

/// Notes about people.
pub const NOTES: [&str; 10] = [
    "Exports every Monday for their accountant. Broken exports hurt them *the same day*.",
    "## Renewal\n\n- wants to pay by invoice\n- decides together with the owner\n- [x] address checked",
    "Slow filters are the reason. Call before the renewal.",
    "Met at the trade fair. Wants to see the *API* first.",
    "Speaks for the whole team: ask here before changing anything for the others.",
    "Prefers short answers by e-mail. **Do not call before ten.**",
    "Moved over from spreadsheets. Still keeps a copy, see <https://sheets.example/orders>.",
    "Bevorzugt Deutsch, versteht aber Englisch.",
    "日本語での対応を希望。返信は午前中に。",
    "Asked twice for scheduled reports. Tell them first when they are there.",
];

/// Notes about companies.
pub const COMPANY_NOTES: [&str; 5] = [
    "Two offices share one account. The second pays separately from next year.",
    "## Roll-out\n\n1. finance\n2. warehouse\n3. everyone else",
    "Security review is done; the answers are in the shared folder.",
    "Compares us with a spreadsheet. Show the *filters* and the history of changes.",
    "Growing quickly: ask every quarter whether the plan still fits.",
];
