//! The networks that people use their accounts from, to tell them of a new one (AU-10).

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_integer_null, uuid, uuid_null, var_binary},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_known_networks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// `network` is a keyed hash. `event_id` is the audit event that told of it; the first network of an account has none.
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut whose = ForeignKey::create();
        whose.from("known_networks", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade);
        let networks = Table::create()
            .table("known_networks")
            .col(uuid("user_id"))
            .col(var_binary("network", 16))
            .col(big_integer("first_seen_at"))
            .col(big_integer("last_seen_at"))
            .col(uuid_null("event_id"))
            .col(big_integer_null("dismissed_at"))
            .primary_key(Index::create().col("user_id").col("network"))
            .foreign_key(&mut whose)
            .to_owned();
        schema.create_table(networks).await?;
        let mut by_use = Index::create();
        by_use.name("known_networks_by_last_seen_at").table("known_networks").col("last_seen_at");
        schema.create_index(by_use).await
    }
}
