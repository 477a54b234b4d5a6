use super::model::{BUILT_IN_ROLES, PermissionSet, Role};
use crate::{
    error::{Error, Result},
    platform::{
        database::Database,
        http::etag::{Editable, Tag},
    },
};
use schemars::JsonSchema;
use sea_orm::{
    ConnectionTrait, EntityTrait, PaginatorTrait, QueryOrder, QuerySelect, Set, SqlErr, sea_query::OnConflict,
};
use serde::Serialize;
use serde_json::json;

mod role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "roles")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub permissions: String,
        pub is_built_in: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Writes the built-in roles that are missing; what an administrator changed stays.
pub async fn ensure_built_in(database: &Database) -> Result<()> {
    let tx = database.begin().await?;
    let rows = BUILT_IN_ROLES.iter().map(|(name, groups)| role::ActiveModel {
        name: Set((*name).to_owned()),
        permissions: Set(json!(groups.concat()).to_string()),
        is_built_in: Set(true),
    });
    role::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(role::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// A role and what it may do.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
#[schemars(rename = "Role")]
pub struct Definition {
    pub name: Role,
    pub permissions: PermissionSet,
    pub is_built_in: bool,
}

impl Editable for Definition {
    fn tag(&self) -> Tag {
        Tag::of(&json!(self.permissions))
    }
}

impl TryFrom<role::Model> for Definition {
    type Error = Error;

    fn try_from(row: role::Model) -> Result<Self> {
        let names: Vec<String> = serde_json::from_str(&row.permissions).map_err(Error::internal)?;
        let permissions = PermissionSet::from_names(names.iter().map(String::as_str));
        Ok(Self { name: Role(row.name), permissions, is_built_in: row.is_built_in })
    }
}

fn stored(permissions: PermissionSet) -> String {
    json!(permissions.names()).to_string()
}

/// What a role may do; an unknown role may do nothing.
pub async fn permissions_of(db: &impl ConnectionTrait, name: &str) -> Result<PermissionSet> {
    let row = role::Entity::find_by_id(name).one(db).await?;
    row.map_or(Ok(PermissionSet::default()), |row| Ok(Definition::try_from(row)?.permissions))
}

pub async fn find(db: &impl ConnectionTrait, role: &Role) -> Result<Option<Definition>> {
    role::Entity::find_by_id(role.0.as_str()).one(db).await?.map(Definition::try_from).transpose()
}

/// Every role, by name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Definition>> {
    let rows = role::Entity::find().order_by_asc(role::Column::Name).all(db).await?;
    rows.into_iter().map(Definition::try_from).collect()
}

pub async fn count(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(role::Entity::find().count(db).await?)
}

/// Says whether the name was free.
pub async fn insert(db: &impl ConnectionTrait, role: &Role, permissions: PermissionSet) -> Result<bool> {
    let row =
        role::ActiveModel { name: Set(role.0.clone()), permissions: Set(stored(permissions)), is_built_in: Set(false) };
    let inserted = role::Entity::insert_many([row])
        .on_conflict(OnConflict::column(role::Column::Name).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted == 1)
}

pub async fn set_permissions(db: &impl ConnectionTrait, role: &Role, permissions: PermissionSet) -> Result<()> {
    let row =
        role::ActiveModel { name: Set(role.0.clone()), permissions: Set(stored(permissions)), ..Default::default() };
    role::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Says whether nobody had the role: who has one is bound to it by the database.
pub async fn delete_unused(db: &impl ConnectionTrait, role: &Role) -> Result<bool> {
    match role::Entity::delete_by_id(role.0.as_str()).exec(db).await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Holds the role's row until the transaction ends: those who give it to somebody follow each other.
pub async fn lock(db: &impl ConnectionTrait, role: &Role) -> Result<()> {
    role::Entity::find_by_id(role.0.as_str()).lock_exclusive().one(db).await?;
    Ok(())
}
