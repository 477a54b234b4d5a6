//! The rows of rooms, members and numbered events. `last_seq` is raised in the writing transaction, so that a room's
//! events have gap-free numbers in the order of their commits: raising it takes the room's row lock.

use super::model::{NewRoom, Policy, RoomChange, RoomRole};
use crate::{
    accounts,
    error::{Error, Result},
    event::RoomEvent,
    ids::{RoomId, UserId},
    platform::{
        clock::Moment,
        http::etag::{Editable, Tag},
        text::fold,
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Set,
    sea_query::{CaseStatement, Expr, Func, LockType, Order, Query},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};

pub use room::Model as Room;

impl Editable for Room {
    fn tag(&self) -> Tag {
        tag_of(&self.name, &self.topic, &self.policy, self.archived)
    }
}

/// Of what the people of a room may change of it.
pub(super) fn tag_of(name: &str, topic: &str, policy: &str, archived: bool) -> Tag {
    Tag::of(&json!([name, topic, policy, archived]))
}

impl Room {
    pub fn is_public(&self) -> bool {
        self.policy == Policy::Public.name()
    }

    /// A conversation: for its people alone, whatever anybody's role (AZ-4).
    pub fn is_direct(&self) -> bool {
        self.policy == Policy::Direct.name()
    }

    /// A conversation of two, for good; a larger one that others left is still a group.
    pub fn is_one_to_one(&self) -> bool {
        self.is_direct() && !self.is_group
    }
}

pub(super) mod room {
    use crate::{
        ids::{RoomId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "rooms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: RoomId,
        pub name: String,
        /// The folded name, for public rooms only: that a private name is taken would tell of the room.
        pub name_key: Option<String>,
        pub topic: String,
        pub policy: String,
        pub sensitive: bool,
        pub archived: bool,
        pub slow_mode_seconds: i32,
        pub last_seq: i64,
        pub created_by: Option<UserId>,
        pub created_at: Moment,
        /// Stands for the people of a conversation, as long as they are the same.
        pub direct_key: Option<String>,
        pub is_group: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod member {
    use crate::{
        ids::{RoomId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_members")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: RoomId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: UserId,
        pub role: String,
        pub read_seq: i64,
        pub joined_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod room_event {
    use crate::{ids::RoomId, platform::clock::Moment};
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "room_events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: RoomId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub kind: String,
        pub data: String,
        pub created_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    id: RoomId,
    new: NewRoom,
    owner: UserId,
    now: Moment,
) -> Result<Room, sea_orm::DbErr> {
    let row = room::ActiveModel {
        id: Set(id),
        name_key: Set(name_key(&new.name, new.policy)),
        name: Set(new.name),
        topic: Set(new.topic),
        policy: Set(new.policy.name().to_owned()),
        sensitive: Set(false),
        archived: Set(false),
        slow_mode_seconds: Set(0),
        last_seq: Set(0),
        created_by: Set(Some(owner)),
        created_at: Set(now),
        direct_key: Set(None),
        is_group: Set(false),
    };
    row.insert(db).await
}

pub async fn find(db: &impl ConnectionTrait, id: RoomId) -> Result<Option<Room>> {
    Ok(room::Entity::find_by_id(id).one(db).await?)
}

/// A room and somebody's role in it, in one statement: every request for a room begins with it.
pub(super) async fn find_with_role(
    db: &impl ConnectionTrait,
    user: UserId,
    id: RoomId,
) -> Result<Option<(Room, Option<RoomRole>)>> {
    let seat = Condition::all()
        .add(Expr::col((member::Entity, member::Column::RoomId)).equals((room::Entity, room::Column::Id)))
        .add(Expr::col((member::Entity, member::Column::UserId)).eq(user));
    let mut find = room::Entity::find_by_id(id).into_query();
    find.join(JoinType::LeftJoin, member::Entity, seat)
        .expr_as(Expr::col((member::Entity, member::Column::Role)), "own_role");
    let Some(row) = db.query_one(&find).await? else { return Ok(None) };
    let role: Option<String> = row.try_get("", "own_role")?;
    Ok(Some((Room::from_query_result(&row, "")?, role.as_deref().map(RoomRole::from_name))))
}

pub(super) async fn oldest_public(db: &impl ConnectionTrait) -> Result<Option<RoomId>> {
    let public = room::Entity::find()
        .filter(room::Column::Policy.eq("public"))
        .filter(room::Column::Archived.eq(false))
        .order_by_asc(room::Column::CreatedAt)
        .one(db)
        .await?;
    Ok(public.map(|room| room.id))
}

/// A room with the caller's own membership in it.
pub(super) type RoomAndMember = (Room, Option<member::Model>);

/// Which rooms are listed.
pub(super) enum Listed {
    /// Somebody's own rooms and the public ones.
    VisibleTo(UserId),
    /// Those that nobody owns any more. Conversations never had an owner.
    Orphaned,
}

/// Rooms by name, after the room of this name and id.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    which: Listed,
    after: Option<(String, RoomId)>,
    limit: u64,
) -> Result<Vec<Room>> {
    let visible = match which {
        Listed::VisibleTo(user) => Condition::any()
            .add(room::Column::Policy.eq(Policy::Public.name()))
            .add(room::Column::Id.in_subquery(own_room_ids(user))),
        Listed::Orphaned => Condition::all()
            .add(room::Column::Policy.ne(Policy::Direct.name()))
            .add(room::Column::Id.not_in_subquery(owned_room_ids())),
    };
    let name = || Func::lower(Expr::col(room::Column::Name));
    let mut rooms = room::Entity::find().filter(visible);
    if let Some((last, id)) = after {
        let last = || Func::lower(Expr::val(last.clone()));
        let same = Condition::all().add(Expr::expr(name()).eq(last())).add(room::Column::Id.gt(id));
        rooms = rooms.filter(Condition::any().add(Expr::expr(name()).gt(last())).add(same));
    }
    let rooms = rooms.order_by(Expr::expr(name()), Order::Asc).order_by_asc(room::Column::Id);
    Ok(rooms.limit(limit).all(db).await?)
}

/// Somebody's places in these rooms.
pub(super) async fn places_of(
    db: &impl ConnectionTrait,
    user: UserId,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<HashMap<RoomId, member::Model>> {
    let places = member::Entity::find()
        .filter(member::Column::UserId.eq(user))
        .filter(member::Column::RoomId.is_in(rooms))
        .all(db)
        .await?;
    Ok(places.into_iter().map(|place| (place.room_id, place)).collect())
}

pub(super) fn own_room_ids(user: UserId) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(member::Column::RoomId)
        .from(member::Entity)
        .and_where(member::Column::UserId.eq(user))
        .to_owned()
}

/// The ids of the rooms that somebody may read now, for a query of theirs: public ones, and their own.
pub fn readable_ids(user: UserId) -> sea_orm::sea_query::SelectStatement {
    let readable = Expr::col(room::Column::Policy)
        .eq(Policy::Public.name())
        .or(Expr::col(room::Column::Id).in_subquery(own_room_ids(user)));
    Query::select().column(room::Column::Id).from(room::Entity).and_where(readable).to_owned()
}

/// Up to which number somebody has read some of their rooms.
pub async fn read_seqs(
    db: &impl ConnectionTrait,
    user: UserId,
    rooms: impl IntoIterator<Item = RoomId>,
) -> Result<HashMap<RoomId, i64>> {
    let rows: Vec<(RoomId, i64)> = member::Entity::find()
        .select_only()
        .columns([member::Column::RoomId, member::Column::ReadSeq])
        .filter(member::Column::UserId.eq(user))
        .filter(member::Column::RoomId.is_in(rooms))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

pub(super) async fn member_of(db: &impl ConnectionTrait, user: UserId, room: RoomId) -> Result<Option<member::Model>> {
    Ok(member::Entity::find_by_id((room, user)).one(db).await?)
}

pub async fn is_member(db: &impl ConnectionTrait, user: UserId, room: RoomId) -> Result<bool> {
    Ok(member_of(db, user, room).await?.is_some())
}

pub(super) async fn role_of(db: &impl ConnectionTrait, user: UserId, room: RoomId) -> Result<Option<RoomRole>> {
    Ok(member_of(db, user, room).await?.map(|member| RoomRole::from_name(&member.role)))
}

pub(super) async fn set_role(db: &impl ConnectionTrait, room: RoomId, user: UserId, role: RoomRole) -> Result<()> {
    let row = member::ActiveModel {
        room_id: Set(room),
        user_id: Set(user),
        role: Set(role.name().to_owned()),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

fn name_key(name: &str, policy: Policy) -> Option<String> {
    (policy == Policy::Public).then(|| fold(name))
}

/// Writes a change of a room that was validated.
pub(super) async fn change(db: &impl ConnectionTrait, room: Room, change: RoomChange) -> Result<Room, sea_orm::DbErr> {
    let policy = change.policy.unwrap_or(Policy::from_name(&room.policy));
    let name = change.name.unwrap_or(room.name);
    let mut row = room::ActiveModel {
        id: Set(room.id),
        name_key: Set(name_key(&name, policy)),
        name: Set(name),
        ..Default::default()
    };
    if let Some(topic) = change.topic {
        row.topic = Set(topic);
    }
    if let Some(policy) = change.policy {
        row.policy = Set(policy.name().to_owned());
    }
    if let Some(archived) = change.archived {
        row.archived = Set(archived);
    }
    row.update(db).await
}

/// Removes a room with everything in it.
pub(super) async fn delete(db: &impl ConnectionTrait, id: RoomId) -> Result<()> {
    room::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Everybody in a room.
pub async fn member_ids(db: &impl ConnectionTrait, id: RoomId) -> Result<Vec<UserId>> {
    let of_room =
        member::Entity::find().select_only().column(member::Column::UserId).filter(member::Column::RoomId.eq(id));
    Ok(of_room.into_tuple().all(db).await?)
}

/// Which of these memberships exist.
pub async fn members_among(
    db: &impl ConnectionTrait,
    pairs: &HashSet<(RoomId, UserId)>,
) -> Result<HashSet<(RoomId, UserId)>> {
    if pairs.is_empty() {
        return Ok(HashSet::new());
    }
    let (room, user) = ((member::Entity, member::Column::RoomId), (member::Entity, member::Column::UserId));
    // Pair by pair: two lists would be looked for in every combination.
    let among = Query::select()
        .columns([room, user])
        .from(member::Entity)
        .from_values(pairs.iter().copied(), "pair")
        .and_where(Expr::col(room).equals(("pair", "column1")))
        .and_where(Expr::col(user).equals(("pair", "column2")))
        .to_owned();
    let rows = db.query_all(&among).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Members in the order in which they came, after the one who came at this moment (milliseconds since 1970).
pub(super) async fn list_members(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: Option<(i64, UserId)>,
    limit: u64,
) -> Result<Vec<member::Model>> {
    let mut members = member::Entity::find().filter(member::Column::RoomId.eq(room));
    if let Some((joined_at, user)) = after {
        let same = Condition::all().add(member::Column::JoinedAt.eq(joined_at)).add(member::Column::UserId.gt(user));
        members = members.filter(Condition::any().add(member::Column::JoinedAt.gt(joined_at)).add(same));
    }
    let members = members.order_by_asc(member::Column::JoinedAt).order_by_asc(member::Column::UserId);
    Ok(members.limit(limit).all(db).await?)
}

/// Owners who can still do something in their room.
fn active_owners() -> Select<member::Entity> {
    member::Entity::find()
        .filter(member::Column::Role.eq(RoomRole::Owner.name()))
        .filter(member::Column::UserId.in_subquery(accounts::active_ids()))
}

fn owned_room_ids() -> sea_orm::sea_query::SelectStatement {
    active_owners().select_only().column(member::Column::RoomId).into_query()
}

/// Whether nobody is left who owns the room.
pub(super) async fn is_orphaned(db: &impl ConnectionTrait, room: RoomId) -> Result<bool> {
    Ok(active_owners().filter(member::Column::RoomId.eq(room)).count(db).await? == 0)
}

pub(super) async fn count_owners(db: &impl ConnectionTrait, room: RoomId) -> Result<u64> {
    let owners = member::Entity::find()
        .filter(member::Column::RoomId.eq(room))
        .filter(member::Column::Role.eq(RoomRole::Owner.name()));
    Ok(owners.count(db).await?)
}

pub(super) async fn insert_member(
    db: &impl ConnectionTrait,
    room: RoomId,
    user: UserId,
    role: RoomRole,
    read_seq: i64,
    now: Moment,
) -> Result<()> {
    let row = member::ActiveModel {
        room_id: Set(room),
        user_id: Set(user),
        role: Set(role.name().to_owned()),
        read_seq: Set(read_seq),
        joined_at: Set(now),
    };
    member::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

pub(super) async fn delete_member(db: &impl ConnectionTrait, room: RoomId, user: UserId) -> Result<()> {
    member::Entity::delete_by_id((room, user)).exec(db).await?;
    Ok(())
}

/// Locks the rows of some rooms, in the order of their ids, and reads them: what is looked at afterwards in this
/// transaction, such as who is a member, cannot change before it ends. One that does not exist is left out.
pub async fn lock(db: &impl ConnectionTrait, rooms: impl IntoIterator<Item = RoomId>) -> Result<HashMap<RoomId, Room>> {
    let rows = room::Entity::find()
        .filter(room::Column::Id.is_in(rooms))
        .order_by_asc(room::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|room| (room.id, room)).collect())
}

/// Takes the next `count` numbers of a room that is not archived; the last one taken, or None without such a room.
pub async fn advance(db: &impl ConnectionTrait, room: RoomId, count: i64) -> Result<Option<i64>> {
    raise(db, room, count, Expr::col(room::Column::Archived).eq(false)).await
}

/// Writes the last numbers of rooms whose locked rows said what they were before, in one statement.
pub async fn set_last_seqs(db: &impl ConnectionTrait, last: &BTreeMap<RoomId, i64>) -> Result<()> {
    if last.is_empty() {
        return Ok(());
    }
    let each =
        |cases: CaseStatement, (room, seq): (&RoomId, &i64)| cases.case(Expr::col(room::Column::Id).eq(*room), *seq);
    room::Entity::update_many()
        .col_expr(room::Column::LastSeq, last.iter().fold(CaseStatement::new(), each).into())
        .filter(room::Column::Id.is_in(last.keys().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// As [`advance`], of an archived room as well: for what changes the room itself.
pub async fn advance_any(db: &impl ConnectionTrait, room: RoomId) -> Result<Option<i64>> {
    raise(db, room, 1, Expr::value(1).eq(1)).await
}

async fn raise(db: &impl ConnectionTrait, room: RoomId, count: i64, condition: Expr) -> Result<Option<i64>> {
    let update = Query::update()
        .table(room::Entity)
        .value(room::Column::LastSeq, Expr::col(room::Column::LastSeq).add(count))
        .and_where(room::Column::Id.eq(room))
        .and_where(condition)
        .returning_col(room::Column::LastSeq)
        .to_owned();
    let row = db.query_one(&update).await?;
    row.map(|row| row.try_get_by_index::<i64>(0)).transpose().map_err(Error::from)
}

/// Gives the number back that was just taken, still under the lock.
pub async fn retreat(db: &impl ConnectionTrait, room: RoomId, seq: i64) -> Result<()> {
    room::Entity::update_many()
        .col_expr(room::Column::LastSeq, Expr::value(seq - 1))
        .filter(room::Column::Id.eq(room))
        .exec(db)
        .await?;
    Ok(())
}

/// Writes an event under the number that [`advance`] gave.
pub async fn append_event(
    db: &impl ConnectionTrait,
    room: RoomId,
    seq: i64,
    kind: &str,
    data: Value,
    now: Moment,
) -> Result<RoomEvent<Value>> {
    let row = room_event::ActiveModel {
        room_id: Set(room),
        seq: Set(seq),
        kind: Set(kind.to_owned()),
        data: Set(data.to_string()),
        created_at: Set(now),
    };
    room_event::Entity::insert(row).exec_without_returning(db).await?;
    Ok(RoomEvent { room, seq, kind: kind.to_owned(), data })
}

/// The events of a room with numbers in `after+1 ..= until`, but for new messages, which carry their number themselves.
pub async fn events_after(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: i64,
    until: i64,
    limit: u64,
    kind: Option<&str>,
) -> Result<Vec<RoomEvent<Value>>> {
    let rows = room_event::Entity::find()
        .filter(room_event::Column::RoomId.eq(room))
        .filter(Condition::all().add_option(kind.map(|kind| room_event::Column::Kind.eq(kind))))
        .filter(room_event::Column::Seq.gt(after))
        .filter(room_event::Column::Seq.lte(until))
        .order_by_asc(room_event::Column::Seq)
        .limit(limit)
        .all(db)
        .await?;
    let event = |row: room_event::Model| {
        let data = serde_json::from_str(&row.data).map_err(Error::internal)?;
        Ok(RoomEvent { room, seq: row.seq, kind: row.kind, data })
    };
    rows.into_iter().map(event).collect()
}

/// A person's rooms with the number of the last event in each.
pub async fn rooms_of(db: &impl ConnectionTrait, user: UserId) -> Result<Vec<(RoomId, i64)>> {
    let rooms = room::Entity::find()
        .select_only()
        .columns([room::Column::Id, room::Column::LastSeq])
        .filter(room::Column::Id.in_subquery(own_room_ids(user)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rooms)
}

/// Rooms asked for in one statement, which takes only so many parameters.
const ROOMS_AT_ONCE: usize = 5000;

/// The number of the last event of some rooms.
pub async fn last_seqs(db: &impl ConnectionTrait, rooms: Vec<RoomId>) -> Result<HashMap<RoomId, i64>> {
    let mut heads = HashMap::with_capacity(rooms.len());
    for some in rooms.chunks(ROOMS_AT_ONCE) {
        let rows: Vec<(RoomId, i64)> = room::Entity::find()
            .select_only()
            .columns([room::Column::Id, room::Column::LastSeq])
            .filter(room::Column::Id.is_in(some.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        heads.extend(rows);
    }
    Ok(heads)
}

/// Moves a read marker forward, never back.
pub async fn mark_read(db: &impl ConnectionTrait, user: UserId, room: RoomId, seq: i64) -> Result<bool> {
    let moved = member::Entity::update_many()
        .col_expr(member::Column::ReadSeq, Expr::value(seq))
        .filter(member::Column::RoomId.eq(room))
        .filter(member::Column::UserId.eq(user))
        .filter(member::Column::ReadSeq.lt(seq))
        .exec(db)
        .await?;
    Ok(moved.rows_affected == 1)
}
