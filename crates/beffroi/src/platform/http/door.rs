//! The outermost door: every request gets an id and its circumstances, every answer its headers, every failure its
//! words. Whatever refuses, be it a handler, an extractor or the router itself, speaks through here.

use crate::{
    app::App,
    audit::Circumstances,
    config::Environment,
    error::{Code, Error, FieldError, Pending, chain},
    platform::{
        http::{client_address, serve::Peer},
        i18n::{self, Language},
        limits::Exceeded,
    },
};
use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use std::{panic::AssertUnwindSafe, time::Duration};
use uuid::Uuid;

/// More of a user agent is noise.
const USER_AGENT_CHARS_MAX: usize = 300;

pub async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let circumstances = circumstances(&app, &request);
    let (id, language, started) = (circumstances.request_id, circumstances.language, circumstances.now);
    let is_api = ["/api/", "/ws", "/problems/", "/healthz", "/readyz"]
        .iter()
        .any(|start| request.uri().path().starts_with(start));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(circumstances);

    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answer.unwrap_or_else(|_| Error::broken("a handler panicked").into_response());
    if let Some(error) = refusal(&response) {
        response = problem(&error, id, language, app.config.environment, response);
    }
    let elapsed_ms = app.clock.now().since(started).as_millis();
    tracing::info!(request_id = %id, %method, route, status = response.status().as_u16(), elapsed_ms, "request");
    set_headers(&mut response, id, is_api, app.config.is_https());
    response
}

fn circumstances(app: &App, request: &Request) -> Circumstances {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (hops, proxies) = (app.config.trusted_proxy_hops, &app.config.trusted_proxies);
    let peer = request.extensions().get::<Peer>();
    Circumstances {
        request_id: app.random.id(),
        user: None,
        ip_address: peer.map(|peer| client_address::resolve(peer.0.ip(), request.headers(), hops, proxies)),
        user_agent: header(header::USER_AGENT).map(|agent| agent.chars().take(USER_AGENT_CHARS_MAX).collect()),
        language: header(header::ACCEPT_LANGUAGE).and_then(Language::accepted).unwrap_or_default(),
        now: app.clock.now(),
    }
}

/// What was refused: by us, or by the framework in its own words, which are replaced.
fn refusal(response: &Response) -> Option<std::sync::Arc<Error>> {
    if let Some(Pending(error)) = response.extensions().get::<Pending>() {
        return Some(error.clone());
    }
    let code = match response.status() {
        StatusCode::NOT_FOUND => Code::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => Code::METHOD_NOT_ALLOWED,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TOO_LARGE,
        StatusCode::UPGRADE_REQUIRED => Code::UPGRADE_REQUIRED,
        status if status.is_client_error() => Code::MALFORMED,
        status if status.is_server_error() => Code::INTERNAL,
        _ => return None,
    };
    // A page for people (the application's own "not found") is an answer, not a refusal without words.
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    (!is_page).then(|| std::sync::Arc::new(Error::refuse(code)))
}

fn problem(error: &Error, id: Uuid, language: Language, environment: Environment, bare: Response) -> Response {
    let code = error.code();
    let (fields, retry_after, exceeded) = match error {
        Error::Refused(refusal) => (refusal.fields.as_slice(), refusal.retry_after, refusal.exceeded),
        Error::Internal(source) => {
            tracing::error!(request_id = %id, error = chain(source.as_ref()), "a request failed");
            (&[][..], None, None)
        }
    };
    let mut body = json!({
        "success": false,
        "type": format!("/problems/{}", code.name),
        "title": i18n::text(language, &format!("title.{}", code.status.as_u16()), &[]),
        "status": code.status.as_u16(),
        "code": code.name,
        "detail": i18n::text(language, &format!("error.{}", code.name), &[]),
        "request_id": id,
        "errors": fields.iter().map(|field| field_error(field, language)).collect::<Vec<_>>(),
    });
    if let (Error::Internal(source), Environment::Development) = (error, environment) {
        body["detail"] = json!(chain(source.as_ref()));
    }
    let mut response = (code.status, Body::from(body.to_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    if let Some(allow) = bare.headers().get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    for cookie in bare.headers().get_all(header::SET_COOKIE) {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    if code.status == StatusCode::UNAUTHORIZED {
        let is_token = matches!(code, Code::TOKEN_INVALID | Code::TOKEN_EXPIRED);
        // RFC 6750 §3.1 for those who came with a token; the page signs in by itself.
        let challenge = if is_token { "Bearer error=\"invalid_token\"" } else { "Session" };
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    if let Some(exceeded) = exceeded {
        set_rate_headers(headers, exceeded);
    }
    response
}

/// Rounded up: coming back exactly then must work.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// `RateLimit` and `RateLimit-Policy` of the IETF HTTPAPI draft.
fn set_rate_headers(headers: &mut HeaderMap, exceeded: Exceeded) {
    let Exceeded { rule, rate, retry_after } = exceeded;
    let policy = format!("\"{rule}\";q={};w={}", rate.requests, rate.window.as_secs());
    let state = format!("\"{rule}\";r=0;t={}", whole_seconds(retry_after));
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn field_error(field: &FieldError, language: Language) -> serde_json::Value {
    let detail = i18n::text(language, &format!("field.{}", field.code), &field.values);
    json!({"field": field.field, "code": field.code, "detail": detail})
}

/// Nothing is inline, nothing comes from elsewhere, no string becomes markup (RA-4).
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

fn set_headers(response: &mut Response, id: Uuid, is_api: bool, is_https: bool) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert("x-request-id", id);
    }
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
