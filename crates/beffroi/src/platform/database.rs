//! The database: SQLite (WAL) in the data directory or PostgreSQL by URL, one code path for both.
//!
//! SQLite has one writing connection (writers queue for it instead of colliding) and several readers. Durability is not
//! left to defaults: `synchronous=FULL` here, `fsync` and `synchronous_commit` there, asserted at every start.

use crate::{
    error::{Error, Result},
    platform::migrations::Migrator,
};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaDatabase, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use std::{collections::HashSet, path::Path, time::Duration};

/// Readers beside the one writer on SQLite.
const SQLITE_READERS: u32 = 4;
/// Pages in memory: what is written again and again, such as the newest part of each index, should not be read again. They
/// are taken as they are needed.
const SQLITE_WRITER_CACHE_KIB: u32 = 16 * 1024;
const SQLITE_READER_CACHE_KIB: u32 = 2 * 1024;
/// The log is copied into the file when it has so many pages, 32 MiB: a page that was written often meanwhile is copied once.
const SQLITE_CHECKPOINT_PAGES: u32 = 8000;
/// Connections to PostgreSQL; the writer of messages needs one of them.
const POSTGRES_CONNECTIONS: u32 = 12;
/// Longest wait for a connection before the client is told to come back.
const ACQUIRE_MAX: Duration = Duration::from_secs(5);
/// Longest wait for another process that writes to the same SQLite file.
const SQLITE_BUSY_MAX: Duration = Duration::from_secs(10);
/// Migrating servers queue on this PostgreSQL advisory lock ("beffroi" in ASCII).
const MIGRATION_LOCK: i64 = 0x62_65_66_66_72_6f_69;

#[derive(Clone)]
pub struct Database {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

/// Why a database is not one to serve on.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("the database could not be opened")]
    Unreachable(#[source] sea_orm::DbErr),
    #[error(
        "the database was written by a newer Beffroi (it knows {0}, this one does not): run that version, or restore a backup made with this one"
    )]
    Newer(String),
    #[error(
        "{setting} is {value}: what this server acknowledges must survive a power cut, so {setting} must be {wanted}"
    )]
    NotDurable { setting: &'static str, value: String, wanted: &'static str },
    #[error("the database could not be brought up to date")]
    Migration(#[source] sea_orm::DbErr),
}

