//! Threads by their root, direct messages, who blocked whom.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, string_null, uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_threads_and_conversations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        give_messages_their_thread(schema).await?;
        open_direct_rooms(schema).await?;
        create_blocks(schema).await
    }
}

/// An answer to an answer belongs to the thread of the first message: stored, so that a thread is one range of one index.
async fn give_messages_their_thread(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let column = Table::alter().table("messages").add_column(uuid_null("thread_root")).to_owned();
    schema.alter_table(column).await?;
    let by_thread = Index::create()
        .name("messages_by_thread_root_seq")
        .table("messages")
        .col("thread_root")
        .col("seq")
        .and_where(Expr::col("thread_root").is_not_null())
        .to_owned();
    schema.create_index(by_thread).await?;
    let database = schema.get_connection();
    let to_the_answered = Query::update()
        .table("messages")
        .value("thread_root", Expr::col("reply_to"))
        .and_where(Expr::col("reply_to").is_not_null())
        .to_owned();
    database.execute(&to_the_answered).await?;
    // Each round carries every answer one step up its chain, until all stand at their roots.
    while database.execute(&one_step_up()).await?.rows_affected() > 0 {}
    schema.drop_index(Index::drop().name("messages_by_reply_to").table("messages").to_owned()).await
}

fn one_step_up() -> UpdateStatement {
    let answered = Alias::new("answered");
    let above = Query::select()
        .column((answered.clone(), "thread_root"))
        .from_as("messages", answered.clone())
        .and_where(Expr::col((answered, "id")).equals(("messages", "thread_root")))
        .to_owned();
    let answers =
        Query::select().column("id").from("messages").and_where(Expr::col("thread_root").is_not_null()).to_owned();
    Query::update()
        .table("messages")
        .value("thread_root", SimpleExpr::SubQuery(None, Box::new(above.into())))
        .and_where(Expr::col("thread_root").in_subquery(answers))
        .to_owned()
}

/// `direct_key` stands for a set of people: there is one conversation of the same people, however many open it at once.
async fn open_direct_rooms(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let key = Table::alter().table("rooms").add_column(string_null("direct_key")).to_owned();
    schema.alter_table(key).await?;
    let group = Table::alter().table("rooms").add_column(boolean("is_group").default(false)).to_owned();
    schema.alter_table(group).await?;
    let by_key = Index::create().name("rooms_by_direct_key").table("rooms").col("direct_key").unique().to_owned();
    schema.create_index(by_key).await
}

async fn create_blocks(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut by = ForeignKey::create();
    by.from("blocks", "blocked_by").to("users", "id").on_delete(ForeignKeyAction::Cascade);
    let mut whom = ForeignKey::create();
    whom.from("blocks", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade);
    let blocks = Table::create()
        .table("blocks")
        .col(uuid("blocked_by"))
        .col(uuid("user_id"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("blocked_by").col("user_id"))
        .foreign_key(&mut by)
        .foreign_key(&mut whom)
        .to_owned();
    schema.create_table(blocks).await?;
    let by_blocked = Index::create().name("blocks_by_user_id").table("blocks").col("user_id").to_owned();
    schema.create_index(by_blocked).await
}
