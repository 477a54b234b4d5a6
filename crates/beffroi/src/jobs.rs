//! Every background job: what it does, how often, and under which name it is logged. Jobs end with the server.

use crate::{
    app::App,
    audit::{self, Act, Circumstances},
    error::{Result, chain},
    passwords, realtime, sessions,
};
use std::time::Duration;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Sockets whose session ran out are closed within this time (AU-11).
const SESSION_WATCH: Duration = Duration::from_millis(500);
/// What was not published here is made up for within this time: a lost publication, or somebody whom another process
/// removed from a room (AU-3).
const HEAD_WATCH: Duration = Duration::from_millis(500);
/// Refusals are recorded once a source and minute (OB-1).
const REFUSAL_RECORD: Duration = Duration::from_secs(60);
const SESSION_SWEEP: Duration = Duration::from_secs(3600);

pub fn start(app: &App, stop: &CancellationToken) -> TaskTracker {
    let tasks = TaskTracker::new();
    every(&tasks, stop, app, "watch sessions", SESSION_WATCH, watch_sessions);
    every(&tasks, stop, app, "compare room heads", HEAD_WATCH, compare_heads);
    every(&tasks, stop, app, "sweep sessions", SESSION_SWEEP, sweep_sessions);
    every(&tasks, stop, app, "record refusals", REFUSAL_RECORD, record_refusals);
    tasks.close();
    tasks
}

fn every<F>(
    tasks: &TaskTracker,
    stop: &CancellationToken,
    app: &App,
    name: &'static str,
    interval: Duration,
    job: impl Fn(App) -> F + Send + 'static,
) where
    F: Future<Output = Result<()>> + Send,
{
    let (app, stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = job(app.clone()).await {
                tracing::error!(job = name, error = chain(&error), "a job failed and is tried again");
            }
        }
    });
}

pub async fn watch_sessions(app: App) -> Result<()> {
    app.hub.end_expired(app.clock.now());
    sessions::watch(&app).await
}

pub async fn compare_heads(app: App) -> Result<()> {
    realtime::compare(&app).await
}

pub async fn record_refusals(app: App) -> Result<()> {
    let refusals = app.limits.take_refusals();
    if refusals.is_empty() {
        return Ok(());
    }
    let tx = app.database.begin().await?;
    for refused in refusals {
        let mut circumstances = Circumstances::shell(app.random.id(), app.clock.now());
        circumstances.user_agent = None;
        circumstances.ip_address = refused.address;
        circumstances.user = refused.user;
        let act = Act::RateLimitExceeded { endpoint: refused.rule, count: refused.count };
        audit::record(&tx, &app.random, &circumstances, &act).await?;
    }
    Ok(tx.commit().await?)
}

pub async fn sweep_sessions(app: App) -> Result<()> {
    passwords::sweep(&app).await?;
    let forgotten = sessions::sweep(&app).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "sessions that were long over are forgotten");
    }
    Ok(())
}
