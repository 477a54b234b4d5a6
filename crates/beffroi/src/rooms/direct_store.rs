//! The rows of conversations: found by the people in them, closed by a block.

use super::store::{Room, member, room};
use crate::{
    error::Result,
    ids::{RoomId, UserId},
    platform::clock::Moment,
};
use beffroi_crypto::token;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{Expr, LockType, OnConflict, Query},
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Stands for these people, in whatever order they were named.
fn direct_key(people: &BTreeSet<UserId>) -> String {
    let ids: Vec<String> = people.iter().map(UserId::to_string).collect();
    token::digest(&ids.join(" ")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a conversation; None when these people have one. Of several who open it at once, exactly one does: the others
/// wait for that one's commit here, and find it afterwards.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    id: RoomId,
    people: &BTreeSet<UserId>,
    by: UserId,
    now: Moment,
) -> Result<Option<RoomId>> {
    let row = room::ActiveModel {
        id: Set(id),
        name: Set(String::new()),
        name_key: Set(None),
        topic: Set(String::new()),
        policy: Set(super::model::Policy::Direct.name().to_owned()),
        sensitive: Set(false),
        archived: Set(false),
        slow_mode_seconds: Set(0),
        last_seq: Set(0),
        created_by: Set(Some(by)),
        created_at: Set(now),
        direct_key: Set(Some(direct_key(people))),
        is_group: Set(people.len() > 2),
    };
    let there_already = OnConflict::column(room::Column::DirectKey).do_nothing().to_owned();
    let inserted = room::Entity::insert(row).on_conflict(there_already).exec_without_returning(db).await?;
    Ok((inserted == 1).then_some(id))
}

pub(super) async fn find(db: &impl ConnectionTrait, people: &BTreeSet<UserId>) -> Result<Option<Room>> {
    Ok(room::Entity::find().filter(room::Column::DirectKey.eq(direct_key(people))).one(db).await?)
}

/// Locks the conversation of two people, if they have one, until the transaction ends.
pub async fn lock_conversation(db: &impl ConnectionTrait, one: UserId, other: UserId) -> Result<()> {
    let of_both = room::Column::DirectKey.eq(direct_key(&BTreeSet::from([one, other])));
    room::Entity::find().filter(of_both).lock(LockType::NoKeyUpdate).one(db).await?;
    Ok(())
}

/// These are no longer all the people of the conversation: the same people may open another one.
pub(super) async fn forget_key(db: &impl ConnectionTrait, id: RoomId) -> Result<()> {
    room::ActiveModel { id: Set(id), direct_key: Set(None), ..Default::default() }.update(db).await?;
    Ok(())
}

/// The people of some conversations.
pub(super) async fn participants(
    db: &impl ConnectionTrait,
    rooms: Vec<RoomId>,
) -> Result<HashMap<RoomId, Vec<UserId>>> {
    let mut participants: HashMap<RoomId, Vec<UserId>> = HashMap::new();
    if rooms.is_empty() {
        return Ok(participants);
    }
    let rows: Vec<(RoomId, UserId)> = member::Entity::find()
        .select_only()
        .columns([member::Column::RoomId, member::Column::UserId])
        .filter(member::Column::RoomId.is_in(rooms))
        .order_by_asc(member::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    for (room, user) in rows {
        participants.entry(room).or_default().push(user);
    }
    Ok(participants)
}

/// Which of these conversations of two a block has closed. It closes them for both: whoever blocks has nothing to say
/// that could be answered, and neither is told by the refusal who blocked whom.
pub async fn closed_among(db: &impl ConnectionTrait, rooms: Vec<RoomId>) -> Result<HashSet<RoomId>> {
    if rooms.is_empty() {
        return Ok(HashSet::new());
    }
    let closed = Query::select()
        .distinct()
        .column(("by", "room_id"))
        .from_as(member::Entity, "by")
        .inner_join("blocks", Expr::col(("blocks", "blocked_by")).equals(("by", "user_id")))
        .join_as(
            sea_orm::JoinType::InnerJoin,
            member::Entity,
            "whom",
            Expr::col(("whom", "room_id"))
                .equals(("by", "room_id"))
                .and(Expr::col(("whom", "user_id")).equals(("blocks", "user_id"))),
        )
        .and_where(Expr::col(("by", "room_id")).is_in(rooms))
        .to_owned();
    let rows = db.query_all(&closed).await?;
    Ok(rows.into_iter().map(|row| row.try_get_by_index::<RoomId>(0)).collect::<Result<_, _>>()?)
}
