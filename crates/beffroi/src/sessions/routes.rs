use super::{
    actions::{self, Credential, Credentials, SessionKind, Tokens},
    cookie,
    csrf_token::CsrfToken,
    known_networks::{self, NewNetworks},
    network::Network,
    store,
};
use crate::{
    accounts::UserView,
    actor::Actor,
    app::App,
    audit::{self, Circumstances, OwnEvent},
    error::Result,
    event::Notice,
    ids::{AuditEventId, SessionId},
    platform::{
        clock::Moment,
        http::{
            answer::{self, NoContent, Page, Success},
            describe::As,
            payload::{self, Ids, Payload, Query},
        },
    },
};
use axum::{extract::State, response::IntoResponse};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// User name or e-mail address.
    username: String,
    #[schemars(with = "String")]
    password: SecretString,
    session: Option<WantedSession>,
    remember: Option<bool>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WantedSession {
    Cookie,
    Token,
}

#[derive(JsonSchema, Serialize)]
pub struct SignedInView {
    #[serde(flatten)]
    tokens: Option<TokensView>,
    user: UserView,
}

#[derive(JsonSchema, Serialize)]
pub struct TokensView {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: u64,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            token_type: "Bearer",
            expires_in: tokens.lifetime.as_secs(),
        }
    }
}

