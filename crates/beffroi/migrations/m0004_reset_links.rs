//! One-time links to set a new password (ID-8).

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, uuid, var_binary},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_reset_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// The person is the key: of several links made for somebody only the last one opens.
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut whose = ForeignKey::create();
        whose.from("reset_links", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade);
        let links = Table::create()
            .table("reset_links")
            .col(uuid("user_id").primary_key())
            .col(var_binary("token_digest", 32).unique_key())
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .foreign_key(&mut whose)
            .to_owned();
        schema.create_table(links).await
    }
}
