use crate::{error::Result, ids::InviteId, keyring::KeyRing, platform::clock::Moment};
use beffroi_crypto::seal::Place;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr,
};

pub(super) use invite::ActiveModel;
pub use invite::Model as Invite;

pub(super) mod invite {
    use crate::{
        ids::{InviteId, RoomId, UserId},
        platform::clock::Moment,
    };
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "invites")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InviteId,
        pub code_sealed: Vec<u8>,
        pub code_index: Vec<u8>,
        pub room_id: Option<RoomId>,
        pub created_by: UserId,
        pub created_at: Moment,
        pub expires_at: Moment,
        pub max_uses: i32,
        pub uses: i32,
        pub revoked_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Sealed so that reading the database lets nobody in; opened to be shown again to those who invite.
pub(super) fn seal_code(keys: &KeyRing, id: &InviteId, code: &str) -> (Vec<u8>, Vec<u8>) {
    (keys.seal(&place(id), code), index(keys, code))
}

pub(super) fn open_code(keys: &KeyRing, invite: &Invite) -> Result<String> {
    keys.open_text(&place(&invite.id), &invite.code_sealed)
}

fn place(id: &InviteId) -> Place<'_> {
    Place { table: "invites", column: "code_sealed", row: id.0.as_bytes() }
}

fn index(keys: &KeyRing, code: &str) -> Vec<u8> {
    keys.index("invite-code:v1", code)
}

pub(super) async fn insert(db: &impl ConnectionTrait, row: ActiveModel) -> Result<Invite> {
    Ok(row.insert(db).await?)
}

pub(super) async fn find_by_code(db: &impl ConnectionTrait, keys: &KeyRing, code: &str) -> Result<Option<Invite>> {
    let is_that_one = invite::Column::CodeIndex.eq(index(keys, code));
    Ok(invite::Entity::find().filter(is_that_one).one(db).await?)
}

/// Newest first, the dead ones included: who invited whom stays visible.
pub(super) async fn list(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Invite>> {
    use sea_orm::QuerySelect;
    Ok(invite::Entity::find().order_by_desc(invite::Column::CreatedAt).limit(limit).all(db).await?)
}

/// Takes one use; of several who want the last one, exactly one gets it.
pub(super) async fn take_use(db: &impl ConnectionTrait, id: InviteId, now: Moment) -> Result<bool> {
    let taken = invite::Entity::update_many()
        .col_expr(invite::Column::Uses, Expr::col(invite::Column::Uses).add(1))
        .filter(invite::Column::Id.eq(id))
        .filter(invite::Column::RevokedAt.is_null())
        .filter(invite::Column::ExpiresAt.gt(now))
        .filter(Expr::col(invite::Column::Uses).lt(Expr::col(invite::Column::MaxUses)))
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

pub(super) async fn revoke(db: &impl ConnectionTrait, id: InviteId, now: Moment) -> Result<bool> {
    let revoked = invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(now))
        .filter(invite::Column::Id.eq(id))
        .filter(invite::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(revoked.rows_affected == 1)
}

pub(super) async fn exists(db: &impl ConnectionTrait, id: InviteId) -> Result<bool> {
    Ok(invite::Entity::find_by_id(id).one(db).await?.is_some())
}
