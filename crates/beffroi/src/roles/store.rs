use super::model::{BUILT_IN_ROLES, PermissionSet, Role};
use crate::{
    error::{Error, Result},
    platform::database::Database,
};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Set, sea_query::OnConflict};

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
        permissions: Set(serde_json::json!(groups.concat()).to_string()),
        is_built_in: Set(true),
    });
    role::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(role::Column::Name).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// What a role may do; an unknown role may do nothing.
pub async fn permissions_of(db: &impl ConnectionTrait, name: &str) -> Result<PermissionSet> {
    let Some(row) = role::Entity::find_by_id(name).one(db).await? else {
        return Ok(PermissionSet::default());
    };
    let names: Vec<String> = serde_json::from_str(&row.permissions).map_err(Error::internal)?;
    Ok(PermissionSet::from_names(names.iter().map(String::as_str)))
}

/// Holds the role's row until the transaction ends: those who give it to somebody follow each other.
pub async fn lock(db: &impl ConnectionTrait, role: &Role) -> Result<()> {
    role::Entity::find_by_id(role.0.as_str()).lock_exclusive().one(db).await?;
    Ok(())
}
