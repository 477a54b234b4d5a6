//! The transaction of an act: its rows, its audit events and its publications. They stand or fall together;
//! what is published is published after the commit, and nothing is when there is none.

use crate::{
    app::App,
    audit::{self, Act, Circumstances},
    error::Result,
    event::Publication,
    ids::AuditEventId,
};
use sea_orm::DatabaseTransaction;

pub struct Tx<'a> {
    pub app: &'a App,
    pub circumstances: Circumstances,
    /// For the statements of a feature's store.
    pub db: DatabaseTransaction,
    publications: Vec<Publication>,
}

impl<'a> Tx<'a> {
    pub async fn begin(app: &'a App, circumstances: Circumstances) -> Result<Self> {
        let db = app.database.begin().await?;
        Ok(Self { app, circumstances, db, publications: Vec::new() })
    }

    /// Records what is done in the same transaction as the doing (OB-1).
    pub async fn record(&self, act: Act) -> Result<()> {
        self.record_event(act).await.map(drop)
    }

    /// The same, for a row that something else refers to.
    pub async fn record_event(&self, act: Act) -> Result<AuditEventId> {
        audit::record(&self.db, &self.app.random, &self.circumstances, &act).await
    }

    /// To be told to whoever listens, once it is true.
    pub fn publish(&mut self, publication: Publication) {
        self.publications.push(publication);
    }

    pub async fn commit(self) -> Result<()> {
        self.db.commit().await?;
        for publication in self.publications {
            self.app.publish(publication);
        }
        Ok(())
    }
}
