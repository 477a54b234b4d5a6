//! Access tokens: JWT of type `at+jwt` (RFC 9068), HS256 with `JWT_SECRET`. Checked as RFC 8725 asks: one algorithm, one
//! type, one issuer and audience, no key that the token brings along. Time is ours, not the library's.

use crate::{
    error::{Code, Error, Result},
    ids::{SessionId, UserId},
    platform::{clock::Moment, recent::Recent},
    roles::PermissionSet,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Longer than any token of ours: not looked at.
const TOKEN_BYTES_MAX: usize = 4096;
/// Tokens that need not be verified again.
const CHECKED_MAX: usize = 20_000;
const TYPE: &str = "at+jwt";
const PARTY: &str = "beffroi";

/// What a token says. `role` and `permissions` inform clients; the server decides from its own state.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: UserId,
    pub username: String,
    pub role: String,
    pub permissions: Vec<String>,
    pub sid: SessionId,
    /// The generation of the refresh token that it came with.
    pub generation: i64,
    /// The person's token epoch: one below the present is worthless.
    pub epoch: i64,
    pub jti: Uuid,
    pub iat: i64,
    pub exp: i64,
    /// We do not write it, but whoever shares our secret may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
}

/// Of a token that we signed, what the server goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked {
    pub user: UserId,
    pub session: SessionId,
    pub generation: i64,
    pub epoch: i64,
    /// Seconds since 1970.
    pub expires: i64,
    begins: i64,
}

/// Signs and checks access tokens.
pub struct AccessTokens {
    signing: EncodingKey,
    checking: DecodingKey,
    lifetime: Duration,
    /// By their digests, tokens whose signature and claims were found good: neither changes. Whether it is their time, and
    /// whether they were revoked, is asked at every request.
    checked: Recent<[u8; 32], Checked>,
}

/// Whose token it is to be.
pub(super) struct Bearer<'a> {
    pub user: UserId,
    pub username: &'a str,
    pub role: &'a str,
    pub permissions: PermissionSet,
    pub session: SessionId,
    pub generation: i64,
    pub epoch: i64,
}

impl AccessTokens {
    pub fn new(secret: &SecretString, lifetime: Duration) -> Self {
        let secret = secret.expose_secret().as_bytes();
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            lifetime,
            checked: Recent::new(CHECKED_MAX),
        }
    }

    pub(super) fn mint(&self, bearer: Bearer<'_>, id: Uuid, now: Moment) -> Result<String> {
        let claims = Claims {
            iss: PARTY.to_owned(),
            aud: PARTY.to_owned(),
            sub: bearer.user,
            username: bearer.username.to_owned(),
            role: bearer.role.to_owned(),
            permissions: bearer.permissions.iter().map(|permission| permission.name().to_owned()).collect(),
            sid: bearer.session,
            generation: bearer.generation,
            epoch: bearer.epoch,
            jti: id,
            iat: now.0 / 1000,
            exp: (now + self.lifetime).0 / 1000,
            nbf: None,
        };
        let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(Error::internal)
    }

    /// What a token of ours says, of the right type and in its time. Whether it was revoked is not in it.
    pub(super) fn check(&self, token: &str, now: Moment) -> Result<Checked> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Error::refuse(Code::TOKEN_INVALID));
        }
        let digest = beffroi_crypto::token::digest(token);
        let checked = match self.checked.get(&digest) {
            Some(checked) => checked,
            None => {
                let checked = self.verify(token)?;
                self.checked.keep(digest, checked, 1);
                checked
            }
        };
        let seconds = now.0.div_euclid(1000);
        if checked.expires <= seconds {
            return Err(Error::refuse(Code::TOKEN_EXPIRED));
        }
        // Nothing of ours comes from the future; half a minute is a clock's due.
        if checked.begins > seconds + 30 {
            return Err(Error::refuse(Code::TOKEN_INVALID));
        }
        Ok(checked)
    }

    fn verify(&self, token: &str) -> Result<Checked> {
        let refused = || Error::refuse(Code::TOKEN_INVALID);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let brings_a_key = header.kid.is_some()
            || header.jku.is_some()
            || header.jwk.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some()
            || header.x5t.is_some();
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::HS256 || brings_a_key {
            return Err(refused());
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[PARTY]);
        validation.set_issuer(&[PARTY]);
        validation.set_required_spec_claims(&["aud", "iss", "exp", "sub"]);
        validation.validate_exp = false;
        let claims: Claims = jsonwebtoken::decode(token, &self.checking, &validation).map_err(|_| refused())?.claims;
        Ok(Checked {
            user: claims.sub,
            session: claims.sid,
            generation: claims.generation,
            epoch: claims.epoch,
            expires: claims.exp,
            begins: claims.iat.max(claims.nbf.unwrap_or(claims.iat)),
        })
    }
}
