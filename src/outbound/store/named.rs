//! The people that a message names, and the company that it is to say something of, as one text.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::id::{CompanyId, ContactId};

/// Who is named. Without a company it is a list of numbers, else an object that has both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The people.
    pub people: Vec<ContactId>,
    /// Where it was begun on a company's page, that company: each gets it once, with its data.
    pub company: Option<CompanyId>,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    People(Vec<ContactId>),
    Of { company: CompanyId, people: Vec<ContactId> },
}

impl Named {
    /// The text in the database.
    ///
    /// # Errors
    /// [`Error::Internal`], which does not come about.
    pub fn text(self) -> Result<String, Error> {
        let kept = match self.company {
            None => Kept::People(self.people),
            Some(company) => Kept::Of { company, people: self.people },
        };
        serde_json::to_string(&kept).map_err(|_| Error::Internal)
    }

    /// From the text in the database.
    pub fn parse(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Kept::People(people)) => Self { people, company: None },
            Ok(Kept::Of { company, people }) => Self { people, company: Some(company) },
            Err(_) => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Named;
    use crate::id::{CompanyId, ContactId};

    #[test]
    fn both_are_kept_and_what_was_kept_before_there_were_companies_is_read() {
        let people = vec![ContactId(1), ContactId(2)];
        let alone = Named { people: people.clone(), company: None };
        assert_eq!(alone.clone().text().as_deref(), Ok("[1,2]"));
        let of = Named { people, company: Some(CompanyId(7)) };
        for named in [Named::default(), alone, of] {
            assert_eq!(Named::parse(&named.clone().text().unwrap()), named);
        }
        assert_eq!(Named::parse(""), Named::default());
    }
}