impl Database {
    /// Opens the SQLite file, made if missing.
    pub async fn open_sqlite(file: &Path) -> Result<Self, Unfit> {
        let url = format!("sqlite:{}?mode=rwc", file.display());
        let connect = |connections: u32, cache_kib: u32| {
            let mut options = ConnectOptions::new(url.clone());
            options.max_connections(connections).acquire_timeout(ACQUIRE_MAX).sqlx_logging(false).map_sqlx_sqlite_opts(
                move |sqlite| {
                    sqlite
                        .journal_mode(SqliteJournalMode::Wal)
                        .synchronous(SqliteSynchronous::Full)
                        .foreign_keys(true)
                        .busy_timeout(SQLITE_BUSY_MAX)
                        .pragma("cache_size", format!("-{cache_kib}"))
                        .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT_PAGES.to_string())
                        .pragma("temp_store", "memory")
                        .pragma("secure_delete", "on")
                },
            );
            options
                .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_clean(connection))));
            SeaDatabase::connect(options)
        };
        let write = connect(1, SQLITE_WRITER_CACHE_KIB).await.map_err(Unfit::Unreachable)?;
        let read = connect(SQLITE_READERS, SQLITE_READER_CACHE_KIB).await.map_err(Unfit::Unreachable)?;
        Ok(Self { read, write })
    }

    pub async fn open_postgres(url: &str) -> Result<Self, Unfit> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_MAX).sqlx_logging(false);
        let pool = SeaDatabase::connect(options).await.map_err(Unfit::Unreachable)?;
        Ok(Self { read: pool.clone(), write: pool })
    }

    /// For reads outside a transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// A transaction that writes. On SQLite it takes the write lock at once: a lock taken later could fail half-way.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    pub fn is_sqlite(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Sqlite
    }

    /// Brings the schema up to date, under a lock, each step in a transaction; refuses a schema from the future.
    pub async fn migrate(&self) -> Result<(), Unfit> {
        if self.is_sqlite() {
            return self.migrate_unlocked().await;
        }
        let session = self.write.begin().await.map_err(Unfit::Migration)?;
        let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
        session.execute_unprepared(&lock).await.map_err(Unfit::Migration)?;
        let done = self.migrate_unlocked().await;
        session.commit().await.map_err(Unfit::Migration)?;
        done
    }

    async fn migrate_unlocked(&self) -> Result<(), Unfit> {
        let known: HashSet<String> =
            Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        Migrator::install(&self.write).await.map_err(Unfit::Migration)?;
        let applied = Migrator::get_migration_models(&self.write).await.map_err(Unfit::Migration)?;
        let missing = known.len().saturating_sub(applied.len());
        if let Some(unknown) = applied.into_iter().find(|step| !known.contains(&step.version)) {
            return Err(Unfit::Newer(unknown.version));
        }
        if missing > 0 {
            tracing::info!(steps = missing, "the database is brought up to date");
        }
        Migrator::up(&self.write, None).await.map_err(Unfit::Migration)
    }

    /// Refuses a database that would acknowledge before it is durable.
    pub async fn assert_durable(&self) -> Result<(), Unfit> {
        if self.is_sqlite() {
            // 2 is FULL, 3 EXTRA (https://www.sqlite.org/pragma.html#pragma_synchronous).
            self.assert_setting("PRAGMA synchronous", "synchronous", &["2", "3"], "FULL").await?;
            return self.assert_setting("PRAGMA journal_mode", "journal_mode", &["wal"], "wal").await;
        }
        self.assert_setting("SHOW fsync", "fsync", &["on"], "on").await?;
        let durable = ["on", "local", "remote_write", "remote_apply"];
        self.assert_setting("SHOW synchronous_commit", "synchronous_commit", &durable, "on").await
    }

    async fn assert_setting(
        &self,
        question: &str,
        setting: &'static str,
        accepted: &[&str],
        wanted: &'static str,
    ) -> Result<(), Unfit> {
        let statement = Statement::from_string(self.write.get_database_backend(), question);
        let row = self.write.query_one_raw(statement).await.map_err(Unfit::Unreachable)?;
        let value = row.and_then(|row| {
            row.try_get_by_index::<String>(0)
                .ok()
                .or_else(|| row.try_get_by_index::<i64>(0).ok().map(|number| number.to_string()))
        });
        let value = value.unwrap_or_default();
        if accepted.contains(&value.as_str()) {
            return Ok(());
        }
        Err(Unfit::NotDurable { setting, value, wanted })
    }

    /// Whether nobody has made a schema in it yet.
    pub async fn is_empty(&self) -> Result<bool, Unfit> {
        self.read.ping().await.map_err(Unfit::Unreachable)?;
        Ok(self.read.execute_unprepared("SELECT 1 FROM seaql_migrations").await.is_err())
    }

    /// Whether the database answers, for the readiness probe.
    pub async fn is_reachable(&self) -> bool {
        self.read.ping().await.is_ok()
    }

    pub async fn close(self) -> Result<()> {
        let Self { read, write } = self;
        write.close().await?;
        read.close().await?;
        Ok(())
    }
}

/// Whether a connection can be used again. When the disk is full SQLite rolls back by itself; the driver's own ROLLBACK
/// then fails, and it takes the connection, our only one that writes, to be in a transaction for ever: every later commit
/// would be of a part of one that never ends, and acknowledge what is not durable.
async fn is_clean(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may still be on its way; the ping comes after it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

impl From<Unfit> for Error {
    fn from(unfit: Unfit) -> Self {
        Error::internal(unfit)
    }
}
