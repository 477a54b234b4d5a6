//! Whom an answer answers: what others said to a person is one range of an index, however much that person wrote. And up to
//! where people have seen what was said to them.

use sea_orm_migration::{
    prelude::*,
    schema::{uuid, uuid_null},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_answers_to_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        name_the_answered(schema).await?;
        create_markers(schema).await
    }
}

/// `reply_to_author` wrote the message that is answered, `thread_author` the one that the thread began with.
async fn name_the_answered(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in ["reply_to_author", "thread_author"] {
        schema.alter_table(Table::alter().table("messages").add_column(uuid_null(column)).to_owned()).await?;
    }
    let fill = Query::update()
        .table("messages")
        .value("reply_to_author", author_of("reply_to"))
        .value("thread_author", author_of("thread_root"))
        .and_where(Expr::col("reply_to").is_not_null())
        .to_owned();
    schema.get_connection().execute(&fill).await?;
    for column in ["reply_to_author", "thread_author"] {
        // The ids of messages grow with time (v7).
        let by_author = Index::create()
            .name(format!("messages_by_{column}_id"))
            .table("messages")
            .col(column)
            .col("id")
            .and_where(Expr::col(column).is_not_null())
            .to_owned();
        schema.create_index(by_author).await?;
    }
    Ok(())
}

async fn create_markers(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut whose = ForeignKey::create();
    whose.from("activity_markers", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade);
    let markers = Table::create()
        .table("activity_markers")
        .col(uuid("user_id").primary_key())
        // No reference: it is a place in time, whatever becomes of the message that stood there.
        .col(uuid("message_id"))
        .foreign_key(&mut whose)
        .to_owned();
    schema.create_table(markers).await
}

fn author_of(column: &'static str) -> SimpleExpr {
    let named = Alias::new("named");
    let author = Query::select()
        .column((named.clone(), "author_id"))
        .from_as("messages", named.clone())
        .and_where(Expr::col((named, "id")).equals(("messages", column)))
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(author.into()))
}
