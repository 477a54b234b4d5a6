//! A message as people and programs see it. The tree is made from the text each time it is shown: what is stored is what
//! was sent, and a safer reading of it protects old messages as well.

use super::store::{self, Message};
use crate::{
    accounts::{self, Person},
    error::{Error, Result},
    event::{MESSAGE_CREATED, RoomEvent},
    ids::{ClientId, MessageId, RoomId, UserId},
    platform::{
        clock::Moment,
        http::etag::{Editable, Tag},
    },
};
use beffroi_markup::Tree;
use schemars::JsonSchema;
use sea_orm::ConnectionTrait;
use serde::Serialize;

#[derive(Debug, JsonSchema, Serialize)]
pub struct MessageView {
    pub id: MessageId,
    pub room_id: RoomId,
    pub seq: i64,
    pub author: Author,
    pub text: String,
    pub tree: Tree,
    pub created_at: Moment,
    pub edited_at: Option<Moment>,
    pub deleted_at: Option<Moment>,
    pub reply_to: Option<MessageId>,
    /// The message that began the thread; null for one that answers nothing.
    pub thread_root: Option<MessageId>,
    /// Who wrote the answered message.
    pub reply_to_author: Option<UserId>,
    /// Who began the thread.
    pub thread_author: Option<UserId>,
    /// Answers in the thread that this message began.
    pub reply_count: i64,
    pub reactions: [(); 0],
    pub files: [(); 0],
    pub client_id: ClientId,
}

#[derive(Debug, JsonSchema, Serialize)]
pub struct Author {
    #[serde(flatten)]
    pub person: Person,
    pub bot: bool,
}

impl Editable for MessageView {
    fn tag(&self) -> Tag {
        store::tag_of(&self.text, self.edited_at, self.deleted_at)
    }
}

impl MessageView {
    pub(super) fn new(message: Message, author: Person, tree: Tree) -> Self {
        Self {
            id: message.id,
            room_id: message.room_id,
            seq: message.seq,
            author: Author { person: author, bot: false },
            text: message.text,
            tree,
            created_at: message.created_at,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            reply_to: message.reply_to,
            thread_root: message.thread_root,
            reply_to_author: message.reply_to_author,
            thread_author: message.thread_author,
            reply_count: 0,
            reactions: [],
            files: [],
            client_id: message.client_id,
        }
    }

    /// The event that tells of it.
    pub fn created(&self) -> RoomEvent<&Self> {
        RoomEvent { room: self.room_id, seq: self.seq, kind: MESSAGE_CREATED.to_owned(), data: self }
    }
}

/// Messages with their authors' names and their trees.
pub async fn views(db: &impl ConnectionTrait, messages: Vec<Message>) -> Result<Vec<MessageView>> {
    let authors = accounts::people(db, messages.iter().map(|message| message.author_id)).await?;
    let replies = store::reply_counts(db, messages.iter().map(|message| message.id).collect()).await?;
    let view = |message: Message| {
        let author = authors.get(&message.author_id).cloned();
        let author = author.ok_or(Error::broken("a message without an author"))?;
        let tree = beffroi_markup::parse(&message.text);
        let reply_count = replies.get(&message.id).copied().unwrap_or(0);
        Ok(MessageView { reply_count, ..MessageView::new(message, author, tree) })
    };
    messages.into_iter().map(view).collect()
}
