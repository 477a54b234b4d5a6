//! `beffroi setup-link`: a fresh one-time link to create the main administrator.

use super::{Settings, circumstances};
use crate::{
    accounts::{self, actions},
    app::App,
    error::{Code, Error, Result},
    tx::Tx,
};
use secrecy::ExposeSecret;

pub(super) async fn run(settings: Settings) -> Result<()> {
    let app = settings.open().await?;
    let origin = app.config.origin();
    let link = issue(&app, &origin).await?.ok_or(Error::refuse(Code::SETUP_CLOSED))?;
    println!("{link}");
    app.stop().await
}

/// A link while no administrator exists. The token stands behind `#`, where no server and no proxy logs it.
pub(super) async fn issue(app: &App, origin: &str) -> Result<Option<String>> {
    if accounts::an_administrator_exists(app.database.reader()).await? {
        return Ok(None);
    }
    let tx = Tx::begin(app, circumstances(app)).await?;
    let token = actions::issue_setup_link(&tx).await?;
    tx.commit().await?;
    Ok(Some(format!("{origin}/setup#{}", token.expose_secret())))
}
