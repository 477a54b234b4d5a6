use crate::{error::Result, platform::clock::Moment};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, Set, sea_query::OnConflict};

pub(super) use data_key::Model as DataKey;

mod data_key {
    use crate::platform::clock::Moment;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "data_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub purpose: String,
        pub wrapped: Vec<u8>,
        pub created_at: Moment,
        pub retired_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<DataKey>> {
    Ok(data_key::Entity::find().order_by_asc(data_key::Column::Id).all(db).await?)
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    id: i32,
    purpose: &str,
    wrapped: Vec<u8>,
    now: Moment,
) -> Result<()> {
    let row = data_key::ActiveModel {
        id: Set(id),
        purpose: Set(purpose.to_owned()),
        wrapped: Set(wrapped),
        created_at: Set(now),
        retired_at: Set(None),
    };
    // Of two servers that start on one database at once, both use the key of the first.
    let there_already = OnConflict::column(data_key::Column::Id).do_nothing().to_owned();
    data_key::Entity::insert(row).on_conflict(there_already).exec_without_returning(db).await?;
    Ok(())
}
