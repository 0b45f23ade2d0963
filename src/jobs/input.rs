//! What a job is to do, as the database keeps it.

use serde::{Deserialize, Serialize};

use super::Ids;
use crate::companies::History;
use crate::demo::Plan;
use crate::id::{CompanyId, ConversationId, GroupMessageId, JobId, NoteId, PartId, TagId};
use crate::import::Asked;

/// What a job is to do. It names people and tags by number, never by anything personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Input {
    /// Tag these people, or take the tag off.
    Tag {
        /// The tag.
        tag: TagId,
        /// Whether to add it; else it is taken off.
        add: bool,
        /// Who.
        people: Ids,
    },
    /// Tag these companies, or take the tag off.
    TagCompanies {
        /// The tag.
        tag: TagId,
        /// Whether to add it; else it is taken off.
        add: bool,
        /// Which.
        companies: Ids,
    },
    /// Begin a conversation with each of these people of a company.
    Message {
        /// What to say.
        message: GroupMessageId,
        /// From whose page it was written.
        company: CompanyId,
        /// To whom.
        people: Ids,
    },
    /// Move the stream of a company that was merged.
    MergeCompanies {
        /// The company that went.
        from: CompanyId,
        /// The company that stayed.
        into: CompanyId,
    },
    /// Drop the stream of a company that was deleted.
    DeleteCompany {
        /// Which.
        company: CompanyId,
    },
    /// Merge a company into another, or delete it, once it can be undone no longer.
    EndCompany {
        /// The company that goes.
        company: CompanyId,
        /// The company that stays, where it is merged.
        into: Option<CompanyId>,
    },
    /// Bring what someone did before they joined a company into its stream.
    BringHistory {
        /// What of whom, and where to.
        history: History,
        /// The oldest entry that came along at once.
        from: (i64, i64),
    },
    /// Take back what a job did.
    Undo {
        /// The job.
        job: JobId,
    },
    /// Import an uploaded file.
    Import {
        /// The upload.
        upload: String,
        /// What its columns mean.
        map: Vec<(String, String)>,
        /// The name of every event, where no column has it.
        event: Option<String>,
        /// How the file is to be read.
        #[serde(default)]
        asked: Asked,
    },
    /// Fill the workspace with made-up customers.
    Demo {
        /// How many.
        plan: Plan,
    },
    /// Write down the words by which everyone is found, where an older version had none.
    Words,
    /// Write down the words by which notes are found, where an older version had none.
    NoteWords,
    /// Have the notes forgotten that an older version deleted, each once it can be brought back no longer.
    DeletedNotes,
    /// Forget the texts that a deleted note of a conversation had, once it can be undone no longer.
    ForgetNote {
        /// Its conversation.
        conversation: ConversationId,
        /// The note.
        part: PartId,
    },
    /// Forget a deleted note about someone for good, once it can be brought back no longer.
    ForgetDeleted {
        /// The note.
        note: NoteId,
    },
}

impl Input {
    /// The word that the table has for its kind.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Tag { .. } => "tag",
            Self::TagCompanies { .. } => "tag_companies",
            Self::Message { .. } => "message",
            Self::MergeCompanies { .. } => "merge_companies",
            Self::DeleteCompany { .. } => "delete_company",
            Self::EndCompany { .. } => "end_company",
            Self::BringHistory { .. } => "bring_history",
            Self::Undo { .. } => "undo",
            Self::Import { .. } => "import",
            Self::Demo { .. } => "demo",
            Self::Words => "words",
            Self::NoteWords => "note_words",
            Self::DeletedNotes => "deleted_notes",
            Self::ForgetNote { .. } => "forget_note",
            Self::ForgetDeleted { .. } => "forget_deleted",
        }
    }

    /// Whether it can be taken back.
    pub(super) const fn can_be_undone(&self) -> bool {
        matches!(self, Self::Tag { .. } | Self::TagCompanies { .. })
    }

    /// Whether it is nobody's, so that no teammate is shown how far it is.
    pub(super) const fn is_nobodys(&self) -> bool {
        matches!(self, Self::ForgetNote { .. } | Self::ForgetDeleted { .. })
    }
}
