//! People, sessions, invitations, rooms, messages, the audit log and the keys that seal personal fields.
//! Times are whole milliseconds since the epoch; `*_sealed` columns hold AES-256-GCM, `*_index` a keyed index (DP-3).

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary, binary_null, boolean, integer, string, string_null, text, uuid,
        uuid_null,
    },
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_two_people_talk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        create_keys(schema).await?;
        create_people(schema).await?;
        create_sessions(schema).await?;
        create_rooms(schema).await?;
        create_invites(schema).await?;
        create_messages(schema).await?;
        create_audit(schema).await
    }
}

async fn create_keys(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let data_keys = Table::create()
        .table("data_keys")
        .col(integer("id").primary_key())
        .col(string("purpose"))
        .col(binary("wrapped"))
        .col(big_integer("created_at"))
        .col(big_integer_null("retired_at"))
        .to_owned();
    schema.create_table(data_keys).await?;
    let settings = Table::create().table("settings").col(string("key").primary_key()).col(text("value")).to_owned();
    schema.create_table(settings).await?;
    let setup_links = Table::create()
        .table("setup_links")
        .col(binary("token_digest").primary_key())
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .to_owned();
    schema.create_table(setup_links).await
}

async fn create_people(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let roles = Table::create()
        .table("roles")
        .col(string("name").primary_key())
        .col(text("permissions"))
        .col(boolean("is_built_in"))
        .to_owned();
    schema.create_table(roles).await?;
    let users = Table::create()
        .table("users")
        .col(uuid("id").primary_key())
        .col(string("username"))
        .col(string("username_key").unique_key())
        .col(string("username_skeleton").unique_key())
        .col(binary("email_sealed"))
        .col(binary("email_index").unique_key())
        .col(binary_null("first_name_sealed"))
        .col(binary_null("last_name_sealed"))
        .col(binary_null("birth_date_sealed"))
        .col(string_null("password_hash"))
        .col(string("role"))
        .col(string("language"))
        .col(boolean("is_active"))
        .col(boolean("is_deletable"))
        .col(boolean("must_change_password"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer_null("last_seen_at"))
        .foreign_key(ForeignKey::create().from("users", "role").to("roles", "name"))
        .to_owned();
    schema.create_table(users).await
}

async fn create_sessions(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sessions = Table::create()
        .table("sessions")
        .col(uuid("id").primary_key())
        .col(binary("token_digest").unique_key())
        .col(uuid("user_id"))
        .col(string_null("device"))
        .col(string_null("ip_address"))
        .col(big_integer("created_at"))
        .col(big_integer("last_seen_at"))
        .col(big_integer("idle_timeout_ms"))
        .col(big_integer("idle_expires_at"))
        .col(big_integer("absolute_expires_at"))
        .col(big_integer_null("ended_at"))
        .col(string_null("ended_reason"))
        .foreign_key(
            ForeignKey::create().from("sessions", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    schema.create_table(sessions).await?;
    index(schema, "sessions", &["user_id"]).await?;
    index(schema, "sessions", &["absolute_expires_at"]).await
}

async fn create_rooms(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let rooms = Table::create()
        .table("rooms")
        .col(uuid("id").primary_key())
        .col(string("name"))
        .col(string("name_key").unique_key())
        .col(string("topic"))
        .col(string("policy"))
        .col(boolean("sensitive"))
        .col(boolean("archived"))
        .col(integer("slow_mode_seconds"))
        .col(big_integer("last_seq"))
        .col(uuid_null("created_by"))
        .col(big_integer("created_at"))
        .to_owned();
    schema.create_table(rooms).await?;
    let members = Table::create()
        .table("room_members")
        .col(uuid("room_id"))
        .col(uuid("user_id"))
        .col(string("role"))
        .col(big_integer("read_seq"))
        .col(big_integer("joined_at"))
        .primary_key(Index::create().col("room_id").col("user_id"))
        .foreign_key(&mut room_key("room_members"))
        .foreign_key(
            ForeignKey::create().from("room_members", "user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    schema.create_table(members).await?;
    index(schema, "room_members", &["user_id"]).await?;
    // Every change of a room but a new message, which carries its number itself.
    let events = Table::create()
        .table("room_events")
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(string("kind"))
        .col(text("data"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("room_id").col("seq"))
        .foreign_key(&mut room_key("room_events"))
        .to_owned();
    schema.create_table(events).await
}

async fn create_invites(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let invites = Table::create()
        .table("invites")
        .col(uuid("id").primary_key())
        .col(binary("code_sealed"))
        .col(binary("code_index").unique_key())
        .col(uuid_null("room_id"))
        .col(uuid("created_by"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(integer("max_uses"))
        .col(integer("uses"))
        .col(big_integer_null("revoked_at"))
        .foreign_key(&mut room_key("invites"))
        .foreign_key(
            ForeignKey::create().from("invites", "created_by").to("users", "id").on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    schema.create_table(invites).await
}

async fn create_messages(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let messages = Table::create()
        .table("messages")
        .col(uuid("id").primary_key())
        .col(uuid("room_id"))
        .col(big_integer("seq"))
        .col(uuid("author_id"))
        .col(uuid("client_id"))
        .col(text("text"))
        .col(binary("sent_digest"))
        .col(big_integer("created_at"))
        .col(big_integer_null("edited_at"))
        .col(big_integer_null("deleted_at"))
        .col(uuid_null("reply_to"))
        .foreign_key(&mut room_key("messages"))
        .foreign_key(ForeignKey::create().from("messages", "author_id").to("users", "id"))
        .to_owned();
    schema.create_table(messages).await?;
    index(schema, "messages", &["reply_to"]).await?;
    let revisions = Table::create()
        .table("message_revisions")
        .col(uuid("message_id"))
        .col(big_integer("written_at"))
        .col(text("text"))
        .primary_key(Index::create().col("message_id").col("written_at"))
        .foreign_key(
            ForeignKey::create()
                .from("message_revisions", "message_id")
                .to("messages", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    schema.create_table(revisions).await?;
    unique_index(schema, "messages", &["room_id", "seq"]).await?;
    unique_index(schema, "messages", &["author_id", "client_id"]).await
}

async fn create_audit(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let audit = Table::create()
        .table("audit_events")
        .col(uuid("id").primary_key())
        .col(string("event_type"))
        .col(text("event_data"))
        .col(uuid_null("user_id"))
        .col(string_null("ip_address"))
        .col(string_null("user_agent"))
        .col(uuid_null("request_id"))
        .col(big_integer("created_at"))
        .to_owned();
    schema.create_table(audit).await?;
    index(schema, "audit_events", &["created_at"]).await?;
    index(schema, "audit_events", &["user_id", "created_at"]).await
}

fn room_key(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "room_id").to("rooms", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}

async fn index(schema: &SchemaManager<'_>, table: &'static str, columns: &[&'static str]) -> Result<(), DbErr> {
    schema.create_index(named_index(table, columns)).await
}

async fn unique_index(schema: &SchemaManager<'_>, table: &'static str, columns: &[&'static str]) -> Result<(), DbErr> {
    schema.create_index(named_index(table, columns).unique().to_owned()).await
}

fn named_index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_by_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
