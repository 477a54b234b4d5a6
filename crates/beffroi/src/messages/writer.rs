//! The group-commit writer. One task takes whatever waits, commits it in one transaction and only then answers and
//! publishes: many senders share one flush to disk, and nobody is told "sent" before it is.

use super::{
    model::{self, Draft},
    store::{self, ActiveModel, Answered, Message},
    view::MessageView,
};
use crate::{
    accounts::Person,
    audit::{self, Act, Circumstances},
    error::{Code, Error, FieldError, Result},
    ids::{ClientId, MessageId, RoomId, UserId},
    platform::{clock::Clock, database::Database, random::Random},
    realtime::Hub,
    roles::PermissionSet,
    rooms::{self, Room, WritableRoom},
};
use sea_orm::{DatabaseTransaction, Set};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Messages waiting for the writer; beyond it senders are asked to come back.
const QUEUE_MAX: usize = 4096;
/// Messages in one transaction: enough to share a flush, few enough to be bound parameters of one statement.
const BATCH_MAX: usize = 512;
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A message on its way. Whether its author may write there is asked by the writer alone, under the room's lock: asked
/// before, it would be one statement more for each message, and asked again all the same.
pub struct Post {
    pub room: RoomId,
    pub author: Person,
    /// What the author may do anywhere.
    pub permissions: PermissionSet,
    pub draft: Draft,
    pub circumstances: Circumstances,
}

pub enum Posted {
    Now(MessageView),
    /// The same message had been sent before under the same client id.
    Before(MessageView),
}

struct Waiting {
    post: Post,
    answer: oneshot::Sender<Result<Posted>>,
}

pub struct MessageWriter {
    queue: mpsc::Sender<Waiting>,
    stopping: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl MessageWriter {
    /// Starts the writer's task, which ends when [`MessageWriter::finish`] is called or the last handle is gone.
    pub fn start(database: Database, hub: Arc<Hub>, clock: Clock, random: Random) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let stopping = CancellationToken::new();
        let writer = Writer { database, hub, clock, random };
        let task = tokio::spawn(writer.run(waiting, stopping.clone()));
        Self { queue, stopping, task: Mutex::new(Some(task)) }
    }

    /// Takes no more messages and returns when those taken are written.
    pub async fn finish(&self) {
        self.stopping.cancel();
        if let Some(task) = self.task.lock().await.take() {
            let _ended = task.await;
        }
    }

    /// Returns once the message is durable.
    pub async fn post(&self, post: Post) -> Result<Posted> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { post, answer }).map_err(|_| Error::busy(RETRY_AFTER))?;
        answered.await.map_err(Error::internal)?
    }
}

struct Writer {
    database: Database,
    hub: Arc<Hub>,
    clock: Clock,
    random: Random,
}

impl Writer {
    async fn run(self, mut queue: mpsc::Receiver<Waiting>, stopping: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let taken = tokio::select! {
                taken = queue.recv_many(&mut batch, BATCH_MAX) => taken,
                // A closed queue still gives what it holds, then nothing.
                () = stopping.cancelled(), if !queue.is_closed() => {
                    queue.close();
                    continue;
                }
            };
            if taken == 0 {
                return;
            }
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    /// Commits a batch and answers; a commit that failed only on its way back to us shows at the second try as sent
    /// before, and is published all the same.
    async fn write(&self, batch: Vec<Waiting>) {
        let (posts, answers): (Vec<Post>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.post, waiting.answer)).unzip();
        let (outcomes, is_second_try) = match self.commit(&posts).await {
            Ok(outcomes) => (outcomes, false),
            Err(error) => (self.try_again(&posts, error).await, true),
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            match &outcome {
                Ok(Posted::Now(message)) => self.hub.publish(message.created().publication()),
                Ok(Posted::Before(message)) if is_second_try => self.hub.publish(message.created().publication()),
                _ => {}
            }
            // A sender who hung up finds the message by its client id.
            let _gone = answer.send(outcome);
        }
    }

    /// When a batch failed as a whole, each message is tried alone, so that one cannot fail the others. A database that is
    /// away would fail each of them after a wait of its own: the batch is tried once more, over another connection, and
    /// then refused. What was committed all the same is found by its client id, and heard when room heads are compared.
    async fn try_again(&self, posts: &[Post], error: Error) -> Vec<Result<Posted>> {
        tracing::warn!(%error, messages = posts.len(), "a batch failed and is tried again");
        if !error.is_outage() {
            return self.commit_each(posts).await;
        }
        match self.commit(posts).await {
            Ok(outcomes) => outcomes,
            Err(error) if error.is_outage() => posts.iter().map(|_| Err(error.for_another())).collect(),
            Err(_) => self.commit_each(posts).await,
        }
    }

