//! The numbers of a message.

use super::Channel;
use crate::words::words;

words! {
    /// A number of a message, by which people are listed.
    Which {
        /// For whom it waits.
        Waiting = "waiting", "Waiting";
        /// Who got it.
        Sent = "sent", "Sent";
        /// Who had it on their screen, of those whose Messenger has it.
        Seen = "seen", "Seen";
        /// Who had it on their screen, of those who got an e-mail: as far as their mail program lets anybody know.
        Opened = "opened", "Opened";
        /// For whom a program loaded its pictures, which says nothing of them.
        Machine = "machine", "Opened by a machine";
        /// Who followed a link of it.
        Clicked = "clicked", "Clicked";
        /// Who answered.
        Replied = "replied", "Replied";
        /// Who reached its goal.
        Goal = "goal", "Reached the goal";
        /// Who was left out.
        Excluded = "excluded", "Left out";
        /// For whom it failed.
        Failed = "failed", "Failed";
        /// To whom it may have been sent.
        Unknown = "unknown", "Unknown";
        /// Who unsubscribed by its link.
        Unsubscribed = "unsubscribed", "Unsubscribed";
    }
}

impl Which {
    /// Whether a message that gets there this way has this number.
    pub const fn fits(self, channel: Channel) -> bool {
        match self {
            Self::Seen | Self::Replied => channel.in_app(),
            Self::Opened | Self::Machine | Self::Clicked | Self::Unsubscribed | Self::Unknown => {
                matches!(channel, Channel::Email)
            }
            Self::Waiting | Self::Sent | Self::Goal | Self::Excluded | Self::Failed => true,
        }
    }

    /// The numbers that are drawn day by day, in the order of what people do. `goal`: whether there is one to reach.
    pub const fn by_day(channel: Channel, goal: bool) -> &'static [Self] {
        match (channel.in_app(), goal) {
            (true, false) => &[Self::Sent, Self::Seen, Self::Replied],
            (true, true) => &[Self::Sent, Self::Seen, Self::Replied, Self::Goal],
            (false, false) => &[Self::Sent, Self::Opened, Self::Clicked],
            (false, true) => &[Self::Sent, Self::Opened, Self::Clicked, Self::Goal],
        }
    }

    /// The numbers that are drawn and told day by day beside those where there are any: mostly there are none.
    pub const fn told_by_day(channel: Channel) -> &'static [Self] {
        if channel.in_app() {
            &[Self::Failed]
        } else {
            &[Self::Unsubscribed, Self::Failed, Self::Unknown]
        }
    }
}
