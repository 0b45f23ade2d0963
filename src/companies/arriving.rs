//! What is still on its way into a company's stream, in words.

use serde::{Deserialize, Serialize};

use crate::ui::thousands;

/// Whose earlier entries are still on their way into a company's stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arriving {
    /// People who joined it.
    pub people: i64,
    /// Companies that became a part of it.
    pub companies: i64,
}

impl Arriving {
    /// A sentence for those there are, without its full stop.
    pub fn words(self) -> Option<String> {
        let count = |n: i64, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{} {many}", thousands(n))),
        };
        let people = count(self.people, "person", "people");
        let companies = count(self.companies, "merged company", "merged companies");
        let whose = [people, companies].into_iter().flatten().collect::<Vec<_>>().join(" and of ");
        (!whose.is_empty()).then(|| format!("Earlier history of {whose} is still coming in"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_said_in_words() {
        let said = |people, companies| Arriving { people, companies }.words();
        let coming = |whose: &str| Some(format!("Earlier history of {whose} is still coming in"));
        assert_eq!(said(0, 0), None);
        assert_eq!(said(1, 0), coming("1 person"));
        assert_eq!(said(1_200, 1), coming("1,200 people and of 1 merged company"));
        assert_eq!(said(0, 2), coming("2 merged companies"));
    }
}