    async fn commit_each(&self, posts: &[Post]) -> Vec<Result<Posted>> {
        let mut outcomes = Vec::with_capacity(posts.len());
        for post in posts {
            let alone = self.commit(std::slice::from_ref(post)).await;
            let only =
                |mut outcomes: Vec<Result<Posted>>| outcomes.pop().ok_or(Error::broken("one post, one outcome"))?;
            outcomes.push(alone.and_then(only));
        }
        outcomes
    }

    async fn commit(&self, posts: &[Post]) -> Result<Vec<Result<Posted>>> {
        let tx = self.database.begin().await?;
        let plan = self.plan(&tx, posts).await?;
        self.insert(&tx, posts, &plan).await?;
        commit(tx).await?;
        Ok(posts.iter().enumerate().map(|(at, post)| outcome(post, at, posts, &plan)).collect())
    }

    /// Decides for each post, in its order, what becomes of it, and gives the new ones their numbers.
    async fn plan(&self, tx: &DatabaseTransaction, posts: &[Post]) -> Result<Vec<Step>> {
        let state = State::read(tx, posts).await?;
        let mut first: HashMap<(UserId, ClientId), usize> = HashMap::new();
        let mut last: BTreeMap<RoomId, i64> = BTreeMap::new();
        let mut steps: Vec<Step> = Vec::with_capacity(posts.len());
        for (at, post) in posts.iter().enumerate() {
            let (room, place) = match state.place(post) {
                Ok(place) => place,
                Err(code) => {
                    steps.push(Step::Refused(code));
                    continue;
                }
            };
            steps.push(if let Some(earlier) = state.sent.get(&key(post)) {
                Step::Repeat(earlier.clone())
            } else if let Some(earlier) = first.get(&key(post)) {
                Step::RepeatOf(*earlier)
            } else if answered_by(post).is_some_and(|named| !state.answered.contains_key(&named)) {
                Step::NothingToReplyTo
            } else {
                first.insert(key(post), at);
                let seq = last.entry(room.id).or_insert(room.last_seq);
                *seq += 1;
                let answered = answered_by(post).and_then(|named| state.answered.get(&named).copied());
                Step::New(self.message(post, &place, *seq, answered))
            });
        }
        rooms::set_last_seqs(tx, &last).await?;
        Ok(steps)
    }

    fn message(&self, post: &Post, room: &WritableRoom, seq: i64, answered: Option<Answered>) -> Message {
        let now = self.clock.now();
        Message {
            id: MessageId(self.random.id_at(now)),
            room_id: room.id,
            seq,
            author_id: post.author.id,
            client_id: post.draft.client_id,
            text: post.draft.text.clone(),
            sent_digest: model::text_digest(&post.draft.text),
            created_at: now,
            edited_at: None,
            deleted_at: None,
            reply_to: post.draft.reply_to,
            thread_root: answered.map(|answered| answered.thread_root),
            reply_to_author: answered.map(|answered| answered.author),
            thread_author: answered.map(|answered| answered.thread_author),
        }
    }

    async fn insert(&self, tx: &DatabaseTransaction, posts: &[Post], plan: &[Step]) -> Result<()> {
        let new = || {
            plan.iter().zip(posts).filter_map(|(step, post)| match step {
                Step::New(message) => Some((message, post)),
                _ => None,
            })
        };
        let rows: Vec<ActiveModel> = new().map(|(message, _)| row(message)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        store::insert_many(tx, rows).await?;
        let acts: Vec<(&Circumstances, Act)> = new()
            .map(|(message, post)| {
                (&post.circumstances, Act::MessageSent { room: message.room_id, message: message.id })
            })
            .collect();
        audit::record_many(tx, &self.random, acts.iter().map(|(circumstances, act)| (*circumstances, act))).await
    }
}

/// What decides about a batch, as it stands under the locks of its rooms.
struct State {
    rooms: HashMap<RoomId, Room>,
    members: HashSet<(RoomId, UserId)>,
    /// Conversations that a block has closed.
    closed: HashSet<RoomId>,
    sent: HashMap<(UserId, ClientId), Message>,
    /// What an answer has from the message that it answers.
    answered: HashMap<(RoomId, MessageId), Answered>,
}

impl State {
    async fn read(tx: &DatabaseTransaction, posts: &[Post]) -> Result<Self> {
        // Locked before anybody's seat is looked at: a member who leaves meanwhile leaves before this or after it.
        let rooms = rooms::lock(tx, posts.iter().map(|post| post.room).collect::<HashSet<_>>()).await?;
        let seats = posts.iter().map(|post| (post.room, post.author.id)).collect();
        let conversations = rooms.values().filter(|room| room.is_one_to_one()).map(|room| room.id).collect();
        Ok(Self {
            members: rooms::members_among(tx, &seats).await?,
            closed: rooms::closed_among(tx, conversations).await?,
            sent: store::find_sent(tx, &posts.iter().map(key).collect()).await?,
            answered: store::answered(tx, &posts.iter().filter_map(answered_by).collect()).await?,
            rooms,
        })
    }

