//! Files go ahead of the text that they will be sent with.

use leptos::prelude::*;

use super::desk::Desk;
use super::files::{Chip, ChipState, forget};
use crate::answers::now;
use crate::attachments::{Attachment, LARGEST, MOST, named};
use crate::error::Error;
use crate::ui::upload::{self, Picked};
use crate::ui::{draft, fresh_id};

impl Desk {
    /// Whether a file is still on its way.
    pub fn is_uploading(self) -> bool {
        self.chips.with(|c| c.iter().any(Chip::is_uploading))
    }

    pub(super) fn is_uploading_now(self) -> bool {
        self.chips.with_untracked(|c| c.iter().any(Chip::is_uploading))
    }

    /// Sends files ahead, each with its progress.
    pub fn upload(self, files: Vec<Picked>) {
        for file in files {
            let mut chip = Chip::new(fresh_id(), file.name());
            if let Err(error) = self.refuse(&file) {
                chip.state.set(ChipState::Failed(error));
                self.chips.update(|c| c.push(chip));
                continue;
            }
            chip.source = Some(StoredValue::new_local(file));
            self.chips.update(|c| c.push(chip.clone()));
            self.send_ahead(&chip);
        }
    }

    /// Sends a file once more that did not arrive.
    pub fn send_again(self, chip: &Chip) {
        chip.state.set(ChipState::Uploading(0.0));
        self.chips.update(|_| ());
        self.send_ahead(chip);
    }

    fn send_ahead(self, chip: &Chip) {
        let (key, far) = (chip.key.clone(), chip.state);
        let fields = [("conversation", self.state.id.to_string())];
        let Some(source) = chip.source else { return };
        source.with_value(|file| {
            upload::send::<Attachment>(
                file,
                "/attachments",
                &fields,
                move |part| {
                    far.try_set(ChipState::Uploading(part));
                },
                move |answer| self.uploaded(&key, answer),
            );
        });
    }

    /// Has the files stand as they were chosen, after a reload too: the server has them in the order in which they reached it.
    pub(super) fn keep_order(self) {
        let name = format!("files-{}-by-{}", self.state.id, self.state.me);
        Effect::new(move |begun: Option<()>| {
            self.chips.track();
            if begun.is_none() {
                self.put_in_order(&draft::kept(&name).unwrap_or_default());
            }
            let there: Vec<_> =
                self.chips.with_untracked(|c| c.iter().filter_map(Chip::file).collect());
            let ids: Vec<_> = there.iter().map(|file| file.id.to_string()).collect();
            draft::keep(&name, &ids.join(","));
        });
    }

    /// Files that came with the page are known by their numbers; those that are not named stay behind the others.
    fn put_in_order(self, ids: &str) {
        let place =
            |chip: &Chip| ids.split(',').position(|id| id == chip.key).unwrap_or(usize::MAX);
        if !self.chips.with_untracked(|c| c.is_sorted_by_key(place)) {
            self.chips.update(|c| c.sort_by_key(place));
        }
    }

    /// What the server would refuse is not sent to it first.
    fn refuse(self, file: &Picked) -> Result<(), Error> {
        if file.size() > LARGEST as f64 {
            return Err(Error::invalid("file", "the file is larger than 25 MB. Send a link to it"));
        }
        let most =
            |chips: &Vec<Chip>| chips.iter().filter(|chip| !chip.has_failed()).count() >= MOST;
        if self.chips.with_untracked(most) {
            return Err(Error::invalid("file", format!("attach at most {MOST} files")));
        }
        let refused = now(&self.state.thread).and_then(|thread| thread.refused);
        named(refused.as_deref(), &file.name())
    }

    fn uploaded(self, key: &str, answer: Result<Attachment, Error>) {
        let waits = self
            .chips
            .try_with_untracked(|c| c.iter().find(|chip| chip.key == key).map(|chip| chip.state));
        match (waits.flatten(), answer) {
            (Some(state), Ok(file)) => {
                state.try_set(ChipState::Done(file));
                // The list itself changed in what it means: whether it can be sent.
                self.chips.try_update(|_| ());
            }
            (Some(state), Err(error)) => {
                state.try_set(ChipState::Failed(error));
                self.chips.try_update(|_| ());
            }
            // It was taken away meanwhile.
            (None, Ok(file)) => forget(file.id),
            (None, Err(_)) => {}
        }
    }
}
