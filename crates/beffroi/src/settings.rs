//! What the console may change while the server runs; never secrets or security switches.

use crate::error::Result;
use sea_orm::{ConnectionTrait, EntityTrait, Set, sea_query::OnConflict};

mod setting {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub value: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub const SERVER_NAME_CHARS_MAX: usize = 80;
const SERVER_NAME: &str = "server.name";
const SERVER_NAME_DEFAULT: &str = "Beffroi";

/// How the community calls itself.
pub async fn server_name(db: &impl ConnectionTrait) -> Result<String> {
    let row = setting::Entity::find_by_id(SERVER_NAME).one(db).await?;
    Ok(row.map_or_else(|| SERVER_NAME_DEFAULT.to_owned(), |row| row.value))
}

pub async fn set_server_name(db: &impl ConnectionTrait, name: &str) -> Result<()> {
    let row = setting::ActiveModel { key: Set(SERVER_NAME.to_owned()), value: Set(name.to_owned()) };
    setting::Entity::insert(row)
        .on_conflict(OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}
