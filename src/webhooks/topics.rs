//! What webhooks are told of, by Intercom's names where it has one.

/// Every topic with what people read, in groups.
pub const TOPICS: [(&str, &[(&str, &str)]); 5] = [
    (
        "People",
        &[
            ("contact.user.created", "A user became known"),
            ("contact.lead.created", "A lead became known"),
            ("contact.user.updated", "Data of a user changed"),
            ("contact.lead.updated", "Data of a lead changed"),
            ("contact.merged", "A lead turned out to be a user"),
            ("contact.archived", "A person was put into the archive"),
            ("contact.unarchived", "A person was taken back from the archive"),
            ("contact.blocked", "A person was blocked"),
            ("contact.unblocked", "A person is let in again"),
            ("contact.deleted", "A person was deleted for good"),
            ("contact.user.tag.created", "A user was tagged"),
            ("contact.user.tag.deleted", "A tag was taken off a user"),
            ("contact.lead.tag.created", "A lead was tagged"),
            ("contact.lead.tag.deleted", "A tag was taken off a lead"),
            ("contact.segment.entered", "A person entered a segment"),
            ("contact.segment.left", "A person left a segment"),
            ("contact.subscribed", "A person wants e-mail of a type"),
            ("contact.unsubscribed", "A person wants no e-mail of a type"),
            ("contact.email.sent", "An e-mail to many went out to a person"),
        ],
    ),
    (
        "What people do",
        &[
            ("event.created", "Somebody did something in your product"),
            ("contact.session.started", "Somebody came to your product"),
        ],
    ),
    (
        "Companies",
        &[
            ("company.created", "A company became known"),
            ("company.updated", "Data of a company changed"),
            ("company.merged", "A company became a part of another"),
            ("company.deleted", "A company was deleted for good"),
            ("company.contact.attached", "A person joined a company"),
            ("company.contact.detached", "A person left a company"),
            ("company.tag.created", "A company was tagged"),
            ("company.tag.deleted", "A tag was taken off a company"),
            ("company.segment.entered", "A company entered a segment"),
            ("company.segment.left", "A company left a segment"),
            ("company.health.updated", "A company stands otherwise than before"),
        ],
    ),
    (
        "Conversations",
        &[
            ("conversation.user.created", "A person began a conversation"),
            ("conversation.user.replied", "A person wrote in a conversation"),
            ("conversation.admin.single.created", "A teammate began a conversation"),
            ("conversation.admin.replied", "A teammate wrote in a conversation"),
            ("conversation.admin.noted", "A teammate wrote a note in a conversation"),
            ("conversation.note.updated", "A note in a conversation was changed"),
            ("conversation.note.deleted", "A note in a conversation was taken back"),
            ("conversation.note.restored", "A note in a conversation came back"),
            ("conversation.admin.assigned", "A conversation was given to somebody or a team"),
            ("conversation.admin.closed", "A conversation was closed"),
            ("conversation.admin.opened", "A conversation was opened again"),
            ("conversation.admin.snoozed", "A conversation was put off"),
            ("conversation.admin.unsnoozed", "A conversation that was put off is open again"),
            (
                "conversation.priority.updated",
                "A conversation is to be answered first, or not any more",
            ),
            ("conversation.tag.created", "A conversation was tagged"),
            ("conversation.tag.deleted", "A tag was taken off a conversation"),
        ],
    ),
    (
        "The team",
        &[
            ("note.created", "A note on a person or a company was written"),
            ("note.updated", "A note was changed"),
            ("note.deleted", "A note was deleted"),
            ("note.restored", "A deleted note came back"),
            ("note.mentioned", "A note named a teammate"),
            ("workspace.updated", "The workspace itself was changed, as the audit log says"),
        ],
    ),
];

/// Whether there is such a topic.
pub fn is_topic(word: &str) -> bool {
    TOPICS.iter().any(|(_, all)| all.iter().any(|(topic, _)| *topic == word))
}

/// Topics as they are kept, each once, in the order of the list.
pub fn written(topics: &[String]) -> String {
    let all = TOPICS.iter().flat_map(|(_, all)| all.iter());
    let chosen: Vec<_> = all.map(|(t, _)| *t).filter(|t| topics.iter().any(|x| x == t)).collect();
    serde_json::to_string(&chosen).unwrap_or_else(|_| "[]".into())
}
