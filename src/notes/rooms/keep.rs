//! Updates of all open notes on their way to disk: what arrives while some are being written shares the next commit.

use std::collections::HashMap;
use std::sync::Arc;

use super::Place;
use crate::error::Error;
use crate::id::TeammateId;
use crate::notes::documents::{self, Numbered};
use crate::server::groups::Grouped;
use crate::server::state::AppState;

/// Updates of one note, in order. A note has one of these on its way at a time.
pub struct Updates {
    /// The note.
    pub place: Place,
    /// The newest update that its room knows.
    pub known: i64,
    /// Who made each.
    pub updates: Vec<(TeammateId, Vec<u8>)>,
}

/// They are on disk.
pub struct Kept {
    /// The newest update's number, which is the last of these.
    pub last: i64,
    /// What others had kept before them and the room did not know.
    pub missed: Vec<Vec<u8>>,
}

impl Grouped for Updates {
    type Key = ();
    /// Nothing when the note is gone.
    type Done = Option<Kept>;
    const MOST: usize = 500;

    fn key(&self) {}

    fn size(&self) -> usize {
        self.updates.len()
    }

    async fn write(app: &Arc<AppState>, group: &[Self]) -> Result<Vec<Option<Kept>>, Error> {
        let now = app.clock.now();
        let mut c = app.db.begin().await?;
        let asked: Vec<_> = group.iter().map(|u| (u.place, u.updates.len() as i64)).collect();
        let numbers: HashMap<Place, i64> = documents::number(&mut c, &asked).await?;
        let mut done = Vec::with_capacity(group.len());
        let mut rows = Vec::new();
        for Updates { place, known, updates } in group {
            let Some(last) = numbers.get(place).copied() else {
                done.push(None);
                continue;
            };
            let before = last - updates.len() as i64;
            let missed = match before > *known {
                true => documents::missed(&mut c, place.0, place.1, *known).await?.0,
                false => Vec::new(),
            };
            let numbered = (before + 1..).zip(updates);
            rows.extend(numbered.map(|(n, (by, data))| Numbered {
                place: *place,
                n,
                by: *by,
                data,
            }));
            done.push(Some(Kept { last, missed }));
        }
        documents::insert(&mut c, now, &rows).await?;
        c.commit().await?;
        Ok(done)
    }
}