/// Signs in. A token by default; with `session: "cookie"` a cookie for a browser.
///
/// Errors: auth.invalid_credentials, server.busy, rate_limited.
pub async fn sign_in(
    State(app): State<App>,
    circumstances: Circumstances,
    headers: HeaderMap,
    Payload(body): Payload<SignIn>,
) -> Result<As<Success<SignedInView>>> {
    let kind = match body.session {
        Some(WantedSession::Cookie) => SessionKind::Cookie { remember: body.remember.unwrap_or(false) },
        Some(WantedSession::Token) | None => SessionKind::Token,
    };
    let credentials = Credentials { login: body.username, password: body.password, kind };
    let signed_in = actions::sign_in(&app, circumstances.clone(), credentials).await?;
    let user = UserView::open(&app.keys, signed_in.account)?;
    match signed_in.credential {
        Credential::Cookie { secret, lifetime } => {
            actions::replace_earlier(&app, circumstances, &headers).await?;
            let cookie = cookie::write(&app, &secret, lifetime);
            Ok(([(header::SET_COOKIE, cookie)], Success(SignedInView { tokens: None, user })).into_response().into())
        }
        Credential::Tokens(tokens) => {
            Ok(Success(SignedInView { tokens: Some(tokens.into()), user }).into_response().into())
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair. Each is good for one use.
///
/// Errors: auth.token_invalid, auth.token_expired, auth.session_idle, auth.session_absolute, auth.session_revoked,
/// auth.password_changed.
pub async fn refresh(
    State(app): State<App>,
    circumstances: Circumstances,
    Payload(body): Payload<Refresh>,
) -> Result<Success<TokensView>> {
    let tokens = actions::refresh(&app, circumstances, &body.refresh_token).await?;
    Ok(Success(tokens.into()))
}

/// Ends the session that asks.
pub async fn sign_out(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Result<As<NoContent>> {
    actions::sign_out(&app, circumstances, actor.session.id).await?;
    Ok(signed_out(&app))
}

/// Ends every session of the person who asks.
pub async fn sign_out_everywhere(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
) -> Result<As<NoContent>> {
    actions::sign_out_everywhere(&app, circumstances, actor.user).await?;
    Ok(signed_out(&app))
}

fn signed_out(app: &App) -> As<NoContent> {
    // Not "storage": a draft that was being written belongs to the person, and the page removes what it must itself.
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    ([(header::SET_COOKIE, cookie::clear(app)), clear], NoContent).into_response().into()
}

/// What opens a socket once.
#[derive(JsonSchema, Serialize)]
pub struct TicketView {
    ticket: String,
    /// Seconds until it opens nothing any more.
    expires_in: u64,
}

/// Makes a ticket for the socket. It opens one, within half a minute, for the person, session and `Origin` that asked.
///
/// Errors: server.busy.
pub async fn issue_ticket(actor: Actor, State(app): State<App>, headers: HeaderMap) -> Result<Success<TicketView>> {
    // The guard against other sites has let this origin pass.
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).map(str::to_owned);
    let ticket = actions::issue_ticket(&app, &actor, origin).await?;
    let expires_in = super::tickets::LIFETIME.as_secs();
    Ok(Success(TicketView { ticket: ticket.expose_secret().to_owned(), expires_in }))
}

/// One of one's own sessions.
#[derive(JsonSchema, Serialize)]
pub struct SessionView {
    id: SessionId,
    device: Option<String>,
    current: bool,
    created_at: Moment,
    last_seen_at: Moment,
    ip: Option<String>,
    /// What its address belongs to: the first 24 bits of an IPv4 address, 64 of an IPv6 one.
    network: Option<String>,
    /// Whether the account was first used from there within a month.
    is_new_network: bool,
}

fn network_of(session: &store::Session) -> Option<Network> {
    session.ip_address.as_deref().and_then(Network::of_text)
}

/// Lists one's own running sessions.
pub async fn list(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Result<Page<SessionView>> {
    let db = app.database.reader();
    let sessions = store::running_of(db, actor.user, circumstances.now).await?;
    let new = NewNetworks::of(db, actor.user, circumstances.now).await?;
    let view = |session: store::Session| SessionView {
        is_new_network: network_of(&session).is_some_and(|network| new.include(&app.keys, actor.user, network)),
        network: network_of(&session).map(|network| network.to_string()),
        current: session.id == actor.session.id,
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        ip: session.ip_address,
    };
    Ok(Page::whole(sessions.into_iter().map(view).collect()))
}

/// Ends one of one's own sessions.
///
/// Errors: auth.session_not_found.
pub async fn end(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(session): Ids<SessionId>,
) -> Result<NoContent> {
    actions::end_own(&app, circumstances, actor.user, session).await?;
    Ok(NoContent)
}

/// Ends every session of one's own but the one that asks.
pub async fn end_others(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Result<NoContent> {
    actions::end_others(&app, circumstances, actor.user, actor.session.id).await?;
    Ok(NoContent)
}

#[derive(JsonSchema, Serialize)]
pub struct CsrfTokenView {
    token: String,
    expires_at: Moment,
}

/// A token against forged requests. Where `GET /server` says `csrf_mode: "token"`, every change made with the cookie brings
/// one in `X-CSRF-Token`.
pub async fn csrf_token(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Success<CsrfTokenView> {
    let token = CsrfToken::issue(&app.keys, actor.session.id, circumstances.now);
    Success(CsrfTokenView { token: token.text, expires_at: token.expires_at })
}

/// Something that happened to one's own account.
#[derive(JsonSchema, Serialize)]
pub struct SecurityEventView {
    id: AuditEventId,
    kind: String,
    at: Moment,
    ip: Option<String>,
    device: Option<String>,
    session: Option<SessionId>,
    /// Why a sign-in failed, or tokens were revoked.
    reason: Option<String>,
}

/// What of an event's data concerns its person.
#[derive(Default, Deserialize)]
struct EventData {
    session_id: Option<SessionId>,
    reason: Option<String>,
}

impl From<OwnEvent> for SecurityEventView {
    fn from(event: OwnEvent) -> Self {
        let data: EventData = serde_json::from_str(&event.event_data).unwrap_or_default();
        Self {
            id: event.id,
            kind: event.event_type,
            at: event.created_at,
            ip: event.ip_address,
            device: event.user_agent,
            session: data.session_id,
            reason: data.reason,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEvents {
    cursor: Option<AuditEventId>,
    limit: Option<i64>,
}

/// Lists what happened to one's own account, newest first: sign-ins and failed ones, ended sessions, new networks.
///
/// Errors: request.invalid_cursor, validation.
pub async fn events(
    actor: Actor,
    State(app): State<App>,
    Query(query): Query<ListEvents>,
) -> Result<Page<SecurityEventView>> {
    let limit = payload::limit(query.limit)?;
    let events = audit::of_person(app.database.reader(), actor.user, query.cursor, limit + 1).await?;
    let (events, next) = answer::cut(events, limit, |event| event.id.to_string());
    Ok(Page::new(events.into_iter().map(Into::into).collect(), next))
}

/// Lists first uses of one's account from a network that nobody has answered for. Whoever comes by that network sees none.
pub async fn notices(actor: Actor, State(app): State<App>, circumstances: Circumstances) -> Result<Page<Notice>> {
    Ok(Page::whole(known_networks::notices(&app, &circumstances, actor.user).await?))
}

/// Answers a notice: it was oneself. Not from the network that it is about.
///
/// Errors: auth.notice_not_found.
pub async fn dismiss_notice(
    actor: Actor,
    State(app): State<App>,
    circumstances: Circumstances,
    Ids(notice): Ids<AuditEventId>,
) -> Result<NoContent> {
    known_networks::dismiss(&app, circumstances, actor.user, notice).await?;
    Ok(NoContent)
}