    /// The room of a post with the proof that its author may write there, or why not.
    fn place(&self, post: &Post) -> Result<(&Room, WritableRoom), Code> {
        let room = self.rooms.get(&post.room).ok_or(Code::ROOM_NOT_FOUND)?;
        let is_member = self.members.contains(&(post.room, post.author.id));
        let is_closed = self.closed.contains(&post.room);
        Ok((room, rooms::to_write_to(room, post.permissions, is_member, is_closed)?))
    }
}

#[cfg(not(feature = "acknowledge-before-commit-and-lose-messages"))]
async fn commit(tx: DatabaseTransaction) -> Result<()> {
    Ok(tx.commit().await?)
}

/// The negative control of the crash tests: a journal that is flushed when there is time. Whoever is told "sent" before
/// that loses the message to a kill, and the tests must see it.
#[cfg(feature = "acknowledge-before-commit-and-lose-messages")]
async fn commit(tx: DatabaseTransaction) -> Result<()> {
    #[cfg(not(debug_assertions))]
    compile_error!("a server that loses messages on purpose is for tests only");
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        tx.commit().await
    });
    Ok(())
}

/// What becomes of one post.
enum Step {
    New(Message),
    /// It was sent before.
    Repeat(Message),
    /// It stands twice in this batch: the place of the first.
    RepeatOf(usize),
    Refused(Code),
    /// It answers a message that is not there.
    NothingToReplyTo,
}

fn outcome(post: &Post, at: usize, posts: &[Post], plan: &[Step]) -> Result<Posted> {
    let view = |message: &Message| MessageView::new(message.clone(), post.author.clone(), post.draft.tree.clone());
    match &plan[at] {
        Step::New(message) => Ok(Posted::Now(view(message))),
        Step::Refused(code) => Err(Error::refuse(*code)),
        Step::NothingToReplyTo => Err(nothing_to_reply_to()),
        Step::Repeat(message) if is_same(post, message.room_id, message.reply_to, &message.sent_digest) => {
            // It may have been edited or deleted since.
            let tree = beffroi_markup::parse(&message.text);
            Ok(Posted::Before(MessageView::new(message.clone(), post.author.clone(), tree)))
        }
        Step::Repeat(_) => Err(Error::refuse(Code::CLIENT_ID_REUSED)),
        Step::RepeatOf(first) => match (&plan[*first], &posts[*first]) {
            (_, earlier)
                if !is_same(post, earlier.room, earlier.draft.reply_to, &model::text_digest(&earlier.draft.text)) =>
            {
                Err(Error::refuse(Code::CLIENT_ID_REUSED))
            }
            (Step::New(message), _) => Ok(Posted::Before(view(message))),
            (Step::Refused(code), _) => Err(Error::refuse(*code)),
            (Step::NothingToReplyTo, _) => Err(nothing_to_reply_to()),
            _ => Err(Error::broken("a repeat of a repeat")),
        },
    }
}

fn nothing_to_reply_to() -> Error {
    Error::invalid(vec![FieldError::new("reply_to", "not_available")])
}

fn is_same(post: &Post, room: RoomId, reply_to: Option<MessageId>, digest: &[u8]) -> bool {
    post.room == room && post.draft.reply_to == reply_to && model::text_digest(&post.draft.text) == digest
}

fn key(post: &Post) -> (UserId, ClientId) {
    (post.author.id, post.draft.client_id)
}

fn answered_by(post: &Post) -> Option<(RoomId, MessageId)> {
    Some((post.room, post.draft.reply_to?))
}

fn row(message: &Message) -> ActiveModel {
    ActiveModel {
        id: Set(message.id),
        room_id: Set(message.room_id),
        seq: Set(message.seq),
        author_id: Set(message.author_id),
        client_id: Set(message.client_id),
        text: Set(message.text.clone()),
        sent_digest: Set(message.sent_digest.clone()),
        created_at: Set(message.created_at),
        edited_at: Set(None),
        deleted_at: Set(None),
        reply_to: Set(message.reply_to),
        thread_root: Set(message.thread_root),
        reply_to_author: Set(message.reply_to_author),
        thread_author: Set(message.thread_author),
    }
}
